// What the board says, as pure functions of a status.
import type { EngineStatus } from '@syncline/core';
import type { DeviceStatus } from '@syncline/protocol';

const OVERALL: Readonly<Record<string, string>> = { healthy: 'In sync', delayed: 'Catching up', conflicts: 'Sessions overlap', offline: 'Offline' };
const DEVICE_WORDS: Readonly<Record<string, string>> = { up_to_date: 'up to date', pending: 'waiting to send', stale: 'behind', offline: 'not seen' };
const NAMES: Readonly<Record<string, string>> = { mac_app: 'Mac app', windows_app: 'Windows app', web_timer: 'Web timer' };
const plurals = new Intl.PluralRules('en');

const sessions = (count: number): string => `${count} ${plurals.select(count) === 'one' ? 'session' : 'sessions'}`;

export interface Board {
  readonly word: string;
  readonly overall: string;
  readonly detail: string;
  readonly advice: readonly string[];
}

export function boardOf({ sync_status: word, data_summary: summary, sync_lag: lag, recommendations }: EngineStatus): Board {
  return {
    word,
    overall: OVERALL[word] ?? word,
    detail: `${sessions(summary.unsynced_sessions)} waiting · last contact ${lag === null ? 'never' : `${lag} ago`} · ${sessions(summary.total_sessions)} in all`,
    advice: recommendations,
  };
}

export function deviceLines(devices: readonly DeviceStatus[]): { readonly text: string; readonly word: string }[] {
  return devices.map(({ device_type: type, sync_status: word, sessions_pending: pending }) => ({
    word,
    text: `${NAMES[type] ?? type.replaceAll('_', ' ')}: ${DEVICE_WORDS[word] ?? word}${pending > 0 ? `, ${sessions(pending)} waiting` : ''}`,
  }));
}
