// What can become of one operation, before it is put into words.
import type { ErrorCode, FieldIssue } from '@syncline/protocol';
import type { StoredSession, StoredSettlement } from '../ports.ts';

/** A refusal. Nothing was changed. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: ErrorCode;
  readonly details?: readonly FieldIssue[];
  /** The session as it is stored, where there is one. */
  readonly session?: StoredSession;
  /** With `session_running`: those that run elsewhere. */
  readonly running?: readonly StoredSession[];
}

/** `applied` now, or `repeated`: it had taken effect before. */
export interface Done {
  readonly kind: 'applied' | 'repeated';
  readonly session?: StoredSession;
  /** Whether the session is other than what was sent, so that the sender must be shown it. */
  readonly isOther?: boolean;
  /** Every session that a settlement touched. */
  readonly sessions?: readonly StoredSession[];
  /** Position of a settlement. */
  readonly sequence?: number;
  /** The settlement that was made. */
  readonly settlement?: StoredSettlement;
  readonly running?: readonly StoredSession[];
}

/** Something else was first. */
export interface Superseded {
  readonly kind: 'superseded';
  readonly session?: StoredSession;
  readonly sessions?: readonly StoredSession[];
}

export type OperationOutcome = Done | Superseded | Refusal;

export function refuse(code: ErrorCode, path?: string, message?: string): Refusal {
  if (path === undefined || message === undefined) return { kind: 'refused', code };
  return { kind: 'refused', code, details: [{ path, message }] };
}
