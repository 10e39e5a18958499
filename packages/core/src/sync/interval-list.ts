// Intervals sorted by start, searched by bounded binary search: a session lasts at most 24 hours,
// so whatever overlaps [from, to) starts after from − 24 h and before to.
import { LIMITS } from '@syncline/protocol';

/** First place whose value is at least `value`, in an ascending list. */
export function lowerBound(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Places whose interval shares more than an instant with [from, to), ascending. */
export function placesOverlapping(starts: ArrayLike<number>, endAt: (place: number) => number, from: number, to: number): number[] {
  const places: number[] = [];
  for (let i = lowerBound(starts, from - LIMITS.sessionMsMax); i < starts.length && (starts[i] as number) < to; i += 1) {
    if (Math.min(endAt(i), to) > Math.max(starts[i] as number, from)) places.push(i);
  }
  return places;
}

/** The shortest interval that holds all of these. */
export function spanOfAll(sessions: Iterable<{ readonly startTime: number; readonly endTime: number }>): readonly [number, number] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { startTime, endTime } of sessions) {
    from = Math.min(from, startTime);
    to = Math.max(to, endTime);
  }
  return [from, to];
}

/** A short list that changes: the pending sessions. */
export interface IntervalList {
  readonly size: number;
  /** Newest end, or null for an empty list. */
  readonly lastEnd: number | null;
  add(id: string, start: number, end: number): void;
  remove(id: string, start: number): void;
  idsOverlapping(from: number, to: number): string[];
  clear(): void;
}

class SortedIntervals implements IntervalList {
  #ids: string[] = [];
  #starts: number[] = [];
  #ends: number[] = [];
  /** Null while it has to be looked for. */
  #lastEnd: number | null = null;

  get size(): number {
    return this.#ids.length;
  }

  get lastEnd(): number | null {
    if (this.#ends.length === 0) return null;
    // Whatever ends last started at most a day before the last start.
    if (this.#lastEnd === null) {
      const from = lowerBound(this.#starts, (this.#starts.at(-1) as number) - LIMITS.sessionMsMax);
      for (let i = from; i < this.#ends.length; i += 1) this.#lastEnd = Math.max(this.#lastEnd ?? 0, this.#ends[i] as number);
    }
    return this.#lastEnd;
  }

  add(id: string, start: number, end: number): void {
    const place = lowerBound(this.#starts, start + 1);
    this.#ids.splice(place, 0, id);
    this.#starts.splice(place, 0, start);
    this.#ends.splice(place, 0, end);
    this.#lastEnd = null;
  }

  remove(id: string, start: number): void {
    for (let place = lowerBound(this.#starts, start); this.#starts[place] === start; place += 1) {
      if (this.#ids[place] !== id) continue;
      this.#ids.splice(place, 1);
      this.#starts.splice(place, 1);
      this.#ends.splice(place, 1);
      this.#lastEnd = null;
      return;
    }
  }

  idsOverlapping(from: number, to: number): string[] {
    return placesOverlapping(this.#starts, (place) => this.#ends[place] as number, from, to).map((place) => this.#ids[place] as string);
  }

  clear(): void {
    this.#ids = [];
    this.#starts = [];
    this.#ends = [];
    this.#lastEnd = null;
  }
}

export function createIntervalList(): IntervalList {
  return new SortedIntervals();
}
