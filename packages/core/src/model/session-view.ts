// The one shape in which an app sees a session, whichever row it comes from.
import { durationMinutes } from '@syncline/protocol';
import type { Session, SessionState } from '../api.ts';
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

export function operationToSession(operation: Operation, { conflictId, inFlight }: Circumstances): Session {
  const { parked } = operation.delivery;
  return { ...finished(operation.session, conflictId), state: parked === null ? waitingState(operation.session, inFlight) : 'parked', pending: true, parked };
}

function waitingState(session: FinishedSession, inFlight: boolean): SessionState {
  if (session.deletedAt !== null) return 'deleted';
  return session.cancelled !== null ? 'cancelled' : inFlight ? 'sending' : 'queued';
}

/** A session that is shown otherwise than it is packed. @param operation the one of its pending operations that says most, or null. */
export function overlaidToSession(shown: FinishedSession, operation: Operation | null, circumstances: Circumstances): Session {
  return operation === null ? finished(shown, circumstances.conflictId) : operationToSession({ ...operation, session: shown }, circumstances);
}

export function confirmedToSession(session: FinishedSession, conflictId: string | null): Session {
  return finished(session, conflictId);
}

function finished(session: FinishedSession, conflictId: string | null): Session {
  const { id, displayId, startTime, endTime, plannedDuration, category, project, note, tags = [], source, deviceId, clock } = session;
  return {
    id, displayId, state: stateOf(session), pending: false, startTime, endTime,
    duration: durationMinutes(startTime, endTime), plannedDuration, category, project, note, tags, source, deviceId, conflictId,
    parked: null, clock, clockBound: session.clockBound ?? null, deletedAt: session.deletedAt,
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
