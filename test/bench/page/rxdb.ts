// RxDB over its Dexie storage, with the indexes the questions need.
import { createRxDatabase, type RxCollection, type RxDatabase } from 'rxdb/plugins/core';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { BenchSession, Contender, Overlapping } from './contender.ts';
import { add, LONGEST, OWN_DEVICE } from './data.ts';

interface Doc extends BenchSession {
  readonly pending: number;
}

const text = (maxLength: number) => ({ type: 'string', maxLength }) as const;
const instant = { type: 'number', minimum: 0, maximum: 4_000_000_000_000, multipleOf: 1 } as const;

const SCHEMA = {
  version: 0, primaryKey: 'id', type: 'object',
  properties: {
    id: text(36), startTime: instant, endTime: instant, category: text(50), project: text(50), note: text(200), deviceId: text(36),
    pending: { type: 'number', minimum: 0, maximum: 1, multipleOf: 1 },
  },
  required: ['id', 'startTime', 'endTime', 'category', 'project', 'note', 'deviceId', 'pending'],
  indexes: ['startTime', ['deviceId', 'pending']],
} as const;

class RxContender implements Contender {
  readonly durability = 'relaxed';
  #db: RxDatabase | null = null;
  #sessions: RxCollection<Doc> | null = null;

  get sessions(): RxCollection<Doc> {
    if (this.#sessions === null) throw new Error('not open');
    return this.#sessions;
  }

  async open(): Promise<void> {
    this.#db = await createRxDatabase({ name: 'bench-rxdb', storage: getRxStorageDexie(), multiInstance: true, eventReduce: true });
    const made = await this.#db.addCollections({ sessions: { schema: SCHEMA as never } });
    this.#sessions = made['sessions'] as RxCollection<Doc>;
  }

  async fill(sessions: readonly BenchSession[]): Promise<void> {
    const { error } = await this.sessions.bulkInsert(sessions.map((session) => ({ ...session, pending: 0 })));
    if (error.length > 0) throw new Error(`${error.length} were refused`);
  }

  write(session: BenchSession): Promise<unknown> {
    return this.sessions.insert({ ...session, pending: 1 });
  }

  #waiting() {
    return { selector: { deviceId: OWN_DEVICE, pending: 1 } };
  }

  pending(): Promise<number> {
    return this.sessions.count(this.#waiting()).exec();
  }

  async listPending(): Promise<readonly number[]> {
    return (await this.sessions.find(this.#waiting()).exec()).map(({ startTime }) => startTime);
  }

  async overlapping(from: number, to: number): Promise<Overlapping> {
    const docs = await this.sessions.find({ selector: { startTime: { $gte: from - LONGEST, $lt: to }, endTime: { $gt: from } }, index: ['startTime'] }).exec();
    return docs.reduce<Overlapping>((found, { startTime }) => add(found, startTime), { count: 0, sum: 0 });
  }

  async acknowledge(count: number): Promise<void> {
    const docs = await this.sessions.find({ ...this.#waiting(), limit: count }).exec();
    const { error } = await this.sessions.bulkUpsert(docs.map((doc) => ({ ...doc.toMutableJSON(), pending: 0 })));
    if (error.length > 0) throw new Error(`${error.length} were refused`);
  }

  observe(listener: (pending: number) => void): Promise<void> {
    return new Promise((resolve) => {
      this.sessions.count(this.#waiting()).$.subscribe((pending) => {
        listener(pending);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    await this.#db?.close();
  }
}

export function createRxContender(): Contender {
  return new RxContender();
}
