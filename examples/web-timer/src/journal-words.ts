// Settled overlaps, in words. Pure.
import type { Session, Settlement } from '@syncline/core';
import { deviceTypeName } from '@syncline/protocol';
import { count, dateWords, listed } from './words.ts';

const DONE: Readonly<Record<string, (sessions: number) => string>> = {
  keep_all: (sessions) => (sessions === 2 ? 'Kept both sessions' : `Kept all ${sessions} sessions`),
  keep_one: (sessions) => `Kept one of ${count(sessions, 'session')}`,
  trim: (sessions) => `Trimmed one of ${count(sessions, 'session')}`,
  split: (sessions) => `Split one of ${count(sessions, 'session')}`,
  merge_span: (sessions) => `Merged ${count(sessions, 'session')}, first start to last end`,
  merge_sum: (sessions) => `Merged ${count(sessions, 'session')}, lengths added`,
};

/** "Kept one of 2 sessions". */
export function settledWords({ kind, sessionIds }: Pick<Settlement, 'kind' | 'sessionIds'>): string {
  return DONE[kind]?.(sessionIds.length) ?? `Settled ${count(sessionIds.length, 'session')}`;
}

/** "writing and reading"; empty when none of them is known here. */
export function aboutWords({ sessionIds }: Settlement, known: ReadonlyMap<string, Session>): string {
  return listed([...new Set(sessionIds.flatMap((id) => known.get(id)?.category ?? []))]);
}

/** "this device", "Windows app", "another device". */
export function deciderWords(deviceId: string | null, own: string, devices: readonly { readonly device_id: string; readonly device_type: string }[]): string {
  if (deviceId === own) return 'this device';
  const device = devices.find(({ device_id: id }) => id === deviceId);
  if (device === undefined) return 'another device';
  return device.device_type === 'web_timer' ? 'another web timer' : deviceTypeName(device.device_type);
}

/** What came of it. */
export function outcomeOf({ outcome, undoneAt }: Pick<Settlement, 'outcome' | 'undoneAt'>): string {
  if (outcome === 'superseded') return 'Not applied: another decision was first';
  if (undoneAt !== null) return `Undone on ${dateWords(undoneAt)}`;
  return outcome === 'pending' ? 'Waiting to send' : 'On every device';
}

/** Whether it can still be taken back. */
export function canUndo({ outcome, undoneAt }: Pick<Settlement, 'outcome' | 'undoneAt'>): boolean {
  return outcome !== 'superseded' && undoneAt === null;
}
