// Days and hours as the people of one time zone count them. Days are numbers: 0 is 1970-01-01 there.
import { tzOffset } from '@date-fns/tz';
import { isTimeZone } from '@syncline/protocol';
import type { StoredPreferences } from '../ports.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The zone in which a user's days run: the preferred one. A platform may be older than the one that took it, and not know it: then UTC. */
export function zoneOf({ values }: Pick<StoredPreferences, 'values'>): string {
  const preferred = String(values['timezone'] ?? 'UTC');
  return isTimeZone(preferred) ? preferred : 'UTC';
}

export class ZoneClock {
  readonly #zone: string;
  /** Offset of UTC days on which no clock is changed, by day; null for the others. */
  readonly #calmDays = new Map<number, number | null>();

  /** @param zone an IANA name that the platform knows. */
  constructor(zone: string) {
    // One spelling for each zone, because the library keeps a formatter for every one it meets.
    this.#zone = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  }

  /** Day of an instant. */
  dayAt(ms: number): number {
    return Math.floor((ms + this.#offsetAt(ms)) / DAY_MS);
  }

  /** Hour of an instant, 0 to 23. */
  hourAt(ms: number): number {
    const local = ms + this.#offsetAt(ms);
    return Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / HOUR_MS);
  }

  /** First instant of a day; of one that was left out, the first after it. */
  startOfDay(day: number): number {
    const midnight = day * DAY_MS;
    // Where clocks are changed around midnight, it passes twice or not at all.
    const [sooner, later] = [this.#offsetAt(midnight - DAY_MS), this.#offsetAt(midnight + DAY_MS)].map((offset) => midnight - offset).sort((a, b) => a - b) as [number, number];
    return this.dayAt(sooner) >= day ? sooner : later;
  }

  /** The part of an interval that falls into each hour of the day, in order, as [hour, milliseconds]. */
  hoursOf(startTime: number, endTime: number): [number, number][] {
    const parts: [number, number][] = [];
    for (let at = startTime; at < endTime; ) {
      const local = at + this.#offsetAt(at);
      const next = this.#changeBetween(at, Math.min(endTime, at + HOUR_MS - (local - Math.floor(local / HOUR_MS) * HOUR_MS)));
      parts.push([this.hourAt(at), next - at]);
      at = next;
    }
    return parts;
  }

  /** The instant within an hour at which clocks are changed; its end when they are not. */
  #changeBetween(from: number, to: number): number {
    const offset = this.#offsetAt(from);
    if (this.#offsetAt(to - 1) === offset) return to;
    let [before, after] = [from, to - 1];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.#offsetAt(middle) === offset) before = middle;
      else after = middle;
    }
    return after;
  }

  #offsetAt(ms: number): number {
    const day = Math.floor(ms / DAY_MS);
    let calm = this.#calmDays.get(day);
    if (calm === undefined) {
      const offset = this.#lookUp(day * DAY_MS);
      calm = this.#lookUp((day + 1) * DAY_MS) === offset ? offset : null;
      this.#calmDays.set(day, calm);
    }
    return calm ?? this.#lookUp(ms);
  }

  #lookUp(ms: number): number {
    return tzOffset(this.#zone, new Date(ms)) * MINUTE_MS;
  }
}

/** Number of the Monday on or before a day. */
export function mondayOf(day: number): number {
  return day - ((((day + 3) % 7) + 7) % 7);
}

/** Number of the first day of the month that a day lies in. */
export function firstOfMonth(day: number): number {
  return day - new Date(day * DAY_MS).getUTCDate() + 1;
}

/** `2025-08-24`. */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
