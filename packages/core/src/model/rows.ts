// Reading rows of the store. A row may come from an older release, or be damaged: each reader answers the value or null and never throws.
// Nothing else in the engine trusts what a store hands out.
import type { ClockBound } from '@syncline/protocol';
import type { CancelReason, ParkedReason } from '../api.ts';
import type { Delivery, Operation, OperationKind } from './operation.ts';
import type { FinishedSession, RunningSession } from './session.ts';

export type Fields = { readonly [key: string]: unknown };

/** An object whose own fields may be looked at, or null. */
export function asFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The object that a JSON text holds, or null. */
export function parseFields(text: string): Fields | null {
  try {
    return asFields(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Furthest from the epoch that a time can be, in ms. Nothing else here is as large, and what is no time cannot be written as one. */
const NUMBER_MAX = 8.64e15;

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= NUMBER_MAX;
}

/** A whole number of at least zero. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isNumberOrNull(value: unknown): value is number | null {
  return value === null || isNumber(value);
}

export function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function hasWords(row: Fields): boolean {
  return typeof row['category'] === 'string' && typeof row['project'] === 'string' && typeof row['note'] === 'string';
}

const REASONS: ReadonlySet<unknown> = new Set<CancelReason>([
  'user_cancelled', 'interruption', 'emergency', 'technical', 'distraction', 'completed_early', 'other',
]);

export function isCancelReason(value: unknown): value is CancelReason {
  return REASONS.has(value);
}

/** Fields that a session has once its note or tags were edited. */
function isAnnotated({ tags, annotation }: Fields): boolean {
  return (tags === undefined || areTexts(tags)) && (annotation === undefined || typeof annotation === 'string');
}

function isCancelled(value: unknown): boolean {
  if (value === null) return true;
  const row = asFields(value);
  return row !== null && typeof row['note'] === 'string' && (row['reason'] === null || isCancelReason(row['reason']));
}

function isClock(value: unknown): boolean {
  if (value === null) return true;
  const row = asFields(value);
  return row !== null && isNumber(row['wallMs']) && isNumber(row['monotonicMs']) && (row['gaps'] === undefined || areGaps(row['gaps']));
}

/** Rows of older releases have none. */
function isBound(value: unknown): boolean {
  return value === undefined || value === null || readBound(value) !== null;
}

export function readBound(value: unknown): ClockBound | null {
  const row = asFields(value);
  return row !== null && isNumber(row['offsetMs']) && isNumber(row['errorMs']) && row['errorMs'] >= 0 ? { offsetMs: row['offsetMs'], errorMs: row['errorMs'] } : null;
}

export function readFinished(value: unknown): FinishedSession | null {
  const row = asFields(value);
  const isSound =
    row !== null &&
    typeof row['id'] === 'string' && row['id'] !== '' &&
    Number.isSafeInteger(row['startTime']) && Number.isSafeInteger(row['endTime']) && isNumber(row['startTime']) && isNumber(row['endTime']) &&
    row['endTime'] > row['startTime'] &&
    isNumberOrNull(row['plannedDuration']) && hasWords(row) && isAnnotated(row) &&
    typeof row['source'] === 'string' && isTextOrNull(row['deviceId']) && isTextOrNull(row['displayId']) &&
    isCount(row['version']) && isNumberOrNull(row['deletedAt']) &&
    isClock(row['clock']) && isBound(row['clockBound']) && isCancelled(row['cancelled']);
  return isSound ? (row as unknown as FinishedSession) : null;
}

export function readRunning(value: unknown): RunningSession | null {
  const row = asFields(value);
  const isSound =
    row !== null &&
    typeof row['id'] === 'string' && Number.isSafeInteger(row['startTime']) && isNumber(row['startTime']) && isNumber(row['plannedDuration']) &&
    hasWords(row) && typeof row['tab'] === 'string' && isNumber(row['monotonicStart']) && isBound(row['clockBound']) && isNotice(row['notice']) && areSigns(row['signs']);
  return isSound ? (row as unknown as RunningSession) : null;
}

function areSigns(value: unknown): boolean {
  const row = asFields(value);
  return value === undefined || (row !== null && isNumber(row['seenAt']) && areGaps(row['gaps']));
}

function areGaps(value: unknown): boolean {
  return Array.isArray(value) && value.every((gap) => isNumber(asFields(gap)?.['from']) && isNumber(asFields(gap)?.['to']));
}

function isNotice(value: unknown): boolean {
  const row = asFields(value);
  return value === null || (row !== null && typeof row['opId'] === 'string' && isCount(row['seq']));
}

export function readParked(value: unknown): ParkedReason | null {
  const row = asFields(value);
  const isSound =
    row !== null && typeof row['code'] === 'string' && typeof row['message'] === 'string' && isNumber(row['at']) &&
    Array.isArray(row['details']) && row['details'].every(isIssue);
  return isSound ? (row as unknown as ParkedReason) : null;
}

function isIssue(value: unknown): boolean {
  const row = asFields(value);
  return row !== null && typeof row['path'] === 'string' && typeof row['message'] === 'string';
}

/** A wait with its two ends. */
export function readSpan(value: unknown): { readonly from: number; readonly until: number } | null {
  const row = asFields(value);
  return row !== null && isNumber(row['from']) && isNumber(row['until']) ? { from: row['from'], until: row['until'] } : null;
}

function readDelivery(value: unknown): Delivery | null {
  const row = asFields(value);
  const isSound =
    row !== null && isCount(row['tries']) && typeof row['unknown'] === 'boolean' && isCount(row['unclear']) &&
    isCount(row['faults']) && isNumberOrNull(row['successesAtFault']) && (row['wait'] === null || readSpan(row['wait']) !== null) &&
    (row['parked'] === null || readParked(row['parked']) !== null);
  return isSound ? (row as unknown as Delivery) : null;
}

const KINDS: ReadonlySet<unknown> = new Set<OperationKind>(['amend', 'delete', 'restore', 'resolve', 'unresolve', 'remember']);

function isChange(value: unknown): boolean {
  const row = asFields(value);
  const settlement = asFields(row?.['settlement']);
  return (
    row !== null && Array.isArray(row['effects']) && row['effects'].every(isEffect) &&
    Array.isArray(row['bases']) && row['bases'].every(isBase) &&
    (row['settlement'] === null || (settlement !== null && typeof settlement['id'] === 'string' && typeof settlement['kind'] === 'string'))
  );
}

function isBase(value: unknown): boolean {
  const row = asFields(value);
  return row !== null && typeof row['id'] === 'string' && isCount(row['version']);
}

function isEffect(value: unknown): boolean {
  const row = asFields(value);
  if (row === null) return false;
  if (row['kind'] === 'create') return readFinished(row['session']) !== null;
  const isKnown = row['kind'] === 'delete' || row['kind'] === 'restore' || (row['kind'] === 'edit' && areChanges(row['changes']));
  return isKnown && typeof row['id'] === 'string';
}

function areChanges(value: unknown): boolean {
  const row = asFields(value);
  if (row === null) return false;
  const { startTime, endTime } = row;
  const areTimes = startTime === undefined ? endTime === undefined : isCount(startTime) && isCount(endTime) && endTime > startTime;
  return areTimes && isAnnotated(row) && ['category', 'project', 'note'].every((key) => row[key] === undefined || typeof row[key] === 'string');
}

/** A session of history that changed after it was packed, or that is about to change. */
export interface OverlayRow {
  /** As the server holds it; null while it was not told. */
  readonly server: FinishedSession | null;
  /** The same with everything this device decided and the server has not settled yet: what is shown. */
  readonly shown: FinishedSession;
}

export function readOverlay(value: unknown): OverlayRow | null {
  const row = asFields(value);
  const isSound = row !== null && readFinished(row['shown']) !== null && (row['server'] === null || readFinished(row['server']) !== null);
  return isSound ? (row as unknown as OverlayRow) : null;
}

/** Null for a row that cannot be sent as it is. The caller keeps the row and counts it. */
export function readOperation(value: unknown): Operation | null {
  const row = asFields(value);
  if (row === null) return null;
  const session = readFinished(row['session']);
  const isSound =
    session !== null &&
    typeof row['opId'] === 'string' && typeof row['owner'] === 'string' && isNumber(row['at']) &&
    (row['kind'] === 'cancel' ? session.cancelled !== null : session.cancelled === null) &&
    (row['kind'] === 'submit' || row['kind'] === 'cancel' ? row['change'] === null : KINDS.has(row['kind']) && isChange(row['change'])) &&
    readDelivery(row['delivery']) !== null && (row['knownVersion'] === undefined || isCount(row['knownVersion']));
  return isSound ? (row as unknown as Operation) : null;
}
