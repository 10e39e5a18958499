// From what became of an operation to the words of its result, and from a stored result to that of a resend.
import { ERRORS, type OperationResult } from '@syncline/protocol';
import type { StoredDevice } from '../ports.ts';
import type { OperationOutcome } from './outcome.ts';
import { toRunningSession, toSessionRecord, toSettlementRecord } from './session-records.ts';

/** The result of an operation. @param devices for the names of those on which sessions run. */
export function toResult(operationId: string, outcome: OperationOutcome, devices: readonly StoredDevice[]): OperationResult {
  const { session } = outcome;
  const running = 'running' in outcome && outcome.running !== undefined ? { running: outcome.running.map((one) => toRunningSession(one, devices)) } : {};
  const sessions = 'sessions' in outcome && outcome.sessions !== undefined ? { sessions: outcome.sessions.map(toSessionRecord) } : {};
  const settled = 'settlement' in outcome && outcome.settlement !== undefined ? { settlement: toSettlementRecord(outcome.settlement) } : {};
  if (outcome.kind === 'refused') {
    return {
      op_id: operationId, status: 'rejected', code: outcome.code, message: ERRORS[outcome.code].message,
      ...(outcome.details === undefined ? {} : { details: outcome.details }),
      ...(session === undefined ? {} : { session: toSessionRecord(session) }),
      ...running,
    };
  }
  if (outcome.kind === 'superseded') {
    return {
      op_id: operationId, status: 'superseded', code: 'version_stale', message: ERRORS.version_stale.message,
      ...(session === undefined ? {} : { session: toSessionRecord(session) }), ...sessions,
    };
  }
  return {
    op_id: operationId,
    ...(outcome.kind === 'applied' ? { status: 'applied' } : { status: 'duplicate', original: 'applied' }),
    ...(session === undefined ? {} : { display_id: String(session.displayId), version: session.version, seq: session.sequence }),
    ...(outcome.sequence === undefined ? {} : { seq: outcome.sequence }),
    ...(session !== undefined && outcome.isOther === true ? { session: toSessionRecord(session) } : {}),
    ...sessions, ...settled, ...running,
  };
}

/** The answer to a resend: what it was told the first time, as a duplicate. */
export function toDuplicate(stored: string): OperationResult {
  const first = JSON.parse(stored) as OperationResult;
  return { ...first, status: 'duplicate', original: first.status === 'superseded' ? 'superseded' : 'applied' };
}
