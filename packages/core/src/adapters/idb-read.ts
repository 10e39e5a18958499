// Reads inside one native transaction, by request callbacks. Nothing here waits for a promise: IndexedDB commits behind the back
// of whoever does. A value that cannot be read costs its own row, not the transaction.
import type { RowKey } from '../ordered-rows.ts';
import type { Read, Row } from '../ports.ts';

type Got = (rows: readonly Row[]) => void;

/** Issues all reads at once and calls `done` when the last has answered; never calls it when the transaction aborts. */
export function readAll(tx: IDBTransaction, reads: readonly Read[], done: (found: readonly (readonly Row[])[]) => void): void {
  const ask = (read: Read, got: Got): void => {
    const store = tx.objectStore(read.table);
    if ('key' in read) readKey(store, read.key, got);
    else readTable(store, got);
  };
  askAll(reads, ask, done);
}

/** The answers stand in the order of what was asked, whichever comes first: a damaged row answers one request later than the others. */
function askAll<T>(items: readonly T[], ask: (item: T, got: Got) => void, done: (found: readonly (readonly Row[])[]) => void): void {
  const found: (readonly Row[])[] = items.map(() => []);
  let left = items.length;
  if (left === 0) return done(found);
  items.forEach((item, index) => ask(item, (rows) => {
    found[index] = rows;
    left -= 1;
    if (left === 0) done(found);
  }));
}

function readKey(store: IDBObjectStore, key: RowKey, got: Got): void {
  const request = store.get(key);
  request.onsuccess = () => got(request.result === undefined ? [] : [{ key, value: request.result }]);
  request.onerror = (event) => {
    unlessAborted(event, () => {
      // Only a key that is still there makes this a damaged value and not a damaged connection.
      const check = store.getKey(key);
      check.onsuccess = () => got(check.result === undefined ? [] : [{ key, value: undefined, unreadable: true }]);
    });
  };
}

function readTable(store: IDBObjectStore, got: Got): void {
  const keys = store.getAllKeys();
  const values = store.getAll();
  // Requests answer in the order in which they were made: the keys are there when the values are.
  values.onsuccess = () => got(values.result.map((value: unknown, index) => ({ key: keys.result[index] as RowKey, value })));
  values.onerror = (event) => unlessAborted(event, () => readOneByOne(store, keys.result as RowKey[], got));
}

function readOneByOne(store: IDBObjectStore, keys: readonly RowKey[], got: Got): void {
  askAll(keys, (key, gotOne) => readKey(store, key, gotOne), (rows) => got(rows.flat()));
}

function unlessAborted(event: Event, next: () => void): void {
  const { error } = event.target as IDBRequest;
  if (error?.name === 'AbortError') return;
  event.preventDefault();
  event.stopPropagation();
  try {
    next();
  } catch {
    // The transaction is over; its `abort` event tells the rest.
  }
}
