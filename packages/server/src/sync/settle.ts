// Settling a conflict and taking that back. The device that decides works out the whole plan, so every device shows the same result;
// here it is checked against what is stored, and applied as a whole or not at all.
import type { ResolveOperation } from '@syncline/protocol';
import type { StoredSession, StoredSettlement } from '../ports.ts';
import { regroup } from './conflict-keeping.ts';
import { applyEdit, change, markDeleted } from './edit.ts';
import { versionByOthers } from './edit-trail.ts';
import { changeEach } from './made-documents.ts';
import { type OperationOutcome, type Refusal, refuse } from './outcome.ts';
import { readPlan, type RememberedPlan, toBefore, writePlan } from './settlement-plan.ts';
import { applySubmit, toSubmitInput } from './submit.ts';
import { type ApplyContext, isLive, type WorkingSet } from './working-set.ts';

/** Pairs that the settlements of one user may keep apart together. A settlement keeps the square of what it names, and all of them are looked at with their sessions. */
const KEPT_PAIRS_MAX = 100_000;

/** Applies a settlement; a refusal or a supersession may leave traces in the set, which the caller takes back. */
export function applyResolve(set: WorkingSet, operation: ResolveOperation, context: ApplyContext): OperationOutcome {
  const { sessions: named, plan, kind } = operation;
  const known = set.settlement(operation.op_id);
  // Another device gave it back after this server's time went back.
  if (known !== null) return repeated(set, known);
  const stored = named.map(({ session_id: id }) => set.session(id));
  if (stored.includes(null)) return refuse('not_found');
  const sessions = stored as readonly StoredSession[];
  const isLate = sessions.some((session, i) => !isLive(session) || versionByOthers(session, context.deviceId) > (named[i]?.version ?? 0));
  if (isLate) return { kind: 'superseded', sessions };
  const fault = findFault(set, operation);
  if (fault !== null) return fault;

  const touched = [...plan.edits.map((edit) => edit.session_id), ...plan.deletes];
  const before = touched.map((id) => toBefore(set.session(id) as StoredSession));
  const ids = named.map(({ session_id: id }) => id);
  const refused = kind === 'keep_all' ? keepAll(set, ids, operation.op_id) : applyPlan(set, operation, context);
  if (refused !== null) return refused;

  const created = plan.creates.map((create) => create.session_id);
  const after = [...touched, ...created].map((id) => set.session(id) as StoredSession);
  const sequence = set.nextSequence();
  const versions = after.map(({ id, version }) => [id, version] as const);
  const remembered: RememberedPlan = { kind, sessionIds: [...ids].sort(), deviceId: context.deviceId, before, created, versions };
  const settlement: StoredSettlement = { id: operation.op_id, sequence, createdAt: context.now, undoneAt: null, plan: writePlan(remembered) };
  set.putSettlement(settlement);
  return { kind: 'applied', sessions: after, sequence, settlement };
}

/** Undoes a settlement. Late when a session it touched was changed since, by anybody. */
export function applyUnresolve(set: WorkingSet, settlementId: string, context: ApplyContext): OperationOutcome {
  const settlement = set.settlement(settlementId);
  if (settlement === null) return refuse('not_found');
  const plan = readPlan(settlement);
  if (settlement.undoneAt !== null) return repeated(set, settlement);
  const isChanged = plan.versions.some(([id, version]) => set.session(id)?.version !== version || set.session(id)?.state !== 'completed');
  if (isChanged) return { kind: 'superseded', sessions: touchedBy(set, settlement) };

  changeEach(plan.before, (before) => change(set, { ...(set.session(before.id) as StoredSession), ...before }, context));
  for (const id of plan.created) markDeleted(set, set.session(id) as StoredSession, context);
  if (plan.kind === 'keep_all') freeAll(set, plan.sessionIds, settlementId);
  const sequence = set.nextSequence();
  const undone: StoredSettlement = { ...settlement, sequence, undoneAt: context.now };
  set.putSettlement(undone);
  return { kind: 'applied', sessions: plan.versions.map(([id]) => set.session(id) as StoredSession), sequence, settlement: undone };
}

function repeated(set: WorkingSet, settlement: StoredSettlement): OperationOutcome {
  return { kind: 'repeated', sessions: touchedBy(set, settlement), sequence: settlement.sequence, settlement };
}

/** The sessions that a settlement changed or made, as they are now. */
function touchedBy(set: WorkingSet, settlement: StoredSettlement): readonly StoredSession[] {
  return readPlan(settlement).versions.flatMap(([id]) => set.session(id) ?? []);
}

/** A plan may touch each named session once, nothing else, and must do what its kind says. */
function findFault(set: WorkingSet, { kind, sessions, plan }: ResolveOperation): Refusal | null {
  const named = new Set(sessions.map(({ session_id: id }) => id));
  if (named.size < sessions.length) return refuse('invalid_request', 'sessions', 'must not repeat a session');
  const touched = [...plan.edits.map((edit) => edit.session_id), ...plan.deletes];
  if (new Set(touched).size < touched.length) return refuse('invalid_request', 'plan', 'must not touch a session twice');
  if (touched.some((id) => !named.has(id))) return refuse('invalid_request', 'plan', 'must touch only the sessions it looked at');
  const created = plan.creates.map((create) => create.session_id);
  const existing = created.map((id) => set.session(id)).find((session) => session !== null);
  if (existing !== undefined) return { ...refuse('session_id_reused'), session: existing };
  const isEmpty = touched.length + created.length === 0;
  if ((kind === 'keep_all') !== isEmpty) return refuse('invalid_request', 'plan', kind === 'keep_all' ? 'must be empty' : 'must not be empty');
  return null;
}

function applyPlan(set: WorkingSet, { plan }: ResolveOperation, context: ApplyContext): Refusal | null {
  const edited = changeEach(plan.edits, ({ session_id: id, edit }) => applyEdit(set, set.session(id) as StoredSession, edit, context));
  const refused = edited.find((one) => 'kind' in one);
  if (refused !== undefined) return refused;
  for (const id of plan.deletes) markDeleted(set, set.session(id) as StoredSession, context);
  for (const create of plan.creates) {
    const outcome = applySubmit(set, toSubmitInput(create), context);
    if (outcome.kind === 'refused') return outcome;
  }
  return null;
}

/** Keeps each two of these sessions apart, those that are not there, too: they may come back. */
export function keepAll(set: WorkingSet, ids: readonly string[], settlementId: string): Refusal | null {
  const sorted = [...ids].sort();
  const pairs = sorted.flatMap((first, i) => sorted.slice(i + 1).map((second) => ({ first, second, settlementId })));
  if (set.conflicts.keptCount + pairs.length > KEPT_PAIRS_MAX) return refuse('limit_reached', 'kind', `would keep more than ${KEPT_PAIRS_MAX} pairs of sessions`);
  for (const pair of pairs) set.conflicts.keep(pair);
  regroup(set.conflicts, ids);
  return null;
}

export function freeAll(set: WorkingSet, ids: readonly string[], settlementId: string): void {
  set.conflicts.free(settlementId);
  regroup(set.conflicts, ids);
}
