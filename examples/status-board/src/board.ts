// What the board says, as pure functions of a status and the time.
import { formatDistanceStrict } from 'date-fns';
import type { EngineStatus } from '@syncline/core';
import { deviceTypeName, type DeviceStatus } from '@syncline/protocol';

type Words = Readonly<Record<string, string>>;

const OVERALL: Words = { healthy: 'In sync', delayed: 'Catching up', conflicts: 'Sessions overlap', offline: 'Nothing seen lately' };
// The web timer's pictures, as paths in a square of 16; words always stand beside them.
const ALERT = 'M8 5v4M8 11.5v.01M8 14A6 6 0 108 2a6 6 0 000 12z';
const ICONS: Words = {
  up_to_date: 'M3.5 8.5l3 3 6-7', pending: 'M8 4.5V8l2.5 1.5M8 14A6 6 0 108 2a6 6 0 000 12z', stale: ALERT,
  offline: 'M2 2l12 12M4.6 8.1A5 5 0 018 6.7M11.4 8.1l-.4-.3M2.3 5.5A8 8 0 015 3.9M13.7 5.5A8.3 8.3 0 008 3.2M6.5 10.3a2.2 2.2 0 013 0M8 12.6v.01',
};
const DEVICE_WORDS: Words = { up_to_date: 'Up to date', pending: 'Waiting to send', stale: 'Behind', offline: 'Not seen lately' };
const CONNECTIONS: Words = {
  offline: 'This display has no network. Other devices are shown as they were last seen.',
  unreachable: 'The server does not answer. Other devices are shown as they were last seen.',
  auth_required: 'The login of this browser has ended. Sign in with the web timer to go on.',
};
const CONNECTING = 'Connecting. Other devices are shown as they were last seen.';
const plurals = new Intl.PluralRules('en');
const MINUTE_MS = 60_000;

function count(number: number, one: string): string {
  return `${number} ${plurals.select(number) === 'one' ? one : `${one}s`}`;
}

export interface Board {
  readonly word: string;
  readonly overall: string;
  readonly waiting: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly notice: string | null;
  readonly advice: readonly string[];
}

/** @param hasNetwork what the browser says: before an answer the engine knows of no connection, though there may be a network. */
export function boardOf(status: EngineStatus, hasNetwork: boolean): Board {
  const { sync_status: word, data_summary: summary, sync_lag: lag, recommendations, local } = status;
  return {
    word,
    overall: OVERALL[word] ?? word,
    waiting: waitingWords(status),
    facts: [
      { name: 'Newest contact', value: lag === null ? 'never' : `${lag} ago` },
      { name: 'Active devices', value: `${status.active_devices} of ${status.total_devices}` },
      { name: 'Sessions', value: String(summary.total_sessions) },
      { name: 'Overlaps', value: String(summary.conflicts_detected) },
    ],
    notice: local.connection === 'offline' && hasNetwork ? CONNECTING : (CONNECTIONS[local.connection] ?? null),
    advice: recommendations,
  };
}

/** Work of this browser, which goes as soon as a page here is online, apart from that of other devices, which only they can send. */
function waitingWords({ devices, data_summary: summary, local }: EngineStatus): string {
  const here = devices?.find(({ device_id: id }) => id === local.device_id)?.sessions_pending ?? 0;
  const elsewhere = Math.max(0, summary.unsynced_sessions - here);
  if (elsewhere === 0) return here === 0 ? 'Nothing waiting' : `${count(here, 'session')} waiting here`;
  return here === 0 ? `${count(elsewhere, 'session')} waiting on other devices` : `${count(here, 'session')} waiting here, ${elsewhere} on other devices`;
}

export interface DeviceTile {
  readonly word: string;
  /** Path of its picture. */
  readonly icon: string;
  readonly name: string;
  readonly state: string;
  readonly detail: string;
}

/** @param now in server time. @param names what people call them, by id. @param ownId of this browser. */
export function deviceTiles(devices: readonly DeviceStatus[], now: number, names: ReadonlyMap<string, string>, ownId: string): DeviceTile[] {
  return devices.map(({ device_id: id, device_type: type, sync_status: word, sessions_pending: pending, last_seen: seen, version }) => ({
    word,
    icon: ICONS[word] ?? ALERT,
    name: names.get(id) ?? deviceTypeName(type),
    state: stateWords(word, pending),
    detail: [...(id === ownId ? ['This browser'] : []), seenWords(seen, now), ...(names.has(id) ? [deviceTypeName(type)] : []), version].join(' · '),
  }));
}

function stateWords(word: string, pending: number): string {
  const words = DEVICE_WORDS[word] ?? word;
  if (pending === 0) return words;
  const held = `${count(pending, 'session')} to send`;
  return word === 'pending' ? held : `${words}, ${held}`;
}

function seenWords(seen: string | null, now: number): string {
  if (seen === null) return 'Never seen';
  const time = Math.min(Date.parse(seen), now);
  return now - time < MINUTE_MS ? 'Seen just now' : `Seen ${formatDistanceStrict(time, now)} ago`;
}
