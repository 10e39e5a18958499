// One operation of an exchange, applied to loaded rows: which rule decides, what it will look at, and what it depends on.
import { LIMITS, type Operation, parseInstant, type SessionEdit, type StartOperation } from '@syncline/protocol';
import type { Interval } from '../ports.ts';
import { applyCancel, toCancelInput } from './cancel.ts';
import { applyAgain } from './again.ts';
import { applyAmend, applyDelete, applyRestore } from './edit.ts';
import type { Wants } from './load.ts';
import { type OperationOutcome, refuse } from './outcome.ts';
import { applyRemember } from './remember.ts';
import { applyResolve, applyUnresolve } from './settle.ts';
import { applyStart, type StartInput } from './start.ts';
import { applySubmit, toSubmitInput } from './submit.ts';
import type { ApplyContext, WorkingSet } from './working-set.ts';

/** Of the sessions that run elsewhere so many are told with a start: who asks wants to know of one, and the answer as a whole says them all. */
const RUNNING_TOLD_MAX = 10;

/** Applies one operation. Whatever a refused or superseded one left in the set, the caller takes back. */
export function applyOperation(set: WorkingSet, operation: Operation, context: ApplyContext): OperationOutcome {
  const again = 'known_version' in operation && operation.known_version !== undefined ? applyAgain(set, operation, operation.known_version, context) : null;
  if (again !== null) return again;
  switch (operation.type) {
    case 'submit': return applySubmit(set, toSubmitInput(operation.session), context);
    case 'amend': return applyAmend(set, operation.session_id, operation.base_version, operation.edit, context);
    case 'delete': return applyDelete(set, operation.session_id, operation.base_version, context);
    case 'restore': return applyRestore(set, operation.session_id, context);
    case 'start': return applyStartOperation(set, operation, context);
    case 'cancel': return applyCancel(set, toCancelInput(operation.cancellation), context);
    case 'resolve': return applyResolve(set, operation, context);
    case 'unresolve': return applyUnresolve(set, operation.settlement_id, context);
    case 'remember': return applyRemember(set, operation.settlement, context);
  }
}

function applyStartOperation(set: WorkingSet, operation: StartOperation, context: ApplyContext): OperationOutcome {
  const running = set.running(context.now).filter((session) => session.id !== operation.session_id && session.deviceId !== context.deviceId).slice(0, RUNNING_TOLD_MAX);
  const isKnown = set.session(operation.session_id) !== null;
  if (operation.ask_first === true && running.length > 0 && !isKnown) return { ...refuse('session_running'), running };
  const outcome = applyStart(set, toStartInput(operation), context);
  return outcome.kind === 'refused' ? outcome : { ...outcome, running };
}

function toStartInput(operation: StartOperation): StartInput {
  return {
    sessionId: operation.session_id,
    startTime: parseInstant(operation.start_time),
    plannedDuration: operation.planned_duration,
    category: operation.category,
    source: operation.source,
    project: operation.project ?? null,
    planningNotes: operation.planning_notes ?? null,
    goals: null, energyLevel: null, appVersion: null, projectId: null, teamProjectId: null,
  };
}

/** The session an operation is about; null when it is about several. */
export function sessionOf(operation: Operation): string | null {
  switch (operation.type) {
    case 'submit': return operation.session.session_id;
    case 'cancel': return operation.cancellation.session_id;
    case 'amend': case 'delete': case 'restore': case 'start': return operation.session_id;
    case 'resolve': case 'unresolve': case 'remember': return null;
  }
}

/** Sessions that are not as the device takes them to be once this operation is refused. */
export function sessionsOf(operation: Operation): readonly string[] {
  if (operation.type === 'resolve') return [...operation.sessions, ...operation.plan.creates].map((session) => session.session_id);
  const one = sessionOf(operation);
  return one === null ? [] : [one];
}

/** The version of a session that operations of one request came to, and the one that these say they rest on. */
export interface Reached {
  readonly base: number;
  readonly version: number;
}

/** The version of its session that an operation says it rests on; null where it says none. */
export function baseOf(operation: Operation): number | null {
  if (operation.type === 'submit') return 0;
  return operation.type === 'amend' || operation.type === 'delete' ? operation.base_version : null;
}

/** The version that one of the same request rests on, by whatever name what stands before it was brought. */
export function versionOn(reached: Reached | undefined, base: number): number {
  return reached?.base === base ? reached.version : base;
}

/** An operation that rests on what the same request came to before it. */
export function basedOn(reached: ReadonlyMap<string, Reached>, operation: Operation): Operation {
  switch (operation.type) {
    case 'amend': case 'delete': return { ...operation, base_version: versionOn(reached.get(operation.session_id), operation.base_version) };
    case 'resolve': return { ...operation, sessions: operation.sessions.map(({ session_id: id, version }) => ({ session_id: id, version: versionOn(reached.get(id), version) })) };
    default: return operation;
  }
}

/** Ids of sessions and operations without which this one makes no sense. A submit or a cancel says all there is to say. */
export function dependenciesOf(operation: Operation): readonly string[] {
  switch (operation.type) {
    case 'submit': case 'cancel': case 'start': case 'remember': return [];
    case 'amend': case 'delete': case 'restore': return [operation.session_id];
    case 'resolve': return operation.sessions.map((session) => session.session_id);
    case 'unresolve': return [operation.settlement_id];
  }
}

/** What rules will look at, for several operations at once. */
export function wantsOf(operations: readonly Operation[]): Wants {
  const wants = operations.map(wantsOfOne);
  return {
    sessionIds: wants.flatMap((want) => want.sessionIds),
    details: wants.some((want) => want.details),
    intervals: wants.flatMap((want) => want.intervals),
    starts: wants.flatMap((want) => want.intervals).map((interval) => interval.startTime),
    running: operations.some((operation) => operation.type === 'start'),
    rewrites: operations.some(mayRewrite),
    settlementIds: operations.flatMap(settlementIdsOf),
    keeps: operations.some(({ type }) => type === 'resolve' || type === 'remember'),
  };
}

/** What is offered again may move a session that another device brought in an older state, and meet pairs that are kept already. */
function mayRewrite(operation: Operation): boolean {
  return !['submit', 'start', 'cancel'].includes(operation.type) || ('known_version' in operation && operation.known_version !== undefined);
}

/** Settlements that an operation is about, those that it may make included. */
export function settlementIdsOf(operation: Operation): readonly string[] {
  if (operation.type === 'unresolve') return [operation.settlement_id];
  if (operation.type === 'resolve') return [operation.op_id];
  return operation.type === 'remember' ? [operation.settlement.settlement_id] : [];
}

interface OneWant {
  readonly sessionIds: readonly string[];
  readonly details: boolean;
  readonly intervals: readonly Interval[];
}

function wantsOfOne(operation: Operation): OneWant {
  const one = (id: string, intervals: readonly Interval[] = [], details = false): OneWant => ({ sessionIds: [id], intervals, details });
  switch (operation.type) {
    case 'submit': return one(operation.session.session_id, intervalsOf(operation.session));
    case 'amend': return one(operation.session_id, intervalsOf(operation.edit));
    case 'delete': case 'restore': return one(operation.session_id);
    case 'start': return one(operation.session_id, intervalsOf({ start_time: operation.start_time, end_time: operation.start_time }), true);
    case 'cancel': return one(operation.cancellation.session_id, [], true);
    case 'unresolve': return { sessionIds: [], intervals: [], details: false };
    // What an undo that follows will look at.
    case 'remember': {
      const { session_ids: ids, memory: { before, created } } = operation.settlement;
      return { sessionIds: [...ids, ...created], intervals: before.flatMap(intervalsOf), details: false };
    }
    case 'resolve': {
      const { edits, creates } = operation.plan;
      return {
        sessionIds: [...operation.sessions.map((session) => session.session_id), ...edits.map((edit) => edit.session_id), ...operation.plan.deletes, ...creates.map((create) => create.session_id)],
        intervals: [...edits.flatMap((edit) => intervalsOf(edit.edit)), ...creates.flatMap(intervalsOf)],
        details: false,
      };
    }
  }
}

/** Nothing is looked up for what no session may be: it is refused, and looking would read a whole history. */
function intervalsOf({ start_time: start, end_time: end }: Pick<SessionEdit, 'start_time' | 'end_time'>): Interval[] {
  const startTime = start === undefined ? null : parseInstant(start);
  const endTime = end === undefined ? null : parseInstant(end);
  if (startTime === null || endTime === null || endTime < startTime || endTime - startTime > LIMITS.sessionMsMax) return [];
  return [{ startTime, endTime }];
}
