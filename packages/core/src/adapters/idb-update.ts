// One store call as one native transaction. This is the hot path of recording: no promise between the requests, an explicit
// commit behind the last of them, and an answer only when the transaction is complete.
import { compareKeys } from '../ordered-rows.ts';
import { type Decision, type Durability, type Read, type Row, TABLES, type Write } from '../ports.ts';
import { createStoreError } from '../store-error.ts';
import { storeErrorFrom } from './idb-error.ts';
import { readAll } from './idb-read.ts';

type Found = readonly (readonly Row[])[];
type KeyRanges = typeof IDBKeyRange;

/** Carries an error of the caller's own `decide` past everything that judges errors of the database. */
export class DecideFailed {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

export interface NativeUpdate<T> {
  readonly reads: readonly Read[];
  readonly decide: (found: Found) => Decision<T>;
  readonly durability: Durability;
}

/** Rejects with what the database said. */
export function readNatively(db: IDBDatabase, reads: readonly Read[]): Promise<Found> {
  return new Promise((resolve, reject) => {
    const tables = new Set(reads.map((read) => read.table));
    if (tables.size === 0) return resolve([]);
    const tx = db.transaction([...tables], 'readonly');
    tx.onabort = () => reject(tx.error ?? aborted());
    readAll(tx, reads, resolve);
  });
}

/** Resolves when the transaction is complete. Rejects with a `DecideFailed`, a `StoreError` or what the database said. */
export function updateNatively<T>(db: IDBDatabase, ranges: KeyRanges, update: NativeUpdate<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // Spans all tables, so that no two updates interleave, whatever they touch.
    const tx = db.transaction([...TABLES], 'readwrite', { durability: update.durability });
    let result: T;
    let failure: unknown;
    tx.oncomplete = () => resolve(result);
    tx.onabort = () => reject(failure ?? tx.error ?? aborted());
    readAll(tx, update.reads, (found) => {
      try {
        const decision = decideOn(found, update.decide);
        for (const write of decision.writes) issue(tx, ranges, write);
        result = decision.result;
        // Does not wait for the answers of the writes to come back first. One that fails still aborts all.
        tx.commit();
      } catch (error) {
        failure = error;
        tx.abort();
      }
    });
  });
}

function decideOn<T>(found: Found, decide: (found: Found) => Decision<T>): Decision<T> {
  try {
    const decision = decide(found);
    if (Array.isArray(decision?.writes)) return decision;
  } catch (error) {
    throw new DecideFailed(error);
  }
  throw new DecideFailed(new TypeError('decide must return its writes at once, not a promise'));
}

function issue(tx: IDBTransaction, ranges: KeyRanges, write: Write): void {
  const store = tx.objectStore(write.table);
  try {
    if (write.kind === 'put') {
      if (write.value === undefined) throw createStoreError('aborted', 'undefined cannot be stored');
      store.put(write.value, write.key);
    } else if (write.kind === 'delete') {
      store.delete(write.key);
    } else if (compareKeys(write.from, write.to) <= 0) {
      store.delete(ranges.bound(write.from, write.to));
    }
  } catch (error) {
    throw storeErrorFrom(error, 'transaction');
  }
}

function aborted(): Error {
  return Object.assign(new Error('the transaction was aborted'), { name: 'AbortError' });
}
