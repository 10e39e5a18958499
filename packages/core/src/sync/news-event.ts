// One event of the server's stream, read defensively. What has another shape is passed over: every event is only a hint.
import type { RunningElsewhere } from '../api.ts';
import { isCount, parseFields } from '../model/rows.ts';
import { readAllRunning } from './exchange-answer.ts';

export type NewsEvent =
  | { readonly type: 'hello'; readonly epoch: string; readonly head: number; readonly tag: string | null; readonly running: readonly RunningElsewhere[] }
  | { readonly type: 'changed'; readonly head: number; readonly tag: string | null }
  | { readonly type: 'running'; readonly running: readonly RunningElsewhere[] }
  | { readonly type: 'bye'; readonly reason: string };

/** Null for what is not known here. */
export function parseNewsEvent(data: string): NewsEvent | null {
  const row = parseFields(data);
  if (row === null) return null;
  const { type, epoch, head, status_tag: told, reason } = row;
  if (type === 'bye') return { type, reason: typeof reason === 'string' ? reason : '' };
  const tag = typeof told === 'string' ? told : null;
  if (type === 'changed') return isCount(head) ? { type, head, tag } : null;
  const running = readAllRunning(row['running']);
  if (running === null) return null;
  if (type === 'running') return { type, running };
  return type === 'hello' && isCount(head) && typeof epoch === 'string' && epoch !== '' ? { type, epoch, head, tag, running } : null;
}
