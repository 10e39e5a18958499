// One event of the server's stream, read defensively. What has another shape is passed over: every event is only a hint.
import { asFields, isCount } from '../model/rows.ts';
import { type AnswerRunning, readAllRunning } from './exchange-answer.ts';

export type NewsEvent =
  | { readonly type: 'hello'; readonly epoch: string; readonly head: number; readonly tag: string | null; readonly running: readonly AnswerRunning[] }
  | { readonly type: 'changed'; readonly head: number; readonly tag: string | null }
  | { readonly type: 'running'; readonly running: readonly AnswerRunning[] }
  | { readonly type: 'bye'; readonly reason: string };

/** Null for what is not known here. */
export function parseNewsEvent(data: string): NewsEvent | null {
  const row = readObject(data);
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

function readObject(data: string): ReturnType<typeof asFields> {
  try {
    return asFields(JSON.parse(data));
  } catch {
    return null;
  }
}
