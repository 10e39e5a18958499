// The real store: IndexedDB, opened and kept by Dexie. Owns one handle for each store, replaces it when it dies, and runs the
// interrupted transaction again on the new one. Never deletes anything because something failed.
import type { Cancel, Decision, Durability, Read, Row, Store, StoreFactory, StoreSpace } from '../ports.ts';
import { createStoreError } from '../store-error.ts';
import { type Connection, type DatabaseEnvironment, deleteDatabase, openConnection } from './dexie-connection.ts';
import { errorNames, storeErrorFrom } from './idb-error.ts';
import { DecideFailed, readNatively, updateNatively } from './idb-update.ts';
import { createVolatileStore } from './volatile-store.ts';

type Found = readonly (readonly Row[])[];
type Interruption = 'version_change' | 'closed';

export interface DexieStoresOptions {
  /** The platform's by default. Hand in another one, with its `IDBKeyRange`, where the platform has none. */
  readonly indexedDB?: IDBFactory | undefined;
  readonly IDBKeyRange?: typeof IDBKeyRange | undefined;
  /** Where markers are kept, outside the database. `localStorage` by default; null for nowhere. */
  readonly markers?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null | undefined;
  /** Tells space and persistence. `navigator.storage` by default. */
  readonly storage?: Partial<Pick<StorageManager, 'estimate' | 'persist' | 'persisted'>> | undefined;
  /** Milliseconds that one of two attempts to open may take. Default 5,000. */
  readonly openTimeoutMs?: number | undefined;
}

// How often one call may replace the handle under itself.
const RERUNS_MAX = 2;
const DEAD_HANDLE = ['InvalidStateError', 'DatabaseClosedError', 'UnknownError'];

class DexieStore implements Store {
  readonly #name: string;
  readonly #environment: DatabaseEnvironment;
  readonly #storage: DexieStoresOptions['storage'];
  readonly #listeners = new Set<(reason: Interruption) => void>();
  #connection: Connection | null = null;
  #opening: Promise<Connection> | null = null;
  #closed = false;

  constructor(name: string, environment: DatabaseEnvironment, storage: DexieStoresOptions['storage']) {
    this.#name = name;
    this.#environment = environment;
    this.#storage = storage;
  }

  async open(): Promise<void> {
    await this.#connect();
  }

  read(reads: readonly Read[]): Promise<Found> {
    return this.#run((db) => readNatively(db, reads));
  }

  update<T>(reads: readonly Read[], decide: (found: Found) => Decision<T>, durability: Durability): Promise<T> {
    return this.#run((db) => updateNatively(db, this.#environment.IDBKeyRange, { reads, decide, durability }));
  }

  async space(): Promise<StoreSpace> {
    const [estimate, persisted] = await Promise.all([
      ask(() => this.#storage?.estimate?.()),
      ask(() => this.#storage?.persisted?.()),
    ]);
    return { usage: estimate?.usage ?? null, quota: estimate?.quota ?? null, persisted: persisted ?? null };
  }

  async persist(): Promise<boolean> {
    return (await ask(() => this.#storage?.persist?.())) ?? false;
  }

  onInterrupted(listener: (reason: Interruption) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  release(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    this.release();
    return Promise.resolve();
  }

  // With an open handle the transaction begins before this returns.
  async #run<T>(work: (db: IDBDatabase) => Promise<T>): Promise<T> {
    for (let reruns = 0; ; reruns += 1) {
      const connection = this.#connection ?? (await this.#connect());
      try {
        return await work(connection.db);
      } catch (error) {
        if (error instanceof DecideFailed) throw error.error;
        if (!isDead(connection.db, error)) throw storeErrorFrom(error, 'transaction');
        this.#drop(connection);
        if (reruns >= RERUNS_MAX) throw createStoreError('closed', 'the database keeps closing', error);
      }
    }
  }

  #connect(): Promise<Connection> {
    if (this.#closed) return Promise.reject(createStoreError('closed', 'the store was closed'));
    this.#opening ??= this.#openHandle().finally(() => void (this.#opening = null));
    return this.#opening;
  }

  async #openHandle(): Promise<Connection> {
    let opened: Connection | null = null;
    const connection = await openConnection(this.#name, this.#environment, (reason) => {
      if (this.#connection === opened) this.#connection = null;
      this.#tell(reason);
    });
    opened = connection;
    if (this.#closed) {
      connection.close();
      throw createStoreError('closed', 'the store was closed');
    }
    this.#connection = connection;
    return connection;
  }

  /** Tells nobody: whoever found it dead looks again on the next one. Told of each, those who look because of it would go round for ever. */
  #drop(connection: Connection): void {
    connection.close();
    if (this.#connection === connection) this.#connection = null;
  }

  #tell(reason: Interruption): void {
    for (const listener of [...this.#listeners]) listener(reason);
  }
}

// Every handle that died says so when asked for one more transaction, except WebKit's after it lost its server: that one only
// ever says UnknownError.
function isDead(db: IDBDatabase, error: unknown): boolean {
  if (errorNames(error).some((name) => DEAD_HANDLE.includes(name))) return true;
  try {
    db.transaction('meta', 'readonly').abort();
    return false;
  } catch {
    return true;
  }
}

async function ask<T>(question: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await question();
  } catch {
    return undefined;
  }
}

class DexieStores implements StoreFactory {
  readonly #environment: DatabaseEnvironment | null;
  readonly #markers: DexieStoresOptions['markers'];
  readonly #storage: DexieStoresOptions['storage'];

  constructor(options: DexieStoresOptions) {
    const indexedDB = options.indexedDB ?? globalThis.indexedDB;
    const ranges = options.IDBKeyRange ?? globalThis.IDBKeyRange;
    const openTimeoutMs = options.openTimeoutMs ?? 5_000;
    // The first look into a page's localStorage loads all of it, and whoever looks waits: here nobody does.
    const meanwhile = (): void => void this.readMarker('');
    this.#environment = indexedDB && ranges ? { indexedDB, IDBKeyRange: ranges, openTimeoutMs, meanwhile } : null;
    this.#markers = options.markers === undefined ? findLocalStorage() : options.markers;
    this.#storage = options.storage ?? globalThis.navigator?.storage;
  }

  async open(name: string): Promise<Store> {
    const store = new DexieStore(name, this.#available(), this.#storage);
    await store.open();
    return store;
  }

  async openVolatile(): Promise<Store> {
    return createVolatileStore();
  }

  async remove(name: string): Promise<void> {
    return deleteDatabase(name, this.#available());
  }

  readMarker(name: string): string | null {
    try {
      return this.#markers?.getItem(name) ?? null;
    } catch {
      return null;
    }
  }

  writeMarker(name: string, value: string | null): void {
    try {
      if (value === null) this.#markers?.removeItem(name);
      else this.#markers?.setItem(name, value);
    } catch {
      // A marker is a help, not a promise: without room for it a loss goes unnoticed, and nothing else changes.
    }
  }

  #available(): DatabaseEnvironment {
    if (this.#environment) return this.#environment;
    throw createStoreError('unavailable', 'there is no IndexedDB here');
  }
}

// Reading the property already throws where a browser refuses storage to a frame.
function findLocalStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** The store port over IndexedDB. */
export function createDexieStores(options: DexieStoresOptions = {}): StoreFactory {
  return new DexieStores(options);
}
