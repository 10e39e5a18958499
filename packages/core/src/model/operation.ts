// An operation: one thing this device has to tell the server. Its row in the outbox is what pending means.
import {
  type CancelRequest, durationMinutes, formatInstant, LIMITS, type RememberedSettlement, type SettlementKind, type SubmitRequest,
} from '@syncline/protocol';
import type { ParkedReason } from '../api.ts';
import { applyEffects, type Effect, effectId } from './effect.ts';
import type { FinishedSession } from './session.ts';

/** `submit` and `cancel` have documented calls; the others need a server that offers the exchange. */
export type OperationKind = 'submit' | 'cancel' | 'amend' | 'delete' | 'restore' | 'resolve' | 'unresolve' | 'remember';

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

/** A decision about stored sessions. */
export interface Change {
  readonly effects: readonly Effect[];
  /** The sessions that were looked at, and the versions the decision rests on: 0 where the server had told none. */
  readonly bases: readonly SessionBase[];
  /** How a conflict is settled (`resolve`), which settlement is undone (`unresolve`), or is given back as it was told (`remember`). */
  readonly settlement: { readonly id: string; readonly kind: SettlementKind; readonly told?: RememberedSettlement | undefined } | null;
}

export interface SessionBase {
  readonly id: string;
  readonly version: number;
}

export interface Operation {
  /** Minted once, repeated by every resend. */
  readonly opId: string;
  readonly kind: OperationKind;
  /** What it changes; null for `submit` and `cancel`, which are told by the session itself. */
  readonly change: Change | null;
  /** The account that made it. Nobody else's token may carry it. */
  readonly owner: string;
  /** The session it is about, as it was then; for a settlement the first of those it is about. */
  readonly session: FinishedSession;
  /** When the user acted, by the device's clock. */
  readonly at: number;
  readonly delivery: Delivery;
  /** Of what is offered again to a server whose time went back: the version that its session had with it. */
  readonly knownVersion?: number | undefined;
}

export const UNTRIED: Delivery = {
  tries: 0, unknown: false, unclear: 0, faults: 0, successesAtFault: null, wait: null, parked: null,
};

/** Whether a documented call delivers it. */
export function isDocumented({ kind }: Operation): boolean {
  return kind === 'submit' || kind === 'cancel';
}

/** Whether it changes one session that was stored, on its own. */
export function isEdit({ kind }: Operation): boolean {
  return kind === 'amend' || kind === 'delete' || kind === 'restore';
}

/** Whether it settles a conflict, takes that back, or tells of it. */
export function isSettlement({ kind }: Operation): boolean {
  return kind === 'resolve' || kind === 'unresolve' || kind === 'remember';
}

/** Every session it is about, each once. */
export function sessionsOf({ session, change }: Operation): readonly string[] {
  if (change === null) return [session.id];
  return [...new Set([...change.bases.map(({ id }) => id), ...change.effects.map(effectId)])];
}

/** When its session ends once it took effect. */
export function endOfSession({ session, change, at }: Operation): number {
  return (applyEffects(session, session.id, change?.effects ?? [], at) ?? session).endTime;
}

/** The call that delivers a documented operation. Depends on nothing but the operation, so a resend repeats the same bytes. */
export function operationRequest(operation: Operation): { readonly path: string; readonly body: string } {
  const { kind, session } = operation;
  if (kind === 'submit') return { path: '/api/pomodoro/submit', body: JSON.stringify(submitFields(session)) };
  return { path: '/api/session/cancel', body: JSON.stringify(cancelFields(session)) };
}

/** The documented fields of a finished session. */
export function submitFields(session: FinishedSession): SubmitRequest {
  return {
    session_id: session.id,
    start_time: formatInstant(session.startTime),
    end_time: formatInstant(session.endTime),
    duration: durationMinutes(session.startTime, session.endTime),
    category: session.category,
    project: session.project,
    note: session.note,
    source: session.source,
  };
}

/** The documented fields of a cancelled session. */
export function cancelFields(session: FinishedSession): CancelRequest {
  const { reason, note } = session.cancelled ?? { reason: null, note: '' };
  return {
    session_id: session.id,
    planned_duration: session.plannedDuration ?? 1,
    elapsed_minutes: Math.min(LIMITS.durationMinutesMax, durationMinutes(session.startTime, session.endTime)),
    source: session.source,
    reason: reason ?? undefined,
    cancel_reason_note: note || undefined,
    category: session.category,
  };
}
