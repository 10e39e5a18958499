// What the page says, as pure functions.
import { formatDistanceStrict } from 'date-fns';
import type { EngineStatus, Session } from '@syncline/core';

const plurals = new Intl.PluralRules('en');

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${plurals.select(number) === 'one' ? one : many}`;
}

const DEVICE_NAMES: Readonly<Record<string, string>> = { mac_app: 'Mac app', windows_app: 'Windows app', web_timer: 'Web timer' };

export function deviceName(type: string): string {
  const words = DEVICE_NAMES[type] ?? type.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const OVERALL: Readonly<Record<string, string>> = {
  healthy: 'In sync', delayed: 'Catching up', conflicts: 'Sessions overlap', offline: 'Offline',
};
export const DEVICE_WORDS: Readonly<Record<string, string>> = { up_to_date: 'Up to date', pending: 'Waiting to send', stale: 'Behind', offline: 'Not seen' };
export const STATES: Readonly<Record<Session['state'], string>> = {
  running: 'Running', queued: 'Waiting to send', sending: 'Sending', confirmed: 'Saved on server', parked: 'Needs a decision', cancelled: 'Cancelled',
};

const CONNECTIONS: Readonly<Record<string, string>> = {
  online: 'Connected', offline: 'No connection. Sessions are kept on this device.', unreachable: 'The server does not answer. Sessions are kept on this device.',
  auth_required: 'Sign in again to send what is waiting.',
};

export function connectionWords({ local }: EngineStatus): string {
  return CONNECTIONS[local.connection] ?? local.connection;
}

/** One sentence for people who cannot see the panel. */
export function announcement({ sync_status: word, data_summary: summary }: EngineStatus): string {
  const waiting = summary.unsynced_sessions === 0 ? 'nothing waits' : `${count(summary.unsynced_sessions, 'session')} waiting`;
  return `${OVERALL[word] ?? word}, ${waiting}.`;
}

export function ago(iso: string | null, now: number): string {
  return iso === null ? 'never' : `${formatDistanceStrict(Math.min(Date.parse(iso), now), now)} ago`;
}

/** "24:05", or "1:02:09" from an hour on; negative times with a sign. */
export function clockWords(ms: number): string {
  const total = Math.floor(Math.abs(ms) / 1000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return `${ms < 0 ? '+' : ''}${hours > 0 ? `${hours}:${pad(minutes)}` : minutes}:${pad(seconds)}`;
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

export function span(session: Pick<Session, 'startTime' | 'endTime'>): string {
  return `${TIME.format(session.startTime)}–${session.endTime === null ? 'now' : TIME.format(session.endTime)}`;
}

export function dayWords(time: number, now: number): string {
  const day = (value: number): string => new Date(value).toDateString();
  if (day(time) === day(now)) return 'Today';
  return day(time) === day(now - 86_400_000) ? 'Yesterday' : DAY.format(time);
}

/** Sessions by day, newest day first, in the order given. */
export function byDay(sessions: readonly Session[], now: number): { readonly day: string; readonly sessions: readonly Session[] }[] {
  const days = new Map<string, Session[]>();
  for (const session of sessions) {
    const day = dayWords(session.startTime, now);
    days.set(day, [...(days.get(day) ?? []), session]);
  }
  return [...days].map(([day, list]) => ({ day, sessions: list }));
}

/** Local wall time as a `datetime-local` field shows it. */
export function fieldTime(time: number): string {
  return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
