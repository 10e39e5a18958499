// The journal of settlements, and the pairs that settlements keep apart.
import type { Operation } from '../model/operation.ts';
import type { Draft } from './draft.ts';
import type { ExchangeAnswer } from './exchange-answer.ts';
import type { Merge } from './merge.ts';
import type { Settled } from './settle.ts';
import { isKeeping, type SettlementRow } from './settlement-row.ts';

/** Takes in what an answer says of settlements, own ones included. */
export function planSettlements(draft: Draft, merge: Merge, answer: ExchangeAnswer, settled: readonly Settled[], operations: readonly Operation[]): void {
  const { view } = draft;
  const rows = new Map<string, SettlementRow>();
  for (const { opId, outcome } of settled) {
    const own = view.settlements.get(opId);
    if (own === undefined || outcome.kind !== 'acknowledged') continue;
    rows.set(opId, { ...own, outcome: outcome.isSuperseded ? 'superseded' : 'applied' });
  }
  for (const { kind, change, opId } of operations) {
    const outcome = settled.find((one) => one.opId === opId)?.outcome;
    const undone = kind === 'unresolve' ? view.settlements.get(change?.settlement?.id ?? '') : undefined;
    // Something it touched changed since: the settlement stands.
    if (undone === undefined || outcome?.kind !== 'acknowledged' || !outcome.isSuperseded) continue;
    const own = rows.get(undone.id) ?? undone;
    rows.set(undone.id, own.outcome === 'superseded' ? { ...own, undoneAt: null } : { ...own, undoneAt: null, undoSuperseded: true });
  }
  for (const told of answer.settlements) {
    const own = rows.get(told.id) ?? view.settlements.get(told.id);
    // Undone it stays: a repeated answer tells how it was at first, and a server that was set back what it was then.
    rows.set(told.id, own === undefined ? told : { ...own, ...told, undoneAt: own.undoneAt ?? told.undoneAt, before: own.before, created: own.created });
  }
  for (const [id, row] of rows) putSettlement(draft, merge, id, row);
}

/** Writes a settlement; conflicts follow, once the merge is over, where it begins or ends to keep sessions apart. */
export function putSettlement(draft: Draft, merge: Merge, id: string, row: SettlementRow): void {
  const before = draft.view.settlements.get(id);
  const wasKeeping = before !== undefined && isKeeping(before);
  draft.put('settlements', id, row);
  if (wasKeeping !== isKeeping(row)) merge.regroup(row.sessionIds);
}
