// What one exchange sends: the oldest operations that may go, as many as fit, in the form of the wire. Pure.
import {
  durationMinutes, EXCHANGE_PROTOCOL, type ExchangeRequest, formatInstant, LIMITS, type Operation as WireOperation, type PreferencesExchange,
  type SessionEdit, type SettlementPlan, type StartOperation, type SubmittedSession, utf8Length,
} from '@syncline/protocol';
import type { Changes, Effect } from '../model/effect.ts';
import { cancelFields, type Change, isSettlement, type Operation, submitFields } from '../model/operation.ts';
import type { FinishedSession, RunningSession } from '../model/session.ts';
import { dueForExchange } from './outbox.ts';
import type { Self } from './status-input.ts';
import { offers, type SyncState } from './sync-state.ts';
import type { View } from './view.ts';

/** Room for everything in a request but its operations. */
const ENVELOPE_BYTES = 65_536;

export interface Batch {
  readonly seqs: readonly number[];
  /** Sessions whose beginning is told. */
  readonly starts: readonly RunningSession[];
  readonly operations: readonly WireOperation[];
}

/**
 * The next operations, in the order they were made. A request for a single one is made to find out which is to blame, and tells of no start.
 */
export function nextBatch(view: View, now: number, user: string, max: number): Batch {
  const seqs: number[] = [];
  const operations: WireOperation[] = [];
  const starts = max === 1 ? [] : [...view.running.values()].filter(({ notice }) => notice !== null);
  let bytes = ENVELOPE_BYTES;
  for (const [seq, operation] of dueForExchange(view, now, user)) {
    const wire = toWire(seq, operation, view.sync);
    // And a comma.
    bytes += utf8Length(JSON.stringify(wire)) + 1;
    if (operations.length > 0 && (operations.length + starts.length >= max || bytes > LIMITS.exchangeBytesMax)) break;
    seqs.push(seq);
    operations.push(wire);
  }
  return { seqs, starts, operations };
}

function toStart({ id, notice, startTime, plannedDuration, category, project, note }: RunningSession, source: string): StartOperation {
  return {
    type: 'start', op_id: notice?.opId ?? '', seq: notice?.seq ?? 0, session_id: id, start_time: formatInstant(startTime),
    planned_duration: plannedDuration, category, project, source, planning_notes: note || undefined,
  };
}

/** @param server what it reads beyond the first release of the exchange. */
function toWire(seq: number, operation: Operation, server: Pick<SyncState, 'capabilities'>): WireOperation {
  const { opId, kind, session, change, knownVersion } = operation;
  const plain = { op_id: opId, seq };
  if (kind === 'cancel') return { ...plain, type: 'cancel', cancellation: cancelFields(session) };
  const isAgain = knownVersion !== undefined && offers(server, 'versions');
  const head = { ...plain, ...(isAgain ? { known_version: knownVersion } : {}) };
  const by = isAgain && session.deviceId !== null ? { recorded_by: session.deviceId } : {};
  if (kind === 'submit' || change === null) return { ...head, type: 'submit', ...by, session: { ...submitted(session), ...(offers(server, 'clocks') ? clockOf(session) : {}) } };
  const { bases, effects, settlement } = change;
  const base_version = bases[0]?.version ?? 0;
  if (kind === 'restore') return { ...head, type: 'restore', session_id: session.id };
  if (kind === 'delete') return { ...head, type: 'delete', session_id: session.id, base_version };
  if (kind === 'unresolve') return { ...plain, type: 'unresolve', settlement_id: settlement?.id ?? '' };
  if (kind === 'remember' && settlement?.told !== undefined) return { ...plain, type: 'remember', settlement: settlement.told };
  if (kind === 'amend') return { ...head, type: 'amend', session_id: session.id, base_version, edit: editOf(effects, session.id) };
  return {
    ...plain, type: 'resolve', kind: settlement?.kind ?? 'keep_all',
    sessions: bases.map(({ id, version }) => ({ session_id: id, version })), plan: planOf(change),
  };
}

function clockOf({ clockBound }: FinishedSession): Pick<SubmittedSession, 'clock'> {
  return clockBound ? { clock: { offset_ms: clockBound.offsetMs, error_ms: clockBound.errorMs } } : {};
}

function submitted(session: FinishedSession): SubmittedSession {
  const { tags = [] } = session;
  return { ...submitFields(session), ...(tags.length === 0 ? {} : { tags }) };
}

function editOf(effects: readonly Effect[], id: string): SessionEdit {
  const edit = effects.find((effect) => effect.kind === 'edit' && effect.id === id);
  return edit?.kind === 'edit' ? toEdit(edit.changes) : {};
}

function toEdit({ startTime, endTime, category, project, note, tags, annotation }: Changes): SessionEdit {
  const times = startTime === undefined || endTime === undefined
    ? {}
    : { start_time: formatInstant(startTime), end_time: formatInstant(endTime), duration: durationMinutes(startTime, endTime) };
  return { ...times, category, project, note, tags, annotation };
}

function planOf({ effects }: Change): SettlementPlan {
  const edits: SettlementPlan['edits'][number][] = [];
  const deletes: string[] = [];
  const creates: SubmittedSession[] = [];
  for (const effect of effects) {
    if (effect.kind === 'edit') edits.push({ session_id: effect.id, edit: toEdit(effect.changes) });
    else if (effect.kind === 'delete') deletes.push(effect.id);
    else if (effect.kind === 'create') creates.push(submitted(effect.session));
  }
  return { edits, deletes, creates };
}

/** Sessions that are held. The server takes off each of which it settles something: one of which more is left counts once more. */
export function countHeld({ operations, damaged }: View, seqs: ReadonlySet<number>): number {
  const [told, left] = [new Set<string>(), new Set<string>()];
  for (const [seq, operation] of operations) if (!isSettlement(operation)) (seqs.has(seq) ? told : left).add(operation.session.id);
  return told.size + left.size + damaged.size;
}

/** The body of an exchange. @param limit of the changes that come down. */
export function exchangeBody(view: View, self: Self, run: string, cursor: string | null, batch: Batch, limit: number, preferences?: PreferencesExchange): ExchangeRequest {
  const { exchange } = view.sync;
  const oldest = view.operations.values().next().value;
  return {
    protocol: EXCHANGE_PROTOCOL,
    device: {
      device_id: self.deviceId,
      device_type: self.deviceType,
      version: self.version,
      name: self.name ?? undefined,
      sessions_pending: countHeld(view, new Set(batch.seqs)),
      oldest_pending: oldest === undefined ? null : formatInstant(oldest.at),
      incarnation: view.head.store,
      run,
    },
    cursor,
    epoch: exchange?.epoch ?? null,
    operations: [...batch.operations, ...batch.starts.map((running) => toStart(running, self.deviceType))].sort((a, b) => a.seq - b.seq),
    preferences,
    // Of a status that is not here any more the server tells again.
    status_tag: (view.answer && exchange?.tag) ?? null,
    limit,
  };
}
