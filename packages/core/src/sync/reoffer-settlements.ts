// Decisions to keep overlapping sessions, offered again to a server whose time went back. All other settlements live on in the sessions
// they changed; of these nothing is left but themselves. Every device that knows one offers the same bytes under the same id, so the
// server takes it once.
import { UNTRIED } from '../model/operation.ts';
import { isStanding } from '../model/session.ts';
import type { Draft } from './draft.ts';
import type { Local } from './local.ts';
import { Merge } from './merge.ts';
import { commitOverPacked } from './packed-lookup.ts';
import type { Reoffer, Verification } from './reoffer.ts';
import { isKeeping, type SettlementRow } from './settlement-row.ts';
import { putSettlement } from './settlements.ts';

/** Versions of another epoch say nothing here: whatever was changed since, the pairs were kept. */
const ANY_VERSION = 2_147_483_647;

/** Puts settlements that the server lost, and undos that it lost, into the outbox. Called once the walk has met everything. */
export async function planReofferSettlements(local: Local, walk: Verification, by: Reoffer): Promise<void> {
  const rows = [...local.view.settlements.values()];
  const lost = rows.filter((row) => isKeeping(row) && walk.isMissing(row.id));
  const undone = rows.filter(({ id }) => walk.undone.has(id));
  if (lost.length + undone.length === 0) return;
  const opIds = new Map(undone.map(({ id }) => [id, by.ids.uuid()]));
  const touched = [...new Set([...lost, ...undone].flatMap(({ sessionIds }) => sessionIds))];
  await commitOverPacked(local, touched, 'relaxed', (draft, packed) => {
    if (draft.view.head.term !== by.term) return;
    const merge = new Merge(draft, local.store, packed);
    for (const { id } of lost) {
      const row = offer(draft, merge, id, 'resolve', id, by);
      if (row !== null) draft.put('settlements', id, { ...row, outcome: 'pending' });
    }
    for (const { id } of undone) {
      const row = offer(draft, merge, id, 'unresolve', opIds.get(id) ?? id, by);
      if (row !== null) putSettlement(draft, merge, local.store, id, { ...row, undoneAt: walk.undone.get(id) ?? null });
    }
    merge.finish();
  });
}

/** The settlement that is offered; null where that is not needed, or keeps nothing apart because a session of it is gone. */
function offer(draft: Draft, merge: Merge, id: string, kind: 'resolve' | 'unresolve', opId: string, { owner }: Reoffer): SettlementRow | null {
  const row = draft.view.settlements.get(id);
  if (row === undefined || !isKeeping(row)) return null;
  const sessions = row.sessionIds.map((session) => merge.shown(session));
  const [first] = sessions;
  if (first === undefined || first === null || sessions.some((session) => session === null || !isStanding(session))) return null;
  if (draft.view.operationsOf(first.id).some(({ change }) => change?.settlement?.id === id)) return null;
  const bases = row.sessionIds.map((session) => ({ id: session, version: ANY_VERSION }));
  draft.queue({
    opId, kind, owner, session: first, at: Math.round(draft.now), change: { effects: [], bases, settlement: { id, kind: 'keep_all' } },
    delivery: { ...UNTRIED, unknown: true },
  });
  return row;
}
