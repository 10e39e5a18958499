// Live sessions held in memory for one request, found by time. Ordered by start; a session is at most a day long, so a look-up
// goes back no further than that.
import { LIMITS } from '@syncline/protocol';
import type { Interval } from '../ports.ts';

interface Entry extends Interval {
  readonly id: string;
}

export class IntervalIndex {
  readonly #entries: Entry[] = [];

  add(entry: Entry): void {
    this.#entries.splice(this.#placeOf(entry.startTime, entry.id), 0, entry);
  }

  remove(entry: Entry): void {
    const place = this.#placeOf(entry.startTime, entry.id);
    if (this.#entries[place]?.id === entry.id) this.#entries.splice(place, 1);
  }

  /** Ids of those that share time with the interval, ordered by start, then id. */
  overlapping({ startTime, endTime }: Interval): string[] {
    const found: string[] = [];
    for (let place = this.#placeOf(startTime - LIMITS.sessionMsMax, ''); place < this.#entries.length; place += 1) {
      const entry = this.#entries[place] as Entry;
      if (entry.startTime >= endTime) break;
      if (entry.endTime > startTime) found.push(entry.id);
    }
    return found;
  }

  #placeOf(startTime: number, id: string): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle] as Entry;
      if (entry.startTime < startTime || (entry.startTime === startTime && entry.id < id)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
