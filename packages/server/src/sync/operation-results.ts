// From what became of an operation to the words of its result, and from a stored result to that of a resend.
import { ERRORS, type OperationResult, type SessionRecord, type SettlementRecord } from '@syncline/protocol';
import type { StoredDevice, UserReader } from '../ports.ts';
import { SETTLEMENTS_AT_ONCE } from '../store/read-limits.ts';
import type { OperationOutcome } from './outcome.ts';
import { partsOf } from './parts-of.ts';
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

/** A result as it is kept: of the records that it told only their names, because they go on and a resend is told how they are then. */
export interface KeptResult extends Omit<OperationResult, 'session' | 'sessions' | 'settlement' | 'running'> {
  readonly session?: SessionName | undefined;
  readonly sessions?: readonly SessionName[] | undefined;
  readonly settlement?: { readonly settlement_id: string } | undefined;
}

type SessionName = Pick<SessionRecord, 'session_id'>;

/** A result as JSON text to keep. */
export function toKept({ session, sessions, settlement, running: _, ...words }: OperationResult): string {
  const kept: KeptResult = {
    ...words,
    ...(session === undefined ? {} : { session: nameOf(session) }),
    ...(sessions === undefined ? {} : { sessions: sessions.map(nameOf) }),
    ...(settlement === undefined ? {} : { settlement: { settlement_id: settlement.settlement_id } }),
  };
  return JSON.stringify(kept);
}

function nameOf({ session_id }: SessionRecord): SessionName {
  return { session_id };
}

/** The answer to a resend: what it was told the first time, as a duplicate. */
export function toDuplicate(kept: string): KeptResult {
  const first = JSON.parse(kept) as KeptResult;
  return { ...first, status: 'duplicate', original: first.status === 'superseded' ? 'superseded' : 'applied' };
}

/** Sessions read at once: each may have a document. */
const SESSIONS_AT_ONCE = 100;

/** Kept results, with the records that they name as they are now. Null when these alone come to more than so many characters of text. */
export async function tellAgain(tx: UserReader, kept: readonly KeptResult[], charsMax: number): Promise<readonly OperationResult[] | null> {
  const records = new Map<string, SessionRecord>();
  const settlements = new Map<string, SettlementRecord>();
  let room = charsMax;
  for (const some of partsOf(new Set(kept.flatMap(namesIn).map(({ session_id: id }) => id)), SESSIONS_AT_ONCE)) {
    for (const session of await tx.sessions(some)) records.set(session.id, toSessionRecord(session));
    room -= JSON.stringify(some.map((id) => records.get(id))).length;
    if (room < 0) return null;
  }
  for (const some of partsOf(new Set(kept.flatMap(({ settlement }) => settlement?.settlement_id ?? [])), SETTLEMENTS_AT_ONCE)) {
    for (const settlement of await tx.settlements(some)) settlements.set(settlement.id, toSettlementRecord(settlement));
    room -= JSON.stringify(some.map((id) => settlements.get(id))).length;
    if (room < 0) return null;
  }
  const recordOf = ({ session_id: id }: SessionName): SessionRecord[] => {
    const record = records.get(id);
    return record === undefined ? [] : [{ ...record }];
  };
  return kept.map(({ session, sessions, settlement, ...words }) => ({
    ...words,
    ...(session === undefined ? {} : { session: recordOf(session)[0] }),
    ...(sessions === undefined ? {} : { sessions: sessions.flatMap(recordOf) }),
    ...(settlement === undefined ? {} : { settlement: settlements.get(settlement.settlement_id) }),
  }));
}

/**
 * Tells the document of each session once, in its newest record, the last of equals: many edits of one note come to as much as one. Records of
 * refused operations, which nobody takes over, are looked at by themselves.
 */
export function tellDocumentsOnce(results: readonly OperationResult[]): readonly OperationResult[] {
  const newest = new Map<string, SessionRecord>();
  for (const result of results) {
    for (const record of namesIn(result)) {
      const key = `${result.status === 'rejected'} ${record.session_id}`;
      if (record.version >= (newest.get(key)?.version ?? 0)) newest.set(key, record);
    }
  }
  const telling = new Set(newest.values());
  const brief = (record: SessionRecord): SessionRecord => {
    const { annotation: _, ...rest } = record;
    return telling.has(record) ? record : rest;
  };
  return results.map((result) => (!tellsRecords(result) ? result : {
    ...result,
    ...(result.session === undefined ? {} : { session: brief(result.session) }),
    ...(result.sessions === undefined ? {} : { sessions: result.sessions.map(brief) }),
  }));
}

export function tellsRecords({ session, sessions, settlement, running }: OperationResult): boolean {
  return (session ?? sessions ?? settlement ?? running) !== undefined;
}

function namesIn<T extends SessionName>({ session, sessions = [] }: { readonly session?: T | undefined; readonly sessions?: readonly T[] | undefined }): readonly T[] {
  return session === undefined ? sessions : [session, ...sessions];
}
