// What a user's sessions add up to: points, streaks, habits, totals for a range of days. Pure; days run in the user's zone.
//
// A session counts for the day on which it began, with the minutes that were submitted. While a conflict is open, the time that
// its sessions share counts once, for the session that began first.
import type { Activity } from '../ports.ts';
import { firstOfMonth, formatDay, mondayOf, type ZoneClock } from './zone-clock.ts';

/** A session with what it counts. */
export interface Counted extends Activity {
  /** Day number in the zone. */
  readonly day: number;
  readonly minutes: number;
}

/** Sessions with their days and counted minutes. @param activity ordered by start, then id. */
export function countActivity(activity: readonly Activity[], zone: ZoneClock): Counted[] {
  const coveredUntil = new Map<number, number>();
  return activity.map((session) => {
    const { startTime, endTime, duration, group } = session;
    const covered = group === null ? startTime : Math.max(startTime, coveredUntil.get(group) ?? startTime);
    if (group !== null) coveredUntil.set(group, Math.max(covered, endTime));
    const share = Math.max(0, endTime - covered) / (endTime - startTime);
    return { ...session, day: zone.dayAt(startTime), minutes: duration * share };
  });
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
export function summarizeUser(sessions: readonly Counted[], today: number, zone: ZoneClock): UserStatistics {
  const monday = mondayOf(today);
  const first = firstOfMonth(today);
  const since = (day: number): number => sum(sessions.filter((session) => session.day >= day && session.day <= today).map(minutesOf));
  const days = [...new Set(sessions.map((session) => session.day))].sort((a, b) => a - b);
  const activeSince = (day: number): number => days.filter((active) => active >= day && active <= today).length;
  const total = sum(sessions.map(minutesOf));
  return {
    points: { total: toPoints(total), today: toPoints(since(today)), this_week: toPoints(since(monday)), this_month: toPoints(since(first)) },
    streaks: { ...findStreaks(days, today), days_active_this_week: activeSince(monday), days_active_this_month: activeSince(first) },
    session_stats: {
      total_sessions: sessions.length,
      total_minutes: round(total, 2),
      average_session_length: sessions.length === 0 ? 0 : round(total / sessions.length, 1),
      most_productive_hour: sessions.length === 0 ? null : busiestHour(minutesByHour(sessions, zone)),
      favorite_category: totalsBy(sessions, (session) => session.category).toSorted((a, b) => b.sessions - a.sessions)[0]?.key ?? null,
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

/** Totals for the days `from` to `to`, both included; days without a session are listed too. */
export function summarizeRange(sessions: readonly Counted[], from: number, to: number, zone: ZoneClock): RangeStatistics {
  const inRange = sessions.filter((session) => session.day >= from && session.day <= to);
  const byDay = new Map(totalsBy(inRange, (session) => String(session.day)).map((row) => [row.key, row]));
  const days = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return {
    totals: { sessions: inRange.length, minutes: round(sum(inRange.map(minutesOf)), 2) },
    by_day: days.map((day) => {
      const { sessions: count = 0, minutes = 0 } = byDay.get(String(day)) ?? {};
      return { date: formatDay(day), sessions: count, minutes };
    }),
    by_device: totalsBy(inRange, (session) => session.source).map(({ key, ...rest }) => ({ device_type: key, ...rest })),
    by_category: totalsBy(inRange, (session) => session.category).map(({ key, ...rest }) => ({ category: key, ...rest })),
    by_hour: minutesByHour(inRange, zone).map((minutes) => round(minutes, 2)),
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

/** Minutes in each hour of the day. A session's counted minutes are spread evenly over its time. */
function minutesByHour(sessions: readonly Counted[], zone: ZoneClock): number[] {
  const hours = Array.from<number>({ length: 24 }).fill(0);
  for (const session of sessions) {
    const perMs = session.minutes / (session.endTime - session.startTime);
    for (const [hour, ms] of zone.hoursOf(session.startTime, session.endTime)) hours[hour] = (hours[hour] ?? 0) + ms * perMs;
  }
  return hours;
}

function busiestHour(minutes: readonly number[]): number {
  return minutes.indexOf(Math.max(...minutes));
}

/** Sessions and minutes for each key, most minutes first, then by key. */
function totalsBy(sessions: readonly Counted[], keyOf: (session: Counted) => string): { key: string; sessions: number; minutes: number }[] {
  const totals = new Map<string, { sessions: number; minutes: number }>();
  for (const session of sessions) {
    const { sessions: count = 0, minutes = 0 } = totals.get(keyOf(session)) ?? {};
    totals.set(keyOf(session), { sessions: count + 1, minutes: minutes + session.minutes });
  }
  return [...totals]
    .map(([key, row]) => ({ key, sessions: row.sessions, minutes: round(row.minutes, 2) }))
    .sort((a, b) => b.minutes - a.minutes || (a.key < b.key ? -1 : 1));
}

function minutesOf(session: Counted): number {
  return session.minutes;
}

/** Ours: 25 minutes are a point, to one decimal. */
function toPoints(minutes: number): number {
  return round(minutes / 25, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
