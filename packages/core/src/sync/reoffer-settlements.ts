// Settlements, and undos, offered again to a server whose time went back. What they did to sessions is offered with these; they are told as
// they are, so that the journal is whole again and each can be undone. Where a server reads no such thing, a decision to keep sessions is
// made again: every device that knows it offers the same bytes under the same id, so the server takes it once.
import { formatInstant, type RememberedSettlement, type SettlementKind, type SettlementMemory } from '@syncline/protocol';
import { isDocumented, type Operation, type OperationKind, UNTRIED } from '../model/operation.ts';
import { isStanding } from '../model/session.ts';
import type { Draft } from './draft.ts';
import type { Local } from './local.ts';
import { Merge } from './merge.ts';
import { commitOverPacked } from './packed-lookup.ts';
import type { Reoffer, Verification } from './reoffer.ts';
import { isKeeping, type SettlementRow } from './settlement-row.ts';
import { putSettlement } from './settlements.ts';
import { offers } from './sync-state.ts';

/** Versions of another epoch say nothing here: whatever was changed since, the pairs were kept. */
const ANY_VERSION = 2_147_483_647;

/** Of a decision to keep sessions, which changes none. */
const NOTHING_CHANGED: SettlementMemory = { before: [], created: [], versions: [] };

/** Puts settlements that the server lost, and undos that it lost, into the outbox. Called once the walk has met everything. */
export async function planReofferSettlements(local: Local, walk: Verification, by: Reoffer): Promise<void> {
  const rows = [...local.view.settlements.values()];
  const lost = rows.filter(({ id, outcome }) => outcome !== 'superseded' && walk.isMissing(id));
  const undone = rows.filter(({ id }) => walk.undone.has(id)).map((row) => ({ ...row, undoneAt: walk.undone.get(row.id) ?? null }));
  if (lost.length + undone.length === 0) return;
  const touched = [...new Set([...lost, ...undone].flatMap(({ sessionIds }) => sessionIds))];
  await commitOverPacked(local, touched, 'relaxed', (draft, packed) => {
    if (draft.view.head.term !== by.term) return;
    const merge = new Merge(draft, local.store, packed);
    const waiting = takeDecisions(draft);
    const waits = (kind: OperationKind, { id }: SettlementRow): boolean => waiting.some((one) => one.kind === kind && one.change?.settlement?.id === id);
    for (const row of lost) if (!waits('resolve', row)) offerLost(draft, merge, waits('unresolve', row) ? { ...row, undoneAt: null } : row, by);
    for (const row of undone) {
      if (!waits('unresolve', row)) offerUndone(draft, merge, row, by);
      putSettlement(draft, merge, row.id, row);
    }
    for (const operation of waiting) draft.queue(operation);
    merge.finish();
  });
}

function offerLost(draft: Draft, merge: Merge, row: SettlementRow, by: Reoffer): void {
  if (canTell(draft)) return offerTold(draft, merge, row, by);
  if (!isKeeping(row)) return;
  const sessions = row.sessionIds.map((session) => merge.shown(session));
  // Made again it would come too late once a session of it is gone.
  if (sessions.some((session) => session === null || !isStanding(session))) return;
  offer(draft, merge, row, 'resolve', row.id, by);
  draft.put('settlements', row.id, { ...draft.view.settlements.get(row.id), outcome: 'pending' });
}

function offerUndone(draft: Draft, merge: Merge, row: SettlementRow, by: Reoffer): void {
  if (canTell(draft)) offerTold(draft, merge, row, by);
  else if (row.kind === 'keep_all') offer(draft, merge, row, 'unresolve', by.ids.uuid(), by);
}

function canTell({ view }: Draft): boolean {
  return offers(view.sync, 'versions');
}

/** Nothing of one that changed sessions and that the server never told. */
function offerTold(draft: Draft, merge: Merge, row: SettlementRow, by: Reoffer): void {
  const { id, kind, sessionIds, settledAt, undoneAt, deviceId, memory = kind === 'keep_all' ? NOTHING_CHANGED : undefined } = row;
  if (memory === undefined) return;
  const told = {
    settlement_id: id, kind: kind as SettlementKind, session_ids: sessionIds, settled_at: formatInstant(settledAt),
    undone_at: undoneAt === null ? null : formatInstant(undoneAt), device_id: deviceId, memory,
  };
  offer(draft, merge, { id, kind, sessionIds }, 'remember', by.ids.uuid(), by, told);
}

function offer(
  draft: Draft, merge: Merge, { id, kind, sessionIds }: Pick<SettlementRow, 'id' | 'kind' | 'sessionIds'>, as: OperationKind, opId: string, { owner }: Reoffer, told?: RememberedSettlement,
): void {
  const session = sessionIds.map((one) => merge.shown(one)).find((one) => one !== null);
  if (session === undefined) return;
  const bases = sessionIds.map((one) => ({ id: one, version: ANY_VERSION }));
  const settlement = { id, kind: kind as SettlementKind, ...(told === undefined ? {} : { told }) };
  draft.queue({ opId, kind: as, owner, session, at: Math.round(draft.now), change: { effects: [], bases, settlement }, delivery: { ...UNTRIED, unknown: true } });
}

/** What people decided about stored sessions, and the server has not settled: it rests on what is offered, and goes after it. */
export function takeDecisions(draft: Draft): readonly Operation[] {
  const decisions = [...draft.view.operations].filter(([, operation]) => !isDocumented(operation) && operation.knownVersion === undefined);
  draft.deleteOperations(decisions.map(([seq]) => seq));
  return decisions.map(([, operation]) => operation);
}
