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
    category, project, note, source, deviceId, conflictId: null, parked: null, clock: null,
  };
}

export function operationToSession(operation: Operation, { conflictId, inFlight }: Circumstances): Session {
  const { parked } = operation.delivery;
  const delivery: SessionState = operation.kind === 'cancel' ? 'cancelled' : inFlight ? 'sending' : 'queued';
  return { ...finished(operation.session, conflictId), state: parked === null ? delivery : 'parked', pending: true, parked };
}

export function confirmedToSession(session: FinishedSession, conflictId: string | null): Session {
  return finished(session, conflictId);
}

function finished(session: FinishedSession, conflictId: string | null): Session {
  const { id, displayId, startTime, endTime, plannedDuration, category, project, note, source, deviceId, clock } = session;
  return {
    id, displayId, state: session.cancelled === null ? 'confirmed' : 'cancelled', pending: false, startTime, endTime,
    duration: durationMinutes(startTime, endTime), plannedDuration, category, project, note, source, deviceId, conflictId,
    parked: null, clock,
  };
}

/** Newest first; equal starts by id, so the order never wavers. */
export function compareNewest(a: Session, b: Session): number {
  return b.startTime - a.startTime || (a.id < b.id ? -1 : 1);
}
