// The answer of an exchange, read defensively. What has another shape is no answer, and then nothing in it counts.
import { LIMITS } from '@syncline/protocol';
import type { RunningElsewhere } from '../api.ts';
import { told } from '../model/effect.ts';
import { areTexts, asFields, type Fields, isCancelReason, isCount, isTextOrNull, readBound } from '../model/rows.ts';
import { DEFAULT_PROJECT, type FinishedSession } from '../model/session.ts';
import { isMark } from './check-call.ts';
import { parseServerAnswer, readInstant, type ServerAnswer } from './server-answer.ts';
import { readMemory, type SettlementRow } from './settlement-row.ts';

export interface OperationAnswer {
  readonly status: 'applied' | 'duplicate' | 'superseded' | 'rejected';
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
  readonly displayId: string | null;
  readonly version: number | null;
  /** Server's records that came along. */
  readonly sessions: readonly FinishedSession[];
  /** The one that it made. */
  readonly settlement: SettlementRow | null;
}

export interface ExchangeAnswer {
  readonly epoch: string;
  readonly head: number;
  readonly results: ReadonlyMap<string, OperationAnswer>;
  readonly sessions: readonly FinishedSession[];
  readonly settlements: readonly SettlementRow[];
  readonly cursor: string;
  /** Of sessions that were cancelled and have no times: no history of intervals has them. */
  readonly cancelledIds: readonly string[];
  readonly more: boolean;
  readonly reset: string | null;
  readonly tag: string;
  /** Null when the status this device shows is still true. */
  readonly status: ServerAnswer | null;
  /** Sessions that run on any device, the caller's own included. */
  readonly running: readonly RunningElsewhere[];
  /** Not looked into: for the part that knows preferences. */
  readonly preferences: unknown;
  /** Sessions that an earlier store under this device id had announced and never sent. */
  readonly announced: number;
}

/** Null for anything but a sound answer. */
export function parseExchange(body: Fields | undefined): ExchangeAnswer | null {
  if (body === undefined || body['success'] !== true) return null;
  const { epoch, head, cursor, more, status_tag: tag, results, changes, reset } = body;
  const isSound =
    isMark(epoch) && isMark(cursor) && isMark(tag) && isCount(head) && typeof more === 'boolean' &&
    Array.isArray(results) && Array.isArray(changes) && changes.length <= LIMITS.changesPerPageMax;
  if (!isSound) return null;
  const readResults = readAll(results, readResult);
  const readChanges = readAll(changes, readChange);
  const running = readAllRunning(body['running']);
  const status = body['status'] === undefined ? null : parseServerAnswer(body['status']);
  if (readResults === null || readChanges === null || running === null || (body['status'] !== undefined && status === null)) return null;
  const device = asFields(body['device']);
  return {
    epoch, head, cursor, more, tag, status, running,
    results: new Map(readResults),
    sessions: readChanges.flatMap((change) => ('session' in change ? [change.session] : [])),
    cancelledIds: readChanges.flatMap((change) => ('cancelled' in change ? [change.cancelled] : [])),
    settlements: [...readResults.flatMap(([, { settlement }]) => settlement ?? []), ...readChanges.flatMap((change) => ('settlement' in change ? [change.settlement] : []))],
    reset: typeof reset === 'string' ? reset : null,
    preferences: body['preferences'],
    announced: device?.['incarnation_changed'] === true && isCount(device['announced_pending']) ? device['announced_pending'] : 0,
  };
}

/** Null when one cannot be read; `undefined` items are passed over. */
function readAll<T>(items: readonly unknown[], read: (row: Fields) => T | null | undefined): T[] | null {
  const found: T[] = [];
  for (const item of items) {
    const row = asFields(item);
    const value = row === null ? null : read(row);
    if (value === null) return null;
    if (value !== undefined) found.push(value);
  }
  return found;
}

const STATUSES: ReadonlySet<unknown> = new Set(['applied', 'duplicate', 'superseded', 'rejected']);

function readResult(row: Fields): [string, OperationAnswer] | null {
  const { op_id: opId, status, code, message, details, display_id: displayId, version, original } = row;
  if (typeof opId !== 'string' || !STATUSES.has(status)) return null;
  const records = [row['session'], ...(Array.isArray(row['sessions']) ? row['sessions'] : [])].filter((record) => record !== undefined && record !== null);
  const sessions = readAll(records, readSession);
  const made = asFields(row['settlement']);
  const settlement = made === null ? null : readSettlement(made);
  if (sessions === null || (made !== null && settlement === null)) return null;
  // What was superseded the first time is superseded again.
  const word = status === 'duplicate' && original === 'superseded' ? 'superseded' : (status as OperationAnswer['status']);
  return [opId, {
    status: word,
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? message : '',
    details,
    displayId: typeof displayId === 'string' ? displayId : null,
    version: isCount(version) ? version : null,
    sessions,
    settlement,
  }];
}

type ReadChange = { readonly session: FinishedSession } | { readonly settlement: SettlementRow } | { readonly cancelled: string };

/** Undefined for a kind that is not known here, and for a session that has not ended; of one that was cancelled without times, its id. */
function readChange(row: Fields): ReadChange | null | undefined {
  const session = row['type'] === 'session' ? asFields(row['session']) : null;
  if (session !== null) {
    const read = readSession(session);
    if (read !== undefined && read !== null) return { session: read };
    return read === undefined && session['state'] === 'cancelled' ? { cancelled: session['session_id'] as string } : read;
  }
  const settlement = row['type'] === 'settlement' ? asFields(row['settlement']) : null;
  if (settlement === null) return row['type'] === 'session' || row['type'] === 'settlement' ? null : undefined;
  const read = readSettlement(settlement);
  return read === null ? null : { settlement: read };
}

function readSession(row: Fields): FinishedSession | null | undefined {
  const { session_id: id, display_id: displayId, version, state, category, project, note, tags, annotation, source, device_id: deviceId } = row;
  const areWords =
    typeof id === 'string' && typeof displayId === 'string' && isCount(version) && typeof category === 'string' &&
    typeof project === 'string' && typeof note === 'string' && typeof source === 'string' && isTextOrNull(deviceId) &&
    (tags === undefined || areTexts(tags)) && (annotation === undefined || typeof annotation === 'string');
  const deletedAt = readInstant(row['deleted_at']);
  const [startTime, endTime] = [readInstant(row['start_time']), readInstant(row['end_time'])];
  if (!areWords || deletedAt === undefined || startTime === undefined || endTime === undefined) return null;
  // A running one is told elsewhere; one that was cancelled without times has no place in a history of intervals.
  if ((state !== 'completed' && state !== 'cancelled') || startTime === null || endTime === null || endTime <= startTime) return undefined;
  const reason = row['cancel_reason'];
  return {
    id, startTime, endTime, plannedDuration: null, category, project: project === '' ? DEFAULT_PROJECT : project, note,
    ...told({ tags: tags?.length ? tags : undefined, annotation }), source, deviceId, displayId, version,
    deletedAt, clock: null, ...readClock(row['clock']), cancelled: state === 'cancelled' ? { reason: isCancelReason(reason) ? reason : null, note: '' } : null,
  };
}

/** A bound that makes no sense is none. */
function readClock(value: unknown): Pick<FinishedSession, 'clockBound'> {
  const clock = asFields(value);
  const bound = clock === null ? null : readBound({ offsetMs: clock['offset_ms'], errorMs: clock['error_ms'] });
  return bound === null ? {} : { clockBound: bound };
}

function readSettlement(row: Fields): SettlementRow | null {
  const { settlement_id: id, kind, session_ids: sessionIds, device_id: deviceId } = row;
  const [settledAt, undoneAt] = [readInstant(row['settled_at']), readInstant(row['undone_at'])];
  if (typeof id !== 'string' || typeof kind !== 'string' || !areTexts(sessionIds) || !isTextOrNull(deviceId)) return null;
  if (typeof settledAt !== 'number' || undoneAt === undefined) return null;
  const memory = readMemory(row['memory']);
  return { id, kind, sessionIds, settledAt, undoneAt, deviceId, outcome: 'applied', before: [], created: [], ...told({ memory }) };
}

/** Null when one of them cannot be read. */
export function readAllRunning(value: unknown): readonly RunningElsewhere[] | null {
  return readAll(Array.isArray(value) ? value : [], readRunning);
}

function readRunning(row: Fields): RunningElsewhere | null {
  const { session_id: id, device_id: deviceId, device_type: deviceType, device_name: deviceName, planned_duration: planned, category, project } = row;
  const startTime = readInstant(row['start_time']);
  const isSound = typeof id === 'string' && typeof deviceType === 'string' && typeof category === 'string' && typeof startTime === 'number';
  if (!isSound) return null;
  return {
    id, deviceType, category, startTime,
    deviceId: typeof deviceId === 'string' ? deviceId : null,
    deviceName: typeof deviceName === 'string' ? deviceName : null,
    plannedDuration: typeof planned === 'number' ? planned : null,
    project: typeof project === 'string' ? project : null,
  };
}
