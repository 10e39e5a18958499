// An operation: one thing this device has to tell the server. Its row in the outbox is what pending means.
import { durationMinutes, formatInstant, LIMITS } from '@syncline/protocol';
import type { ParkedReason } from '../api.ts';
import type { FinishedSession } from './session.ts';

export type OperationKind = 'submit' | 'cancel';

/** What happened to an operation so far. Rewritten only when an attempt failed. */
export interface Delivery {
  /** Attempts that failed; those with fewer go first, so that none holds up the others. */
  readonly tries: number;
  /** An attempt ended without our learning whether the server took it. */
  readonly unknown: boolean;
  /** Answers that said success without being an acknowledgement. */
  readonly unclear: number;
  /** Answers of 500 that count towards parking, and how many successes there had been at the last of them. */
  readonly faults: number;
  readonly successesAtFault: number | null;
  /** Not sent before this wait is over; null for none. */
  readonly wait: { readonly from: number; readonly until: number } | null;
  readonly parked: ParkedReason | null;
}

export interface Operation {
  /** Minted once, repeated by every resend. */
  readonly opId: string;
  readonly kind: OperationKind;
  /** The account that made it. Nobody else's token may carry it. */
  readonly owner: string;
  readonly session: FinishedSession;
  /** When the user acted, by the device's clock. */
  readonly at: number;
  readonly delivery: Delivery;
}

export const UNTRIED: Delivery = {
  tries: 0, unknown: false, unclear: 0, faults: 0, successesAtFault: null, wait: null, parked: null,
};

/** The call that delivers an operation. Depends on nothing but the operation, so a resend repeats the same bytes. */
export function operationRequest(operation: Operation): { readonly path: string; readonly body: string } {
  return operation.kind === 'submit' ? submitRequest(operation.session) : cancelRequest(operation.session);
}

function submitRequest(session: FinishedSession): { path: string; body: string } {
  const body = {
    session_id: session.id,
    start_time: formatInstant(session.startTime),
    end_time: formatInstant(session.endTime),
    duration: durationMinutes(session.startTime, session.endTime),
    category: session.category,
    project: session.project,
    note: session.note,
    source: session.source,
  };
  return { path: '/api/pomodoro/submit', body: JSON.stringify(body) };
}

function cancelRequest(session: FinishedSession): { path: string; body: string } {
  const { reason, note } = session.cancelled ?? { reason: null, note: '' };
  const body = {
    session_id: session.id,
    planned_duration: session.plannedDuration ?? 1,
    elapsed_minutes: Math.min(LIMITS.durationMinutesMax, durationMinutes(session.startTime, session.endTime)),
    source: session.source,
    ...(reason === null ? {} : { reason }),
    ...(note === '' ? {} : { cancel_reason_note: note }),
    category: session.category,
  };
  return { path: '/api/session/cancel', body: JSON.stringify(body) };
}
