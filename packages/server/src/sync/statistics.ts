// What a user's sessions add up to: points, streaks, habits, totals for a range of days. Pure; days run in the user's zone.
//
// A session counts for the day on which it began, with the minutes that were submitted. While a conflict is open, the time that
// its sessions share counts once, for the session that began first.
import type { Activity } from '../ports.ts';
import { firstOfMonth, formatDay, mondayOf, type ZoneClock } from './zone-clock.ts';

interface Sum {
  readonly sessions: number;
  readonly minutes: number;
}

const NOTHING: Sum = { sessions: 0, minutes: 0 };

/** Adds sessions up as they are read, so that no history is ever in memory, however long it is. */
export class ActivityTally {
  readonly #zone: ZoneClock;
  readonly #from: number;
  readonly #to: number;
  /** By open conflict, until when its sessions so far cover the time. */
  readonly #coveredUntil = new Map<number, number>();
  readonly byDay: Map<number, Sum> = new Map<number, Sum>();
  readonly bySource: Map<string, Sum> = new Map<string, Sum>();
  readonly byCategory: Map<string, Sum> = new Map<string, Sum>();
  /** Minutes in each hour of the day. A session's counted minutes are spread evenly over its time. */
  readonly byHour: number[] = Array.from<number>({ length: 24 }).fill(0);

  /** @param from first day that counts. @param to last one. */
  constructor(zone: ZoneClock, from: number = Number.NEGATIVE_INFINITY, to: number = Number.POSITIVE_INFINITY) {
    this.#zone = zone;
    this.#from = from;
    this.#to = to;
  }

  /** @param sessions those that come next, ordered by start, then id. */
  add(sessions: readonly Activity[]): void {
    for (const session of sessions) {
      const minutes = this.#minutesOf(session);
      const day = this.#zone.dayAt(session.startTime);
      if (day < this.#from || day > this.#to) continue;
      count(this.byDay, day, minutes);
      count(this.bySource, session.source, minutes);
      count(this.byCategory, session.category, minutes);
      const perMs = minutes / (session.endTime - session.startTime);
      for (const [hour, ms] of this.#zone.hoursOf(session.startTime, session.endTime)) this.byHour[hour] = (this.byHour[hour] ?? 0) + ms * perMs;
    }
  }

  #minutesOf({ startTime, endTime, duration, group }: Activity): number {
    if (group === null) return duration;
    const covered = Math.max(startTime, this.#coveredUntil.get(group) ?? startTime);
    this.#coveredUntil.set(group, Math.max(covered, endTime));
    return duration * (Math.max(0, endTime - covered) / (endTime - startTime));
  }
}

function count<K>(sums: Map<K, Sum>, key: K, more: number): void {
  const { sessions = 0, minutes = 0 } = sums.get(key) ?? {};
  sums.set(key, { sessions: sessions + 1, minutes: minutes + more });
}

export interface UserStatistics {
  readonly points: { readonly total: number; readonly today: number; readonly this_week: number; readonly this_month: number };
  readonly streaks: {
    readonly current: number;
    readonly longest: number;
    readonly days_active_this_week: number;
    readonly days_active_this_month: number;
  };
  readonly session_stats: {
    readonly total_sessions: number;
    readonly total_minutes: number;
    readonly average_session_length: number;
    readonly most_productive_hour: number | null;
    readonly favorite_category: string | null;
  };
}

/** Statistics over the whole history. @param today day number in the zone. Weeks begin on Monday. */
export function summarizeUser({ byDay, byCategory, byHour }: ActivityTally, today: number): UserStatistics {
  const monday = mondayOf(today);
  const first = firstOfMonth(today);
  const days = [...byDay.keys()].sort((a, b) => a - b);
  const activeSince = (day: number): readonly number[] => days.filter((active) => active >= day && active <= today);
  const minutesOn = (some: readonly number[]): number => sumOf(some.map((day) => byDay.get(day) ?? NOTHING)).minutes;
  const total = sumOf([...byDay.values()]);
  return {
    points: { total: toPoints(total.minutes), today: toPoints(minutesOn(activeSince(today))), this_week: toPoints(minutesOn(activeSince(monday))), this_month: toPoints(minutesOn(activeSince(first))) },
    streaks: { ...findStreaks(days, today), days_active_this_week: activeSince(monday).length, days_active_this_month: activeSince(first).length },
    session_stats: {
      total_sessions: total.sessions,
      total_minutes: round(total.minutes, 2),
      average_session_length: total.sessions === 0 ? 0 : round(total.minutes / total.sessions, 1),
      most_productive_hour: total.sessions === 0 ? null : byHour.indexOf(Math.max(...byHour)),
      favorite_category: rowsOf(byCategory).toSorted((a, b) => b.sessions - a.sessions)[0]?.key ?? null,
    },
  };
}

export interface RangeStatistics {
  readonly by_day: readonly { readonly date: string; readonly sessions: number; readonly minutes: number }[];
  readonly by_device: readonly { readonly device_type: string; readonly sessions: number; readonly minutes: number }[];
  readonly by_category: readonly { readonly category: string; readonly sessions: number; readonly minutes: number }[];
  readonly by_hour: readonly number[];
  readonly totals: { readonly sessions: number; readonly minutes: number };
}

/** Totals for the days `from` to `to`, both included, of which the tally is; days without a session are listed too. */
export function summarizeRange({ byDay, bySource, byCategory, byHour }: ActivityTally, from: number, to: number): RangeStatistics {
  const days = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return {
    totals: rounded(sumOf([...byDay.values()])),
    by_day: days.map((day) => ({ date: formatDay(day), ...rounded(byDay.get(day) ?? NOTHING) })),
    by_device: rowsOf(bySource).map(({ key, ...rest }) => ({ device_type: key, ...rest })),
    by_category: rowsOf(byCategory).map(({ key, ...rest }) => ({ category: key, ...rest })),
    by_hour: byHour.map((minutes) => round(minutes, 2)),
  };
}

/** A streak is a run of days in a row with a session; the current one may wait for today's. @param days ascending, each once. */
export function findStreaks(days: readonly number[], today: number): { current: number; longest: number } {
  let longest = 0;
  let current = 0;
  let run = 0;
  days.forEach((day, i) => {
    run = day - 1 === days[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
    if (day === today || day === today - 1) current = run;
  });
  return { current, longest };
}

/** A row for each key, most minutes first, then by key. */
function rowsOf(sums: ReadonlyMap<string, Sum>): { key: string; sessions: number; minutes: number }[] {
  return [...sums].map(([key, row]) => ({ key, ...rounded(row) })).sort((a, b) => b.minutes - a.minutes || (a.key < b.key ? -1 : 1));
}

function sumOf(sums: readonly Sum[]): Sum {
  return sums.reduce((total, { sessions, minutes }) => ({ sessions: total.sessions + sessions, minutes: total.minutes + minutes }), NOTHING);
}

function rounded({ sessions, minutes }: Sum): Sum {
  return { sessions, minutes: round(minutes, 2) };
}

/** Ours: 25 minutes are a point, to one decimal. */
function toPoints(minutes: number): number {
  return round(minutes / 25, 1);
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
