// TinyBase: everything in memory, saved to IndexedDB as a whole by its persister.
import { createIndexes, createStore, type Indexes, type Store } from 'tinybase';
import { createIndexedDbPersister, type IndexedDbPersister } from 'tinybase/persisters/persister-indexed-db';
import type { BenchSession, Contender, Overlapping } from './contender.ts';
import { add, LONGEST } from './data.ts';

const DAY = 86_400_000;
const dayOf = (start: number): string => String(Math.floor(start / DAY));

class TinyContender implements Contender {
  readonly durability = 'relaxed';
  #store: Store | null = null;
  #indexes: Indexes | null = null;
  #persister: IndexedDbPersister | null = null;

  get #all(): { store: Store; indexes: Indexes; persister: IndexedDbPersister } {
    if (this.#store === null || this.#indexes === null || this.#persister === null) throw new Error('not open');
    return { store: this.#store, indexes: this.#indexes, persister: this.#persister };
  }

  async open(): Promise<void> {
    this.#store = createStore();
    this.#persister = createIndexedDbPersister(this.#store, 'bench-tinybase');
    await this.#persister.load();
    this.#indexes = createIndexes(this.#store);
    this.#indexes.setIndexDefinition('pending', 'sessions', 'pending');
    this.#indexes.setIndexDefinition('day', 'sessions', (cell) => dayOf(cell('startTime') as number));
  }

  async fill(sessions: readonly BenchSession[]): Promise<void> {
    const { store, persister } = this.#all;
    store.transaction(() => {
      for (const { id, ...session } of sessions) store.setRow('sessions', id, { ...session, pending: 0 });
    });
    await persister.save();
  }

  async write({ id, ...session }: BenchSession): Promise<void> {
    const { store, persister } = this.#all;
    store.setRow('sessions', id, { ...session, pending: 1 });
    await persister.save();
  }

  #waiting(): readonly string[] {
    return this.#all.indexes.getSliceRowIds('pending', '1');
  }

  pending(): number {
    return this.#waiting().length;
  }

  listPending(): Promise<readonly number[]> {
    const { store } = this.#all;
    return Promise.resolve(this.#waiting().map((id) => store.getCell('sessions', id, 'startTime') as number));
  }

  overlapping(from: number, to: number): Overlapping {
    const { store, indexes } = this.#all;
    let found: Overlapping = { count: 0, sum: 0 };
    for (let day = from - LONGEST; dayOf(day) <= dayOf(to); day += DAY) {
      for (const id of indexes.getSliceRowIds('day', dayOf(day))) {
        const { startTime, endTime } = store.getRow('sessions', id) as unknown as BenchSession;
        if (startTime < to && endTime > from) found = add(found, startTime);
      }
    }
    return found;
  }

  async acknowledge(count: number): Promise<void> {
    const { store, persister } = this.#all;
    const ids = this.#waiting().slice(0, count);
    store.transaction(() => {
      for (const id of ids) store.setCell('sessions', id, 'pending', 0);
    });
    await persister.save();
  }

  observe(listener: (pending: number) => void): Promise<void> {
    this.#all.indexes.addSliceRowIdsListener('pending', '1', () => listener(this.pending()));
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#all.persister.destroy();
  }
}

export function createTinyContender(): Contender {
  return new TinyContender();
}
