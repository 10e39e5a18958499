// Settled overlaps, in words. Pure.
import { isEngineError, type Session, type Settlement } from '@syncline/core';
import { deviceTypeName } from '@syncline/protocol';
import { settleProblem } from './settle-words.ts';
import { count, dateWords, listed, listedUnder } from './words.ts';

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
  return listedUnder(DONE, kind)?.(sessionIds.length) ?? `Settled ${count(sessionIds.length, 'session')}`;
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
export function outcomeOf({ outcome, undoneAt, undoSuperseded }: Pick<Settlement, 'outcome' | 'undoneAt' | 'undoSuperseded'>): string {
  if (outcome === 'superseded') return 'Not applied: another decision was first';
  if (undoneAt !== null) return `Undone on ${dateWords(undoneAt)}`;
  if (undoSuperseded === true) return `Not undone. ${CHANGED_SINCE}`;
  return outcome === 'pending' ? 'Waiting to send' : 'On every device';
}

const CHANGED_SINCE = 'A session of it has changed since: edit or restore the sessions one by one.';

/** Why taking one back failed. */
export function undoProblem(error: unknown): string {
  return isEngineError(error) && error.code === 'changed' ? CHANGED_SINCE : settleProblem(error);
}

/** Whether it can still be taken back. */
export function canUndo({ outcome, undoneAt }: Pick<Settlement, 'outcome' | 'undoneAt'>): boolean {
  return outcome !== 'superseded' && undoneAt === null;
}
