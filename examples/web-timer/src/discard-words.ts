// What becomes of what waits for a person when that person gives it up, in words. Pure.
import { isEngineError, type Session } from '@syncline/core';
import { problemWords } from './problem-words.ts';

/** Decided in another window, perhaps, or sent. */
export function isDecided(error: unknown): boolean {
  return isEngineError(error) && (error.code === 'not_parked' || error.code === 'not_found');
}

/** Why trying again or discarding failed. */
export function decisionProblem(error: unknown): string {
  return isDecided(error) ? 'It does not wait for a decision any more.' : problemWords(error);
}

/** Whether the server has another session under its id, and never had this one. However it is changed, it would be refused again: only another id helps. */
export function needsNewId({ parked, displayId }: Pick<Session, 'parked' | 'displayId'>): boolean {
  return parked?.code === 'session_id_reused' && displayId === null;
}

export interface DiscardWords {
  readonly title: string;
  readonly text: string;
}

/** The server may have nothing of it, hold another session under its id, or have it as it was before a change. */
export function discardWords({ parked, displayId }: Pick<Session, 'parked' | 'displayId'>): DiscardWords {
  // It had the session once: a change of it waits, or it was offered again to a server that lost it.
  if (displayId !== null) {
    return { title: 'Discard what the server has not taken?', text: 'What the server has of this session stays as it is there; what it has not taken is gone from this device.' };
  }
  const text = needsNewId({ parked, displayId })
    ? 'The server holds another session under its id, and keeps that. Discarded, this one is gone; to keep it, record it anew.'
    : 'The server does not have it; discarded, it is gone from this device too.';
  return { title: 'Discard this session?', text };
}
