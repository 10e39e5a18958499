// What an outcome does to the outbox, as one transaction: acknowledged operations leave it, refused ones are marked, failed ones remember.
import { LIMITS } from '@syncline/protocol';
import { applyEffects } from '../model/effect.ts';
import { type Delivery, endOfSession, isDocumented, isSettlement, type Operation, type SessionBase, sessionsOf } from '../model/operation.ts';
import { FIRST_VERSION, type FinishedSession } from '../model/session.ts';
import type { Store } from '../ports.ts';
import type { Acknowledgement, Failure, Outcome } from './answer.ts';
import { BACK_OFF_MAX_MS, BACK_OFF_MIN_MS, backOffMs } from './backoff.ts';
import type { Draft } from './draft.ts';
import { Merge } from './merge.ts';
import { spanOf } from './span.ts';
import { serverNow } from './status.ts';
import { forgetMade, withdrawSettlements } from './withdraw.ts';

export interface Settled {
  readonly seq: number;
  /** Numbers begin anew when a store vanished; this never names another operation. */
  readonly opId: string;
  readonly outcome: Outcome;
  /** In [0, 1), drawn once so that a plan that runs again decides the same. */
  readonly random: number;
}

type Acknowledged = Operation & { readonly answer: Acknowledgement };

/** An operation that was waiting for the server's clock is looked at again at least so often. */
const HELD_MAX_MS = 3_600_000;

/** @param term of the leader that sent it; a newer leader's bookkeeping is not touched, but an acknowledgement is a fact whoever heard it. */
export function planSettle(draft: Draft, store: Store, term: number, settled: readonly Settled[], packed: ReadonlyMap<string, FinishedSession>): void {
  const merge = new Merge(draft, store, packed);
  settleInto(merge, draft, term, settled);
  merge.finish();
}

/** The same as part of a larger merge. */
export function settleInto(merge: Merge, draft: Draft, term: number, settled: readonly Settled[]): void {
  const acknowledged = new Map<number, Acknowledged>();
  const refused: string[] = [];
  const isLeading = draft.view.head.term === term;
  for (const { seq: sentAs, opId, outcome, random } of settled) {
    const seq = seqOf(draft, sentAs, opId);
    const operation = seq === null ? undefined : draft.view.operations.get(seq);
    if (seq === null || operation === undefined) continue;
    if (outcome.kind === 'acknowledged') acknowledged.set(seq, { ...operation, answer: outcome });
    else if (isLeading) remember(draft, seq, operation, outcome, random);
    if (outcome.kind === 'parked' && operation.kind === 'submit') refused.push(operation.session.id);
  }
  acknowledge(draft, merge, acknowledged);
  if (!isLeading) return;
  for (const id of refused) withdrawSettlements(draft, merge, id);
  const gone = new Set(settled.map(({ seq }) => seq));
  draft.setHead({ inFlight: draft.view.head.inFlight.filter((seq) => !gone.has(seq)) });
}

function seqOf(draft: Draft, sentAs: number, opId: string): number | null {
  if (draft.view.operations.get(sentAs)?.opId === opId) return sentAs;
  for (const [seq, operation] of draft.view.operations) if (operation.opId === opId) return seq;
  return null;
}

/** Takes settled operations out of the outbox, and what the server now holds of their sessions into the merge. */
function acknowledge(draft: Draft, merge: Merge, operations: ReadonlyMap<number, Acknowledged>): void {
  if (operations.size === 0) return;
  const touched = new Set<string>();
  for (const operation of operations.values()) for (const id of sessionsOf(operation)) touched.add(id);
  for (const id of touched) merge.touch(id);
  draft.deleteOperations([...operations.keys()].sort((a, b) => a - b));
  for (const operation of operations.values()) {
    const { session, answer } = operation;
    for (const record of answer.sessions) if (record.id !== session.id || !isDocumented(operation)) merge.take(record);
    if (answer.isSuperseded) {
      forgetMade(draft, merge, operation);
      continue;
    }
    raiseBases(draft, operation);
    // One that is offered again may have been deleted since, which the server is told after it.
    if (isDocumented(operation)) merge.take(ownRecord(operation) ?? { ...session, ...idsOf(operation), deletedAt: null });
    else if (!isSettlement(operation)) takeOwnEdit(merge, operation);
  }
  for (const id of touched) merge.settle(id);
  draft.setSync({ successes: draft.view.sync.successes + operations.size });
}

/**
 * What was decided behind an operation of this device rests on what that came to, by whatever name it was brought: it is no change by others.
 * Where somebody else's came between, the versions tell, and nothing is raised.
 */
function raiseBases(draft: Draft, operation: Acknowledged): void {
  const { kind, session: { id }, change, answer, knownVersion = FIRST_VERSION } = operation;
  const from = kind === 'submit' ? 0 : change?.bases.find((base) => base.id === id)?.version;
  // A submit that the server knows otherwise by now was changed since.
  const submitted = ownRecord(operation) === null ? (answer.version ?? knownVersion) : knownVersion;
  const to = kind === 'submit' ? submitted : answer.version;
  if (from === undefined || to === null || (kind !== 'submit' && to !== from + 1)) return;
  const isBehind = (base: SessionBase): boolean => base.id === id && base.version === from;
  for (const seq of draft.view.seqsOf(id)) {
    const later = draft.view.operations.get(seq);
    if (!later?.change?.bases.some(isBehind)) continue;
    const bases = later.change.bases.map((base) => (isBehind(base) ? { id, version: to } : base));
    draft.put('operations', seq, { ...later, change: { ...later.change, bases } });
  }
}

/** The server's record of what was submitted, where it is another. */
function ownRecord({ session, answer }: Acknowledged): FinishedSession | null {
  return answer.sessions.find(({ id }) => id === session.id) ?? null;
}

function idsOf({ session, answer }: Acknowledged): Pick<FinishedSession, 'displayId' | 'version'> {
  return { displayId: answer.displayId ?? session.displayId, version: answer.version ?? session.version };
}

function takeOwnEdit(merge: Merge, { session, change, at, answer }: Acknowledged): void {
  const server = merge.known(session.id);
  if (server === null || answer.sessions.some(({ id }) => id === session.id)) return;
  // Only the server knows what merging made of it: its record comes with the answer's changes.
  if (change?.effects.some((effect) => effect.kind === 'edit' && effect.changes.annotation)) return;
  const after = applyEffects(server, session.id, change?.effects ?? [], at);
  if (after !== null) merge.take({ ...after, version: answer.version ?? server.version + 1 });
}

function remember(draft: Draft, seq: number, operation: Operation, outcome: Outcome, random: number): void {
  const { delivery } = operation;
  const change = changeOf(draft, operation, outcome, random);
  if (change !== null) draft.put('operations', seq, { ...operation, delivery: { ...delivery, ...change } });
}

function changeOf(draft: Draft, operation: Operation, outcome: Outcome, random: number): Partial<Delivery> | null {
  const { now } = draft;
  const { delivery } = operation;
  if (outcome.kind === 'parked') return { parked: { ...outcome.reason, at: now }, wait: null };
  if (outcome.kind === 'held') {
    const wait = endOfSession(operation) - LIMITS.futureLeewayMs - serverNow(draft.view, now);
    const last = delivery.wait === null ? 0 : delivery.wait.until - delivery.wait.from;
    // What is known of the server's clock may be old: asked again and again, it is asked less and less often.
    const more = Math.min(BACK_OFF_MAX_MS, 2 * last);
    // An answer that clear ends whatever was counted against the item.
    return { tries: 0, faults: 0, unclear: 0, wait: spanOf(now, Math.min(HELD_MAX_MS, Math.max(BACK_OFF_MIN_MS, more, wait))) };
  }
  return outcome.kind === 'failed' ? failedChange(draft, delivery, outcome, random) : null;
}

function failedChange(draft: Draft, delivery: Delivery, failure: Failure, random: number): Partial<Delivery> {
  const tries = delivery.tries + 1;
  const isFault = failure.counts === 'fault';
  return {
    tries,
    unknown: delivery.unknown || failure.unknown,
    unclear: delivery.unclear + (failure.counts === 'unclear' ? 1 : 0),
    faults: delivery.faults + (isFault ? 1 : 0),
    successesAtFault: isFault ? draft.view.sync.successes : delivery.successesAtFault,
    wait: failure.scope === 'item' ? spanOf(draft.now, backOffMs(tries, random)) : null,
  };
}

/** A person wants to sync now: pauses of our own making end. */
export function planWish(draft: Draft): void {
  draft.setSync({ stopped: null });
  endWaits(draft, true);
}

/** The server's clock is not where it was thought to be: what waits for it looks again. */
export function planAskHeldAgain(draft: Draft): void {
  endWaits(draft, false);
}

function endWaits(draft: Draft, isAfterFailure: boolean): void {
  for (const [seq, operation] of draft.view.operations) {
    const { wait, tries } = operation.delivery;
    if (wait !== null && tries > 0 === isAfterFailure) draft.put('operations', seq, { ...operation, delivery: { ...operation.delivery, wait: null } });
  }
}

/** A new leader: what was in flight has an unknown outcome, and the older leader's bookkeeping ends. */
export function planTakeOver(draft: Draft, tab: string): number {
  const { head, leader } = draft.view;
  // A wish that the older one heard and did not carry out is heard anew.
  draft.putMeta('leader', { done: null, sent: 0, ...leader, heard: leader?.done ?? null, tab });
  draft.markUnknown(head.inFlight);
  const term = head.term + 1;
  draft.setHead({ inFlight: [], term });
  draft.setSync({ phase: draft.view.sync.phase === 'syncing' ? 'idle' : draft.view.sync.phase, progress: null });
  return term;
}
