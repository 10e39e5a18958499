// IndexedDB written by hand: sessions as rows with the indexes that the questions need, pending as a flag of the row. Rival number one.
import type { BenchSession, Contender, Overlapping } from './contender.ts';
import { add, LONGEST, OWN_DEVICE } from './data.ts';

interface RawRow extends BenchSession {
  readonly pending: 0 | 1;
}

export function once<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export function committed(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error);
  });
}

export function openRaw(name: string, upgrade: (db: IDBDatabase) => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => upgrade(request.result);
  return once(request);
}

/** A channel has no target origin; a bare call looks like a window's. */
export function announce(channel: BroadcastChannel): void {
  const post = channel.postMessage.bind(channel);
  post(0);
}

class Raw implements Contender {
  readonly durability: 'strict' | 'relaxed';
  readonly #channel: BroadcastChannel = new BroadcastChannel('bench-raw');
  readonly #taken: { readonly start: number; readonly end: number }[] = [];
  #db: IDBDatabase | null = null;
  #listener: ((pending: number) => void) | null = null;

  constructor(durability: 'strict' | 'relaxed') {
    this.durability = durability;
    this.#channel.onmessage = () => void this.#tell();
  }

  get db(): IDBDatabase {
    if (this.#db === null) throw new Error('not open');
    return this.#db;
  }

  async open(): Promise<void> {
    this.#db = await openRaw('bench-raw', (db) => {
      const store = db.createObjectStore('sessions', { keyPath: 'id' });
      store.createIndex('start', 'startTime');
      store.createIndex('pending', ['deviceId', 'pending']);
    });
  }

  fill(sessions: readonly BenchSession[]): Promise<void> {
    const tx = this.#write();
    const store = tx.objectStore('sessions');
    for (const session of sessions) {
      store.put({ ...session, pending: 0 });
      this.#taken.push({ start: session.startTime, end: session.endTime });
    }
    return committed(tx);
  }

  /** Kept while taking in, which is faster than reading the rows again. */
  pairs(): Promise<number> {
    const sorted = this.#taken.toSorted((a, b) => a.start - b.start);
    let pairs = 0;
    sorted.forEach(({ end }, i) => {
      for (let j = i + 1; (sorted[j]?.start ?? end) < end; j += 1) pairs += 1;
    });
    return Promise.resolve(pairs);
  }

  #write(): IDBTransaction {
    return this.db.transaction('sessions', 'readwrite', { durability: this.durability });
  }

  async write(session: BenchSession): Promise<void> {
    const tx = this.#write();
    tx.objectStore('sessions').put({ ...session, pending: 1 });
    await committed(tx);
    announce(this.#channel);
    if (this.#listener) void this.#tell();
  }

  async #tell(): Promise<void> {
    if (this.#listener) this.#listener(await this.pending());
  }

  #pendingIndex(mode: IDBTransactionMode = 'readonly'): IDBIndex {
    return this.db.transaction('sessions', mode).objectStore('sessions').index('pending');
  }

  pending(): Promise<number> {
    return once(this.#pendingIndex().count(IDBKeyRange.only([OWN_DEVICE, 1])));
  }

  async listPending(): Promise<readonly number[]> {
    return (await this.#pendingRows()).map(({ startTime }) => startTime);
  }

  #pendingRows(): Promise<RawRow[]> {
    return once(this.#pendingIndex().getAll(IDBKeyRange.only([OWN_DEVICE, 1])));
  }

  async overlapping(from: number, to: number): Promise<Overlapping> {
    const index = this.db.transaction('sessions').objectStore('sessions').index('start');
    const rows: RawRow[] = await once(index.getAll(IDBKeyRange.bound(from - LONGEST, to, false, true)));
    let found: Overlapping = { count: 0, sum: 0 };
    for (const { startTime, endTime } of rows) if (endTime > from) found = add(found, startTime);
    return found;
  }

  /** As an app does it: by the ids that the server named, one request after the other in one transaction. */
  async acknowledge(count: number): Promise<void> {
    const ids = (await this.#pendingRows()).slice(0, count).map(({ id }) => id);
    const tx = this.#write();
    const store = tx.objectStore('sessions');
    for (const id of ids) {
      const request: IDBRequest<RawRow> = store.get(id);
      request.onsuccess = () => void store.put({ ...request.result, pending: 0 });
    }
    await committed(tx);
  }

  observe(listener: (pending: number) => void): Promise<void> {
    this.#listener = listener;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.db.close();
    return Promise.resolve();
  }
}

export function createRaw(durability: 'strict' | 'relaxed'): Contender {
  return new Raw(durability);
}
