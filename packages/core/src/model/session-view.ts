// The one shape in which an app sees a session, whichever row it comes from.
import { durationMinutes } from '@syncline/protocol';
import type { Session, SessionState } from '../api.ts';
import type { Operation } from './operation.ts';
import type { FinishedSession, RunningSession } from './session.ts';

/** What a session's own row does not hold. */
export interface Circumstances {
  readonly conflictId: string | null;
  readonly inFlight: boolean;
}

export function runningToSession(running: RunningSession, source: string, deviceId: string): Session {
  const { id, startTime, plannedDuration, category, project, note } = running;
  return {
    id, displayId: null, state: 'running', pending: false, startTime, endTime: null, duration: null, plannedDuration,
    category, project, note, tags: [], source, deviceId, conflictId: null, parked: null, clock: null, clockBound: running.clockBound ?? null, deletedAt: null,
  };
}

/** @param operation of those that wait for it the one that says most; null where the server has everything. */
export function finishedToSession(session: FinishedSession, operation: Operation | null, { conflictId, inFlight }: Circumstances): Session {
  const { id, displayId, startTime, endTime, plannedDuration, category, project, note, tags = [], source, deviceId, deletedAt, clock, clockBound = null } = session;
  const parked = operation?.delivery.parked ?? null;
  const standing = operation === null ? 'confirmed' : inFlight ? 'sending' : 'queued';
  return {
    // The list is a copy: what the app does with it is not done to the store's row.
    id, displayId, state: parked === null ? stateOf(session, standing) : 'parked', pending: operation !== null, startTime, endTime,
    duration: durationMinutes(startTime, endTime), plannedDuration, category, project, note, tags: [...tags], source, deviceId, conflictId, parked, clock, clockBound, deletedAt,
  };
}

function stateOf({ deletedAt, cancelled }: FinishedSession, standing: SessionState): SessionState {
  if (deletedAt !== null) return 'deleted';
  return cancelled === null ? standing : 'cancelled';
}

/** Newest first; equal starts by id, so the order never wavers. */
export function compareNewest(a: Session, b: Session): number {
  return b.startTime - a.startTime || (a.id < b.id ? -1 : 1);
}
