// Settlements that come to nothing because a session they rest on will not reach the server as it was.
import { effectId } from '../model/effect.ts';
import { isDocumented, isEdit, isSettlement, type Operation, sessionsOf } from '../model/operation.ts';
import type { Draft } from './draft.ts';
import type { Merge } from './merge.ts';
import { putSettlement } from './settlements.ts';
import type { View } from './view.ts';

/** Every session of undelivered settlements that rest on one of these, or on one that rests on them, for whoever has to load them first. */
export function besideInSettlements(view: View, ids: Iterable<string>): readonly string[] {
  const found = new Set<string>();
  const look = (id: string): void => {
    for (const beside of view.operationsOf(id).filter(isSettlement).flatMap(sessionsOf)) {
      if (found.has(beside)) continue;
      found.add(beside);
      look(beside);
    }
  };
  for (const id of ids) look(id);
  return [...found];
}

/**
 * Takes undelivered settlements over a session back: the server refused it, a person gave it up, or changed it before the server had it.
 * The conflict is open again, and what was decided stands in the journal as superseded.
 */
export function withdrawSettlements(draft: Draft, merge: Merge, sessionId: string): void {
  const resolves = draft.view.operationsOf(sessionId).filter(({ kind }) => kind === 'resolve');
  for (const resolve of resolves) giveUpSettlement(draft, merge, resolve);
}

/** What a settlement that came to nothing would have made will never be, and what this device decided about that goes with it. */
export function forgetMade(draft: Draft, merge: Merge, { change }: Operation): void {
  for (const effect of change?.effects ?? []) {
    const id = effectId(effect);
    // It may have come to be all the same, before the server's time went back.
    if (effect.kind !== 'create' || draft.view.overlay.get(id)?.server || draft.view.operationsOf(id).some(isDocumented)) continue;
    withdrawSettlements(draft, merge, id);
    draft.deleteOperations(draft.view.seqsOf(id).filter((seq) => isEdit(draft.view.operations.get(seq) as Operation)));
  }
}

/** Takes one back, with what wanted to undo it; or, of an undo, only that. */
export function giveUpSettlement(draft: Draft, merge: Merge, operation: Operation): void {
  const { kind, opId, session, change } = operation;
  const { view } = draft;
  const id = change?.settlement?.id ?? opId;
  const goes = (seq: number): boolean => {
    const other = view.operations.get(seq) as Operation;
    return isSettlement(other) && other.change?.settlement?.id === id && (kind === 'resolve' || other.opId === opId);
  };
  const seqs = view.seqsOf(session.id).filter(goes);
  const touched = new Set(seqs.flatMap((seq) => sessionsOf(view.operations.get(seq) as Operation)));
  for (const one of touched) merge.touch(one);
  draft.deleteOperations(seqs);
  forgetMade(draft, merge, operation);
  for (const one of touched) merge.settle(one);
  const row = view.settlements.get(id);
  if (row !== undefined) putSettlement(draft, merge, id, { ...row, ...(kind === 'resolve' ? { outcome: 'superseded' } : { undoneAt: null }) });
}
