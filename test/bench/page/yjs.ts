// Yjs with y-indexeddb: a map of sessions in one document, loaded whole, stored as a log of updates.
import { IndexeddbPersistence, storeState } from 'y-indexeddb';
import * as Y from 'yjs';
import type { BenchSession, Contender, Overlapping } from './contender.ts';
import { add } from './data.ts';

class YjsContender implements Contender {
  readonly durability = 'relaxed';
  #doc: Y.Doc = new Y.Doc();
  #kept: IndexeddbPersistence | null = null;

  get #sessions(): Y.Map<BenchSession> {
    return this.#doc.getMap('sessions');
  }

  get #waiting(): Y.Map<number> {
    return this.#doc.getMap('pending');
  }

  async open(): Promise<void> {
    this.#doc = new Y.Doc();
    this.#kept = new IndexeddbPersistence('bench-yjs', this.#doc);
    await this.#kept.whenSynced;
  }

  /** It says nothing of its commits: a transaction behind them on the same store does. */
  #stored(): Promise<void> {
    const db = (this.#kept as unknown as { db: IDBDatabase }).db;
    return new Promise((resolve, reject) => {
      const tx = db.transaction(['updates'], 'readwrite');
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error);
    });
  }

  async fill(sessions: readonly BenchSession[]): Promise<void> {
    this.#doc.transact(() => {
      for (const session of sessions) this.#sessions.set(session.id, session);
    });
    await this.#stored();
  }

  async write(session: BenchSession): Promise<void> {
    this.#doc.transact(() => {
      this.#sessions.set(session.id, session);
      this.#waiting.set(session.id, session.startTime);
    });
    await this.#stored();
  }

  pending(): number {
    return this.#waiting.size;
  }

  listPending(): Promise<readonly number[]> {
    return Promise.resolve([...this.#waiting.values()]);
  }

  overlapping(from: number, to: number): Overlapping {
    let found: Overlapping = { count: 0, sum: 0 };
    for (const { startTime, endTime } of this.#sessions.values()) if (startTime < to && endTime > from) found = add(found, startTime);
    return found;
  }

  async acknowledge(count: number): Promise<void> {
    const ids = [...this.#waiting.keys()].slice(0, count);
    this.#doc.transact(() => {
      for (const id of ids) this.#waiting.delete(id);
    });
    await this.#stored();
  }

  observe(listener: (pending: number) => void): Promise<void> {
    this.#waiting.observe(() => listener(this.pending()));
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.#kept) await storeState(this.#kept, true);
    await this.#kept?.destroy();
    this.#doc.destroy();
  }
}

export function createYjsContender(): Contender {
  return new YjsContender();
}
