// One open database: schema, upgrades, and when to give up opening. Dexie does the opening and the upgrading;
// transactions run on the native handle that it hands out (see docs/decisions on the hot path).
import './before-dexie.ts';
// In package.json: the main entry throws while it is read where the app has another version, and its code is made for older browsers.
import { Dexie } from '#dexie';
import { TABLES } from '../ports.ts';
import { createStoreError } from '../store-error.ts';
import { errorNames, storeErrorFrom } from './idb-error.ts';

/** Dexie multiplies versions by ten: 1.x is compatible with us and opens, 2 was written by a release that we do not understand. */
const SCHEMA_VERSION = 1;
const NATIVE_VERSION_TOO_NEW = (SCHEMA_VERSION + 1) * 10;

// Keys are given apart from the values, and nothing is indexed: every read is by key or by a range of keys.
const SCHEMA = Object.fromEntries(TABLES.map((table) => [table, '']));

export interface DatabaseEnvironment {
  readonly indexedDB: IDBFactory;
  readonly IDBKeyRange: typeof IDBKeyRange;
  /** Milliseconds that one attempt to open may take. There are two. */
  readonly openTimeoutMs: number;
  /** Called while the database opens: time in which this thread has nothing else to do. */
  readonly meanwhile: () => void;
}

export interface Connection {
  readonly db: IDBDatabase;
  close(): void;
}

/** Called at most once, when the handle is lost for a reason of the outside. It is closed already. */
export type Lost = (reason: 'version_change' | 'closed') => void;

/** Opens or creates the database. Rejects with a `StoreError`, at the latest after two deadlines. */
export async function openConnection(name: string, environment: DatabaseEnvironment, lost: Lost): Promise<Connection> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt(name, environment, lost);
    } catch (error) {
      // WebKit sometimes loses the first request to open anything at all; the second gets through.
      if (tries === 2 || !errorNames(error).includes('OpenTimeoutError')) throw storeErrorFrom(error, 'open');
    }
  }
}

function attempt(name: string, environment: DatabaseEnvironment, lost: Lost): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let blocked = false;
    let late = false;
    const opening = new Opening(name, environment, lost, () => void (blocked = true));
    const timer = setTimeout(() => {
      late = true;
      const error = new Error(`the database did not open in ${environment.openTimeoutMs} ms`);
      reject(blocked ? createStoreError('blocked', 'another tab holds an older version open') : Object.assign(error, { name: 'OpenTimeoutError' }));
    }, environment.openTimeoutMs);
    opening.open().then(
      (connection) => {
        clearTimeout(timer);
        // Nobody waits for it any more, and left open it would stand in the way of others.
        if (late) connection.close();
        else resolve(connection);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

class Opening {
  readonly #dexie: Dexie;
  readonly #lost: Lost;
  /** Resolves with a database of this very version that has all tables; never otherwise. */
  readonly #sound: Promise<IDBDatabase>;
  #foundSound: (db: IDBDatabase) => void = () => undefined;
  #tooNew = false;
  #over = false;

  constructor(name: string, { indexedDB, IDBKeyRange, meanwhile }: DatabaseEnvironment, lost: Lost, blocked: () => void) {
    this.#lost = lost;
    this.#sound = new Promise((resolve) => (this.#foundSound = resolve));
    this.#dexie = new Dexie(name, { autoOpen: false, indexedDB: this.#guard(indexedDB, meanwhile), IDBKeyRange });
    this.#dexie.version(SCHEMA_VERSION).stores(SCHEMA);
    // `false` stops Dexie's own listeners, which write on the console.
    this.#dexie.on('versionchange', () => (this.#lose('version_change'), false));
    this.#dexie.on('blocked', () => (blocked(), false));
    this.#dexie.on('close', () => this.#lose('closed'));
  }

  async open(): Promise<Connection> {
    // A database that is as it should be can be used while Dexie still looks at it.
    const db = await Promise.race([this.#sound, this.#dexie.open().then(() => this.#dexie.backendDB())]);
    if (this.#tooNew) {
      this.#close();
      throw createStoreError('newer_version', 'the store was written by a newer release');
    }
    return { db, close: () => (this.#close(), db.close()) };
  }

  #close(): void {
    this.#over = true;
    this.#dexie.close();
  }

  #lose(reason: 'version_change' | 'closed'): void {
    if (this.#over) return;
    this.#close();
    this.#lost(reason);
  }

  // Dexie opens any newer version, and adds to it the tables that it misses. Ours must not touch what it does not understand.
  #guard(indexedDB: IDBFactory, meanwhile: () => void): IDBFactory {
    return {
      cmp: (a, b) => indexedDB.cmp(a, b),
      databases: () => indexedDB.databases(),
      deleteDatabase: (name) => indexedDB.deleteDatabase(name),
      open: (name, version) => {
        const request = version === undefined ? indexedDB.open(name) : indexedDB.open(name, version);
        request.addEventListener('success', () => {
          const db = request.result;
          this.#tooNew = db.version >= NATIVE_VERSION_TOO_NEW;
          if (this.#tooNew) db.close();
          else if (TABLES.every((table) => db.objectStoreNames.contains(table))) this.#foundSound(db);
        });
        meanwhile();
        return request;
      },
    };
  }
}

/** Deletes the database. Rejects with a `StoreError`: `blocked` when somebody holds it open past the deadline. */
export function deleteDatabase(name: string, { indexedDB, openTimeoutMs }: DatabaseEnvironment): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    const timer = setTimeout(() => reject(createStoreError('blocked', 'somebody holds the database open')), openTimeoutMs);
    request.onsuccess = () => {
      clearTimeout(timer);
      resolve();
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(storeErrorFrom(request.error, 'open'));
    };
  });
}
