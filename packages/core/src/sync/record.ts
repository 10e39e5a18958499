// What a person does to a session, as plans: each decides one transaction. Times and ids were stamped before and are only written here.
import { type ClockBound, deviceTypeName, formatInstant, LIMITS } from '@syncline/protocol';
import type { FinishInput, RecordInput } from '../api.ts';
import { engineError } from '../errors.ts';
import { boundOfTimer, boundOver } from '../model/clock-bound.ts';
import { type Changes, edited, told } from '../model/effect.ts';
import { endOfSession, isDocumented, isEdit, isSettlement, type Operation, UNTRIED } from '../model/operation.ts';
import {
  checkTimes, type FinishedSession, finishTimes, isSameContent, type Marks, type RunningSession,
} from '../model/session.ts';
import type { Store } from '../ports.ts';
import { refuse } from './check-call.ts';
import { joinConflicts } from './conflict-groups.ts';
import type { Draft } from './draft.ts';
import { Merge } from './merge.ts';
import { runningElsewhere } from './running-elsewhere.ts';
import { serverNow } from './status.ts';
import type { Self } from './status-input.ts';
import { lacks } from './sync-state.ts';
import { giveUpSettlement, withdrawSettlements } from './withdraw.ts';

/** Who acts, and the id of the operation it makes. */
export interface Stamp {
  readonly opId: string;
  readonly owner: string;
  readonly source: string;
  readonly deviceId: string;
  readonly marks: Marks;
  /** How far this device's clock was ahead of the server's at an instant it showed; null where nobody can tell. */
  readonly clockAt: (instant: number) => ClockBound | null;
}

/** What a person may change of a session. */
export type Asked = Partial<Omit<RecordInput, 'id'>>;

/** A written operation and its number. */
export interface Written {
  readonly seq: number;
  readonly operation: Operation;
}

function append(draft: Draft, store: Store, session: FinishedSession, kind: 'submit' | 'cancel', stamp: Stamp): Written {
  if (kind === 'submit') joinConflicts(draft, store, session);
  const operation: Operation = { opId: stamp.opId, kind, change: null, owner: stamp.owner, session, at: stamp.marks.now, delivery: UNTRIED };
  return { seq: draft.queue(operation), operation };
}

/** The first operation on a session that is meant. */
function findOperation({ view }: Draft, id: string, isMeant: (operation: Operation, seq: number) => boolean): Written | null {
  for (const seq of view.seqsOf(id)) {
    const operation = view.operations.get(seq) as Operation;
    if (isMeant(operation, seq)) return { seq, operation };
  }
  return null;
}

/** @param isBeside whether it may begin although one runs on another device. */
export function planStart(draft: Draft, running: Omit<RunningSession, 'notice'>, opId: string, isBeside: boolean, self: Self): void {
  if (draft.view.running.has(running.id)) return;
  if (draft.view.running.size > 0) throw engineError('already_running');
  const [first] = isBeside ? [] : runningElsewhere(draft.view, self, draft.now);
  if (first !== undefined) {
    const where = first.deviceName ?? deviceTypeName(first.deviceType);
    throw engineError('running_elsewhere', [{ path: 'beside', message: `would have to be true: “${first.category}” runs on ${where} since ${formatInstant(first.startTime)}` }]);
  }
  draft.put('running', running.id, { ...running, signs: { seenAt: running.startTime, gaps: [] }, notice: { opId, seq: draft.takeSeq() } });
}

/** @param known a session of that id in history, or null. */
export function planRecord(
  draft: Draft,
  store: Store,
  session: FinishedSession,
  stamp: Stamp,
  known: FinishedSession | null,
): Written | FinishedSession {
  const waiting = findOperation(draft, session.id, ({ kind }) => kind === 'submit');
  const first = waiting?.operation.session ?? draft.view.near(session.id) ?? known;
  if (first === null) {
    if (draft.view.running.has(session.id)) throw engineError('id_reused');
    return append(draft, store, session, 'submit', stamp);
  }
  if (!isSameContent(first, session)) throw engineError('id_reused');
  return waiting ?? first;
}

export function toFinished(input: RecordInput, id: string, stamp: Stamp): FinishedSession {
  return {
    id, startTime: input.startTime, endTime: input.endTime, plannedDuration: null, category: input.category,
    project: input.project, note: input.note ?? '', source: stamp.source, deviceId: stamp.deviceId, displayId: null,
    version: 0, deletedAt: null, clock: null, clockBound: boundOver(stamp.clockAt(input.startTime), stamp.clockAt(input.endTime)), cancelled: null,
  };
}

function runningOf(draft: Draft, id: string): RunningSession {
  const running = draft.view.running.get(id);
  if (running === undefined) throw engineError('not_running');
  return running;
}

export function planComplete(draft: Draft, store: Store, id: string, input: FinishInput, stamp: Stamp): Written {
  const running = runningOf(draft, id);
  const times = input.endTime === undefined ? finishTimes(running, stamp.marks) : { endTime: input.endTime, clock: null };
  const clockBound = boundOfTimer(running.clockBound ?? null, running.startTime, times.endTime, input.endTime ?? stamp.marks.now, stamp.clockAt);
  const issues = checkTimes(running.startTime, times.endTime);
  if (issues.length > 0) throw engineError(times.endTime - running.startTime > DAY_MS ? 'too_long' : 'invalid_input', issues);
  draft.delete('running', id);
  const session: FinishedSession = {
    ...finishedFrom(running, stamp),
    ...times,
    clockBound,
    category: input.category ?? running.category,
    project: input.project ?? running.project,
    note: input.note ?? running.note,
  };
  return append(draft, store, session, 'submit', stamp);
}

const DAY_MS = 86_400_000;

function finishedFrom(running: RunningSession, stamp: Stamp): Omit<FinishedSession, 'endTime' | 'clock'> {
  const { id, startTime, plannedDuration, category, project, note } = running;
  return {
    id, startTime, plannedDuration, category, project, note, source: stamp.source, deviceId: stamp.deviceId,
    displayId: null, version: 0, deletedAt: null, cancelled: null,
  };
}

export function planCancel(
  draft: Draft,
  store: Store,
  id: string,
  cancelled: NonNullable<FinishedSession['cancelled']>,
  stamp: Stamp,
): Written {
  const running = runningOf(draft, id);
  draft.delete('running', id);
  const session: FinishedSession = { ...finishedFrom(running, stamp), ...finishTimes(running, stamp.marks), cancelled };
  return append(draft, store, session, 'cancel', stamp);
}

/**
 * Whether an operation waits only because its session ends in the server's future, and nobody but this device can have it:
 * it may be months until it goes, and a wrong date is best mended before.
 */
function isTooEarly({ view, now }: Draft, operation: Operation, seq: number): boolean {
  const isTimed = operation.kind === 'submit' || operation.kind === 'amend';
  return isTimed && !operation.delivery.unknown && !view.head.inFlight.includes(seq) && endOfSession(operation) - LIMITS.futureLeewayMs > serverNow(view, now);
}

/** The operation of a session that a person may change or give up. @param isLeft what no call can tell counts too. */
function undecidedOf(draft: Draft, id: string, isLeft: boolean): Written {
  const found = findOperation(draft, id, (operation, seq) => operation.delivery.parked !== null || isTooEarly(draft, operation, seq) || (isLeft && !isDocumented(operation)));
  if (found === null) throw engineError(draft.view.seqsOf(id).length === 0 ? 'not_found' : 'not_parked');
  return found;
}

/** What a person changes of a session; start and end together. @throws EngineError `invalid_input` for times that no session may have. */
export function changesOf({ startTime, endTime, category, project, note }: Asked, session: FinishedSession): Changes {
  const words = told({ category, project, note });
  if (startTime === undefined && endTime === undefined) return words;
  const times = { startTime: startTime ?? session.startTime, endTime: endTime ?? session.endTime };
  refuse(checkTimes(times.startTime, times.endTime));
  return { ...times, ...words };
}

/** An operation that is parked, or too early, becomes a new one, at the end of the queue, with what the person changed. */
export function planRetry(draft: Draft, store: Store, id: string, asked: Asked, stamp: Stamp, packed: ReadonlyMap<string, FinishedSession>): Written {
  const { seq, operation } = undecidedOf(draft, id, false);
  const { kind, opId } = operation;
  const { view } = draft;
  const merge = new Merge(draft, store, packed);
  merge.touch(id);
  if (kind === 'submit') withdrawSettlements(draft, merge, id);
  const changes = changesOf(asked, view.shown(id) ?? merge.shown(id) ?? operation.session);
  // What was changed since still goes after it, and what is changed now holds over that, too.
  const behind = view.seqsOf(id).filter((other) => other > seq && isEdit(view.operations.get(other) as Operation));
  const retried = moveToEnd(draft, seq, {
    // A settlement is known by its operation's id, and keeps it: a refusal had no effect.
    ...changed(operation, changes), opId: kind === 'resolve' ? opId : stamp.opId, at: stamp.marks.now, delivery: UNTRIED,
  });
  for (const other of behind) moveToEnd(draft, other, changed(view.operations.get(other) as Operation, changes));
  merge.settle(id);
  merge.finish();
  return retried;
}

/** The same with other times and words, where it tells any. */
function changed(operation: Operation, changes: Changes): Operation {
  const { kind, change, session, knownVersion: _, ...plain } = operation;
  // What is offered again as it was stays what it was, another device's session too.
  if (Object.keys(changes).length === 0) return operation;
  if (change === null) return { ...plain, kind, change, session: edited(session, changes) };
  if (kind !== 'amend') return operation;
  return { ...plain, kind, session, change: { ...change, effects: change.effects.map((effect) => (effect.kind === 'edit' ? { ...effect, changes: over(effect.changes, changes) } : effect)) } };
}

/** A document says what its note was: to another one the server makes it a change of its own. */
function over({ annotation, ...before }: Changes, changes: Changes): Changes {
  const { note = before.note } = changes;
  return { ...before, ...told({ annotation: note === before.note ? annotation : undefined }), ...changes };
}

function moveToEnd(draft: Draft, seq: number, operation: Operation): Written {
  draft.deleteOperations([seq]);
  return { operation, seq: draft.queue(operation) };
}

/** Gives up an operation that is parked, or too early, or that the server is known to offer no call for. */
export function planDiscard(draft: Draft, store: Store, id: string, packed: ReadonlyMap<string, FinishedSession>): Written {
  const parked = undecidedOf(draft, id, lacks(draft.view.sync, 'exchange'));
  const { seq, operation } = parked;
  const merge = new Merge(draft, store, packed);
  merge.touch(id);
  if (isSettlement(operation)) giveUpSettlement(draft, merge, operation);
  else if (operation.kind === 'submit') withdrawSettlements(draft, merge, id);
  // Edits of a session that will never exist go with it.
  const isNever = isDocumented(operation) && !draft.view.overlay.get(id)?.server;
  draft.deleteOperations(isNever ? draft.view.seqsOf(id) : [seq]);
  merge.settle(id);
  merge.finish();
  return parked;
}
