// Which sessions overlap. Intervals are half-open [start, end) in milliseconds of UTC; two overlap when their
// intersection is longer than zero, so touching ends (switching tasks) are no overlap and an empty interval overlaps nothing.
// Once sorted by start, everything that starts before a session ends overlaps it: the work is the sort plus the answer.
import { radixSort } from './radix-sort.ts';

/** A session as the overlap rules see it. Instants in ms since the epoch; ids are unique within one call and never validated. */
export interface SessionInterval {
  readonly id: string;
  readonly startTime: number;
  readonly endTime: number;
}

/** Ids of two overlapping sessions: the one that starts first, then the other (equal starts: by id). */
export type OverlapPair = readonly [string, string];

/** Whether two intervals share more than an instant. False when either is empty, reversed or `NaN`. */
export function intervalsOverlap(
  a: Pick<SessionInterval, 'startTime' | 'endTime'>,
  b: Pick<SessionInterval, 'startTime' | 'endTime'>,
): boolean {
  return Math.min(a.endTime, b.endTime) > Math.max(a.startTime, b.startTime);
}

/** Sessions in (start, id) order as typed columns; empty, reversed and `NaN` intervals are left out. `order` holds places in the input. */
export interface SortedColumns {
  readonly order: Uint32Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** Sorts sessions by start, then id. Ids are compared only where starts are equal. */
export function sortIntoColumns(sessions: readonly SessionInterval[]): SortedColumns {
  const keys = new Float64Array(sessions.length);
  const endByPlace = new Float64Array(sessions.length);
  const places = new Uint32Array(sessions.length);
  let count = 0;
  let isSorted = true;
  let previous = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < sessions.length; place += 1) {
    const { startTime, endTime } = sessions[place] as SessionInterval;
    if (!(endTime > startTime)) continue;
    if (startTime < previous) isSorted = false;
    previous = startTime;
    keys[count] = startTime;
    endByPlace[place] = endTime;
    places[count] = place;
    count += 1;
  }
  const columns = arrange(keys.subarray(0, count), places.subarray(0, count), endByPlace, isSorted);
  orderTiesById(columns, sessions);
  return columns;
}

function arrange(keys: Float64Array, places: Uint32Array, endByPlace: Float64Array, isSorted: boolean): SortedColumns {
  const sorted = isSorted ? { keys, places, spare: new Float64Array(keys.length) } : radixSort(keys, places);
  const ends = sorted.spare;
  for (let i = 0; i < ends.length; i += 1) ends[i] = endByPlace[sorted.places[i] as number] as number;
  return { order: sorted.places, starts: sorted.keys, ends };
}

function orderTiesById({ order, starts, ends }: SortedColumns, sessions: readonly SessionInterval[]): void {
  for (let first = 0; first < starts.length; ) {
    let after = first + 1;
    while (after < starts.length && starts[after] === starts[first]) after += 1;
    if (after - first > 1) {
      const run = order.subarray(first, after);
      run.sort((a, b) => ((sessions[a] as SessionInterval).id < (sessions[b] as SessionInterval).id ? -1 : 1));
      for (let i = first; i < after; i += 1) ends[i] = (sessions[order[i] as number] as SessionInterval).endTime;
    }
    first = after;
  }
}

/**
 * Every overlapping pair, each once. The result depends only on the set of sessions, not on their order:
 * pairs are sorted by their first session (start, then id), then by their second.
 * Time and memory are linear in sessions plus pairs; for connected groups without pairs use `groupConflicts`.
 */
export function findOverlaps(sessions: readonly SessionInterval[]): OverlapPair[] {
  const { order, starts, ends } = sortIntoColumns(sessions);
  const pairs: OverlapPair[] = [];
  const count = starts.length;
  for (let i = 0; i < count; i += 1) {
    const end = ends[i] as number;
    for (let j = i + 1; j < count && (starts[j] as number) < end; j += 1) {
      pairs.push([
        (sessions[order[i] as number] as SessionInterval).id,
        (sessions[order[j] as number] as SessionInterval).id,
      ]);
    }
  }
  return pairs;
}

/**
 * The same over columns that are sorted by start already: `starts[i] ≤ starts[i + 1]`, both columns of one length.
 * @returns places of overlapping pairs, flattened: `[i0, j0, i1, j1, …]` with `i < j`, ascending.
 */
export function findOverlapsInColumns(starts: Float64Array, ends: Float64Array): Uint32Array {
  const count = Math.min(starts.length, ends.length);
  let pairs = new Uint32Array(Math.max(64, count * 2));
  let size = 0;
  for (let i = 0; i < count; i += 1) {
    const start = starts[i] as number;
    const end = ends[i] as number;
    if (!(end > start)) continue;
    for (let j = i + 1; j < count && (starts[j] as number) < end; j += 1) {
      if (!((ends[j] as number) > (starts[j] as number))) continue;
      if (size + 2 > pairs.length) {
        const grown = new Uint32Array(pairs.length * 2);
        grown.set(pairs);
        pairs = grown;
      }
      pairs[size] = i;
      pairs[size + 1] = j;
      size += 2;
    }
  }
  return pairs.slice(0, size);
}
