// Dexie by the book: its tables, its indexes, its live queries.
import { Dexie, liveQuery, type Table } from 'dexie';
import type { BenchSession, Contender, Overlapping } from './contender.ts';
import { add, LONGEST, OWN_DEVICE } from './data.ts';

export interface DexieRow extends BenchSession {
  readonly pending: 0 | 1;
}

export const DEXIE_SCHEMA = { sessions: 'id, startTime, [deviceId+pending]' };

export class DexieContender implements Contender {
  readonly durability: 'strict' | 'relaxed' = 'relaxed';
  readonly #make: () => Dexie;
  #db: Dexie | null = null;

  constructor(make: () => Dexie) {
    this.#make = make;
  }

  get #sessions(): Table<DexieRow, string> {
    if (this.#db === null) throw new Error('not open');
    return this.#db.table('sessions');
  }

  async open(): Promise<void> {
    this.#db = this.#make();
    await this.#db.open();
  }

  async fill(sessions: readonly BenchSession[]): Promise<void> {
    await this.#sessions.bulkPut(sessions.map((session) => ({ ...session, pending: 0 })));
  }

  write(session: BenchSession): Promise<unknown> {
    return this.#sessions.put({ ...session, pending: 1 });
  }

  pending(): Promise<number> {
    return this.#sessions.where({ deviceId: OWN_DEVICE, pending: 1 }).count();
  }

  async listPending(): Promise<readonly number[]> {
    return (await this.#pendingRows()).map(({ startTime }) => startTime);
  }

  #pendingRows(): Promise<DexieRow[]> {
    return this.#sessions.where({ deviceId: OWN_DEVICE, pending: 1 }).toArray();
  }

  async overlapping(from: number, to: number): Promise<Overlapping> {
    const rows = await this.#sessions.where('startTime').between(from - LONGEST, to).toArray();
    let found: Overlapping = { count: 0, sum: 0 };
    for (const { startTime, endTime } of rows) if (endTime > from) found = add(found, startTime);
    return found;
  }

  async acknowledge(count: number): Promise<void> {
    const ids = (await this.#pendingRows()).slice(0, count).map(({ id }) => id);
    await this.#sessions.bulkUpdate(ids.map((key) => ({ key, changes: { pending: 0 } })));
  }

  observe(listener: (pending: number) => void): Promise<void> {
    return new Promise((resolve) => {
      liveQuery(() => this.pending()).subscribe((pending) => {
        listener(pending);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    this.#db?.close();
    return Promise.resolve();
  }
}

export function createDexieContender(): Contender {
  return new DexieContender(() => {
    const db = new Dexie('bench-dexie', { chromeTransactionDurability: 'relaxed' });
    db.version(1).stores(DEXIE_SCHEMA);
    return db;
  });
}
