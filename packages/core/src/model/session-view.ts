// The one shape in which an app sees a session, whichever row it comes from.
import { durationMinutes } from '@syncline/protocol';
import type { ParkedReason, Session, SessionState } from '../api.ts';
import type { Operation } from './operation.ts';
import { type FinishedSession, isStanding, type RunningSession } from './session.ts';

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

/** @param session as it is shown; by default as the operation tells it. */
export function operationToSession({ session: told, delivery: { parked } }: Operation, { conflictId, inFlight }: Circumstances, session: FinishedSession = told): Session {
  return finished(session, conflictId, parked === null ? waitingState(session, inFlight) : 'parked', true, parked);
}

function waitingState(session: FinishedSession, inFlight: boolean): SessionState {
  if (session.deletedAt !== null) return 'deleted';
  return session.cancelled !== null ? 'cancelled' : inFlight ? 'sending' : 'queued';
}

/** A session that is shown otherwise than it is packed. @param operation the one of its pending operations that says most, or null. */
export function overlaidToSession(shown: FinishedSession, operation: Operation | null, circumstances: Circumstances): Session {
  return operation === null ? confirmedToSession(shown, circumstances.conflictId) : operationToSession(operation, circumstances, shown);
}

export function confirmedToSession(session: FinishedSession, conflictId: string | null): Session {
  return finished(session, conflictId, stateOf(session), false, null);
}

function finished(session: FinishedSession, conflictId: string | null, state: SessionState, pending: boolean, parked: ParkedReason | null): Session {
  const { id, displayId, startTime, endTime, plannedDuration, category, project, note, tags = [], source, deviceId, clock } = session;
  return {
    id, displayId, state, pending, startTime, endTime,
    duration: durationMinutes(startTime, endTime), plannedDuration, category, project, note, tags, source, deviceId, conflictId,
    parked, clock, clockBound: session.clockBound ?? null, deletedAt: session.deletedAt,
  };
}

function stateOf(session: FinishedSession): SessionState {
  if (isStanding(session)) return 'confirmed';
  return session.deletedAt !== null ? 'deleted' : 'cancelled';
}

/** Newest first; equal starts by id, so the order never wavers. */
export function compareNewest(a: Session, b: Session): number {
  return b.startTime - a.startTime || (a.id < b.id ? -1 : 1);
}
