// Reads inside one native transaction, by request callbacks. Nothing here waits for a promise: IndexedDB commits behind the back
// of whoever does. A value that cannot be read costs its own row, not the transaction.
import { compareKeys, type RowKey } from '../ordered-rows.ts';
import type { Read, Row } from '../ports.ts';

type Got = (rows: readonly Row[]) => void;
type Range = Exclude<Read, { readonly key: RowKey }>;
type KeyRanges = typeof IDBKeyRange;

/** Issues all reads at once and calls `done` when the last has answered; never calls it when the transaction aborts. */
export function readAll(tx: IDBTransaction, ranges: KeyRanges, reads: readonly Read[], done: (found: readonly (readonly Row[])[]) => void): void {
  const found: (readonly Row[])[] = reads.map(() => []);
  let left = reads.length;
  if (left === 0) return done(found);
  reads.forEach((read, index) => {
    const got: Got = (rows) => {
      found[index] = rows;
      left -= 1;
      if (left === 0) done(found);
    };
    if ('key' in read) readKey(tx.objectStore(read.table), read.key, got);
    else readRange(tx.objectStore(read.table), ranges, read, got);
  });
}

/** The key range of those bounds, both included; null when nothing can be in it, undefined when everything is. */
export function keyRange(ranges: KeyRanges, from: RowKey | undefined, to: RowKey | undefined): IDBKeyRange | undefined | null {
  if (from === undefined) return to === undefined ? undefined : ranges.upperBound(to);
  if (to === undefined) return ranges.lowerBound(from);
  return compareKeys(from, to) > 0 ? null : ranges.bound(from, to);
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

function readRange(store: IDBObjectStore, ranges: KeyRanges, read: Range, got: Got): void {
  const range = keyRange(ranges, read.from, read.to);
  if (range === null || (read.limit !== undefined && read.limit <= 0)) return got([]);
  if (read.reverse && read.limit !== undefined) return readBackwards(store, range, read.limit, got);
  const inOrder: Got = read.reverse ? (rows) => got(rows.toReversed()) : got;
  const keys = store.getAllKeys(range, read.limit);
  const values = store.getAll(range, read.limit);
  // Requests answer in the order in which they were made: the keys are there when the values are.
  values.onsuccess = () => inOrder(values.result.map((value: unknown, index) => ({ key: keys.result[index] as RowKey, value })));
  values.onerror = (event) => unlessAborted(event, () => readOneByOne(store, keys.result as RowKey[], inOrder));
}

function readBackwards(store: IDBObjectStore, range: IDBKeyRange | undefined, limit: number, got: Got): void {
  const keys: RowKey[] = [];
  const request = store.openKeyCursor(range, 'prev');
  request.onsuccess = () => {
    const cursor = request.result;
    if (cursor) keys.push(cursor.key as RowKey);
    if (cursor && keys.length < limit) cursor.continue();
    else readOneByOne(store, keys, got);
  };
}

function readOneByOne(store: IDBObjectStore, keys: readonly RowKey[], got: Got): void {
  const rows: Row[] = [];
  let left = keys.length;
  if (left === 0) return got(rows);
  for (const key of keys) {
    readKey(store, key, (found) => {
      rows.push(...found);
      left -= 1;
      if (left === 0) got(sortLike(keys, rows));
    });
  }
}

// A damaged row answers one request later than the others.
function sortLike(keys: readonly RowKey[], rows: readonly Row[]): readonly Row[] {
  const place = new Map(keys.map((key, index) => [key, index]));
  return rows.toSorted((a, b) => (place.get(a.key) ?? 0) - (place.get(b.key) ?? 0));
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
