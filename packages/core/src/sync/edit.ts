// Decisions about sessions that exist: edits, deletes, settlements of conflicts. Each is one transaction: the operation, and what is shown.
import { applyEffects, type Effect, effectId } from '../model/effect.ts';
import { type Change, type Operation, type OperationKind, UNTRIED } from '../model/operation.ts';
import { changedBy } from '../model/resolution.ts';
import type { FinishedSession } from '../model/session.ts';
import type { Store } from '../ports.ts';
import type { Draft } from './draft.ts';
import { Merge } from './merge.ts';
import type { Stamp, Written } from './record.ts';
import { putSettlement } from './settlements.ts';

export interface Edit {
  readonly kind: Exclude<OperationKind, 'submit' | 'cancel'>;
  /** The session it is told by; of a settlement the first. */
  readonly session: FinishedSession;
  readonly effects: readonly Effect[];
  /** Every session the decision looked at. */
  readonly looked: readonly string[];
  readonly settlement: Change['settlement'];
}

/** Writes the operation and applies it at once. @param packed sessions of packed history that it may touch. */
export function planEdit(draft: Draft, store: Store, packed: ReadonlyMap<string, FinishedSession>, edit: Edit, { opId, owner, marks, deviceId }: Stamp): Written {
  const { kind, session, effects, looked, settlement } = edit;
  const merge = new Merge(draft, store, packed);
  const ids = [...new Set([...looked, ...effects.map(effectId)])];
  for (const id of ids) merge.touch(id);
  const shown = new Map(ids.map((id) => [id, merge.shown(id)]));
  const known = new Map(ids.map((id) => [id, merge.known(id)]));
  const bases = looked.map((id) => ({ id, version: Math.max(known.get(id)?.version ?? 0, offeredVersion(draft, id)) }));
  const operation: Operation = {
    opId, kind, change: { effects, bases, settlement: kind === 'resolve' && settlement !== null ? { ...settlement, id: opId } : settlement },
    owner, session, at: marks.now, delivery: UNTRIED,
  };
  const seq = draft.queue(operation);
  for (const id of new Set(effects.map(effectId))) {
    const after = applyEffects(shown.get(id) ?? null, id, effects, marks.now);
    if (after !== null) draft.put('overlay', id, { server: known.get(id) ?? null, shown: after });
  }
  if (kind === 'resolve' && settlement !== null) {
    putSettlement(draft, merge, opId, {
      id: opId, kind: settlement.kind, sessionIds: [...looked].sort(), settledAt: marks.now, undoneAt: null, deviceId, outcome: 'pending',
      before: changedBy(effects).flatMap((id) => shown.get(id) ?? []),
      created: effects.flatMap((effect) => (effect.kind === 'create' ? [effect.session.id] : [])),
    });
  }
  const undone = kind === 'unresolve' ? draft.view.settlements.get(settlement?.id ?? '') : undefined;
  if (undone !== undefined) putSettlement(draft, merge, undone.id, { ...undone, undoneAt: marks.now });
  merge.finish();
  return { seq, operation };
}

/** The version that a session has once the server took what is offered to it again; it may be that of another device. 0 for any other. */
function offeredVersion({ view }: Draft, id: string): number {
  return Math.max(0, ...view.operationsOf(id).map(({ knownVersion = 0 }) => knownVersion));
}
