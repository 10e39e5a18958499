// Numbers, times and names as the page writes them. Pure.
import { differenceInCalendarDays, format, formatDistanceStrict, formatDuration } from 'date-fns';
import type { RunningElsewhere, Session } from '@syncline/core';
import { deviceTypeName } from '@syncline/protocol';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const plurals = new Intl.PluralRules('en');

/** What is listed under a word of the server's, which may be one that every object knows. */
export function listedUnder<T>(words: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${plurals.select(number) === 'one' ? one : many}`;
}

/** "A", "A and B", "A, B and C". */
export function listed(words: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(words);
}

/** "just now" within the minute, then "5 minutes ago"; never in the future. */
export function ago(iso: string | null, now: number): string {
  if (iso === null) return 'never';
  const time = Math.min(Date.parse(iso), now);
  return now - time < MINUTE_MS ? 'just now' : `${formatDistanceStrict(time, now)} ago`;
}

/** "24:05", or "1:02:09" from an hour on; a negative time, which is time over, with a plus sign. */
export function clockWords(ms: number): string {
  // Rounded up while it runs down, so that it begins with the whole minutes and ends with 0:01.
  const total = ms > 0 ? Math.ceil(ms / 1000) : Math.floor(-ms / 1000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return `${ms < 0 && total > 0 ? '+' : ''}${hours > 0 ? `${hours}:${pad(minutes)}` : minutes}:${pad(seconds)}`;
}

/** "1 hour 15 minutes", "25 minutes", "less than a minute". */
export function lengthWords(minutes: number): string {
  const whole = Math.floor(minutes);
  if (whole < 1) return 'less than a minute';
  return formatDuration({ hours: Math.floor(whole / 60), minutes: whole % 60 });
}

/** "writing for thesis". */
export function sessionName({ category, project }: Pick<RunningElsewhere, 'category' | 'project'>): string {
  return project === null || project === '' ? category : `${category} for ${project}`;
}

/** "writing for thesis runs on Mac app since 14:05." */
export function elsewhereWords({ deviceName, deviceType, startTime, ...session }: RunningElsewhere): string {
  return `${sessionName(session)} runs on ${deviceName ?? deviceTypeName(deviceType)} since ${timeWords(startTime)}.`;
}

export function timeWords(time: number): string {
  return format(time, 'HH:mm');
}

export function span({ startTime, endTime }: Pick<Session, 'startTime' | 'endTime'>): string {
  if (endTime === null) return `${timeWords(startTime)}–now`;
  const days = differenceInCalendarDays(endTime, startTime);
  return `${timeWords(startTime)}–${timeWords(endTime)}${days > 0 ? ` +${days}` : ''}`;
}

export function dayWords(time: number, now: number): string {
  const days = differenceInCalendarDays(now, time);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return format(time, days > 300 || days < 0 ? 'EEE d MMM yyyy' : 'EEE d MMM');
}

/** "Mon 1 Mar 2027 at 14:05". */
export function dateWords(time: number): string {
  return format(time, "EEE d MMM yyyy 'at' HH:mm");
}

/** What two clocks that disagree say about a session; null when they agree. */
export function clockNote(clock: Session['clock']): string | null {
  if (clock === null) return null;
  const apart = clock.wallMs - clock.monotonicMs;
  const length = lengthWords(Math.abs(apart) / MINUTE_MS);
  return apart > 0 ? `Perhaps asleep for ${length}` : `The clock was put back by ${length}`;
}

export interface DayGroup {
  readonly day: string;
  /** Sessions and minutes of what counts: cancelled sessions do not. */
  readonly counted: number;
  readonly minutes: number;
  readonly sessions: readonly Session[];
}

/** Sessions by day, in the order given. */
export function byDay(sessions: readonly Session[], now: number): DayGroup[] {
  const days = new Map<string, Session[]>();
  for (const session of sessions) {
    const day = dayWords(session.startTime, now);
    days.set(day, [...(days.get(day) ?? []), session]);
  }
  const minutesOf = countedMinutes(sessions);
  return [...days].map(([day, list]) => {
    const counted = list.filter(({ state }) => state !== 'cancelled');
    return { day, counted: counted.length, minutes: counted.reduce((sum, { id }) => sum + (minutesOf.get(id) ?? 0), 0), sessions: list };
  });
}

/** Minutes of each session; what sessions of an open overlap share counts for the first of them alone, as the server counts it. */
function countedMinutes(sessions: readonly Session[]): ReadonlyMap<string, number> {
  const until = new Map<string, number>();
  const minutes = new Map<string, number>();
  for (const { id, startTime, endTime, duration, conflictId, state } of [...sessions].sort((a, b) => a.startTime - b.startTime)) {
    if (endTime === null || duration === null || state === 'cancelled') continue;
    const from = conflictId === null ? startTime : Math.max(startTime, until.get(conflictId) ?? startTime);
    if (conflictId !== null) until.set(conflictId, Math.max(from, endTime));
    minutes.set(id, from === startTime ? duration : Math.max(0, endTime - from) / MINUTE_MS);
  }
  return minutes;
}

/** "2 sessions · 50 minutes · 1 cancelled". */
export function dayTotals({ counted, minutes, sessions }: DayGroup): string {
  const cancelled = sessions.length - counted;
  const totals = counted === 0 ? [] : [count(counted, 'session'), lengthWords(minutes)];
  return [...totals, ...(cancelled === 0 ? [] : [`${cancelled} cancelled`])].join(' · ');
}

/**
 * The instant of a local wall time as a `datetime-local` field gives it; null for none, also for a time that the clocks pass over when they are
 * put forward: which instant was meant there, nobody can tell.
 * @param fits whether it can be meant, of a time that comes twice as the clocks are put back; where neither can, or both, it is the first.
 */
export function localTime(text: string, fits: (time: number) => boolean = () => true): number | null {
  const time = new Date(text).getTime();
  if (Number.isNaN(time) || fieldTime(time) !== text.slice(0, 16)) return null;
  return [time, time + HOUR_MS / 2, time + HOUR_MS].filter((one) => fieldTime(one) === fieldTime(time)).find(fits) ?? time;
}

/** Local wall time as a `datetime-local` field shows it. */
export function fieldTime(time: number): string {
  return format(time, "yyyy-MM-dd'T'HH:mm");
}
