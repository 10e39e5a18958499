// What a tab still holds in memory when its store was swapped or vanished under it goes into the store it has now.
import { isDocumented, isEdit, type Operation, sessionsOf } from '../model/operation.ts';
import { FIRST_VERSION, type FinishedSession, type RunningSession } from '../model/session.ts';
import { planLoss } from './device.ts';
import type { Draft } from './draft.ts';
import { findInHistory } from './history-search.ts';
import type { Local } from './local.ts';
import { Merge } from './merge.ts';
import { NotReady } from './plan.ts';
import type { SettlementRow } from './settlement-row.ts';
import { putSettlement } from './settlements.ts';
import type { Loss, SyncState } from './sync-state.ts';

/** The outbox, the running sessions and the settlements of a store that is gone. */
export interface Held {
  readonly operations: readonly Operation[];
  readonly running: readonly RunningSession[];
  readonly settlements: ReadonlyMap<string, SettlementRow>;
  /** Version of the view they come from: the new store must not look older. */
  readonly version: number;
  /** Of who led the old store: what comes of a request made for that one is no news of this one. */
  readonly term: number;
  /** How long the server asked to be left alone; null when it did not. */
  readonly wait: Pick<SyncState, 'pause' | 'nextAttemptAt'> | null;
  readonly loss: Loss | null;
  /** Of the server's history, as far as it was known; null before the first exchange. */
  readonly epoch: string | null;
  /** Whether the server had said what it offers. Before that, what people changed after recording is sent by nobody. */
  readonly isMet: boolean;
  /** What was on its way, as far as this tab knows. */
  readonly inFlight: readonly (Operation | undefined)[];
  /** Of a store that only this tab had, what the server acknowledged and would not tell again. */
  readonly confirmed?: readonly FinishedSession[] | undefined;
}

/**
 * Resolves to how many sessions waited in the store before. What another tab saved first, or the server has acknowledged meanwhile, is left alone.
 * @param onAcknowledged told of the latter before that shows.
 */
export async function rescue(local: Local, held: Held, onAcknowledged?: (ids: Iterable<string>) => void): Promise<number> {
  let acknowledged: ReadonlyMap<string, FinishedSession> = new Map();
  let lookedAt = 0;
  return local.commit((draft) => {
    const { sessionsPending, head: { nextChunk, historyVersion } } = draft.view;
    // Another tab may have sent one between a look and this transaction.
    if (nextChunk > 1 && lookedAt !== historyVersion) {
      throw new NotReady(async () => {
        acknowledged = await findAcknowledged(local, held);
        onAcknowledged?.(acknowledged.keys());
        lookedAt = historyVersion;
      });
    }
    const merge = new Merge(draft, local.store, acknowledged);
    const unsent = new Set(held.isMet ? [] : held.operations.filter(isEdit).map(({ session }) => session.id));
    for (const operation of held.operations) {
      if (isHere(draft, operation, acknowledged)) continue;
      const { session, delivery, change } = operation;
      // What it overlaps is found when the merge is over: a change that follows may move it, or take it away.
      merge.touch(session.id);
      // Whether another tab had it on its way when the store went, nobody knows.
      const unknown = delivery.unknown || (held.confirmed === undefined && !unsent.has(session.id)) || held.inFlight.includes(operation);
      draft.queue({ ...operation, delivery: { ...delivery, unknown } });
      if (isEdit(operation) && merge.shown(session.id) === null) merge.take(confirmedBy(operation));
      else merge.show(change?.effects ?? [], operation.at);
      const settlement = held.settlements.get(change?.settlement?.id ?? '');
      if (settlement !== undefined) putSettlement(draft, merge, settlement.id, settlement);
    }
    for (const running of held.running) {
      // Another tab put it back, or finished it meanwhile.
      if (draft.view.running.has(running.id) || draft.view.seqsOf(running.id).length > 0 || acknowledged.has(running.id)) continue;
      const notice = running.notice === null ? null : { ...running.notice, seq: draft.takeSeq() };
      draft.put('running', running.id, { ...running, notice });
    }
    const confirmed = (held.confirmed ?? []).filter(({ id }) => !acknowledged.has(id));
    for (const session of confirmed) merge.take(session);
    merge.finish();
    // The server was set back since one of them heard of it: a walk shows whether it has what was acknowledged.
    const { exchange } = draft.view.sync;
    if (confirmed.length > 0 && exchange !== null && exchange.epoch !== held.epoch) draft.setSync({ exchange: { ...exchange, isVerifying: true } });
    keepWait(draft, held.wait);
    planLoss(draft, 0, draft.view.sessionsPending - sessionsPending, held.loss);
    const { version, term } = draft.view.head;
    draft.setHead({ version: Math.max(version, held.version), term: Math.max(term, held.term + 1) });
    return sessionsPending;
  }, 'strict', true);
}

/** Whoever answers another store has not changed its mind. */
function keepWait(draft: Draft, wait: Held['wait']): void {
  const until = wait?.pause?.until ?? 0;
  if (wait === null || until <= draft.now || until <= (draft.view.sync.pause?.until ?? 0)) return;
  draft.setSync({ ...wait, phase: 'backing_off', asked: true });
}

/** Whether the store has it. A decision takes effect once, however often it is sent: it is only left alone where it is queued already. */
function isHere({ view }: Draft, operation: Operation, acknowledged: ReadonlyMap<string, FinishedSession>): boolean {
  const queued = view.operationsOf(operation.session.id);
  return isDocumented(operation) ? acknowledged.has(operation.session.id) || queued.length > 0 : queued.some(({ opId }) => opId === operation.opId);
}

/** The session that a change was decided over, as the server had it. The lost store knew more of it, and the server may have been set back. */
function confirmedBy({ session, change }: Operation): FinishedSession {
  const version = change?.bases.find(({ id }) => id === session.id)?.version ?? 0;
  return { ...session, version: Math.max(version, FIRST_VERSION) };
}

async function findAcknowledged(local: Local, { operations, running, confirmed = [] }: Held): Promise<ReadonlyMap<string, FinishedSession>> {
  const ids = [...operations.flatMap(sessionsOf), ...[...running, ...confirmed].map(({ id }) => id)];
  return (await findInHistory(local, new Set(ids))).sessions;
}
