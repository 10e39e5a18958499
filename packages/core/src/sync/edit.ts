// Decisions about sessions that exist: edits, deletes, settlements of conflicts. Each is one transaction: the operation, and what is shown.
import type { Effect } from '../model/effect.ts';
import { type Change, isEdit, type Operation, type OperationKind, UNTRIED } from '../model/operation.ts';
import { changedBy } from '../model/resolution.ts';
import { FIRST_VERSION, type FinishedSession } from '../model/session.ts';
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
  for (const id of looked) merge.touch(id);
  const before = changedBy(effects).flatMap((id) => merge.shown(id) ?? []);
  const bases = looked.map((id) => ({ id, version: Math.max(versionOf(merge.known(id)), waitingVersion(draft, id)) }));
  const operation: Operation = {
    opId, kind, change: { effects, bases, settlement: kind === 'resolve' && settlement !== null ? { ...settlement, id: opId } : settlement },
    owner, session, at: marks.now, delivery: UNTRIED,
  };
  const seq = draft.queue(operation);
  merge.show(effects, marks.now);
  if (kind === 'resolve' && settlement !== null) {
    putSettlement(draft, merge, opId, {
      id: opId, kind: settlement.kind, sessionIds: [...looked].sort(), settledAt: marks.now, undoneAt: null, deviceId, outcome: 'pending', before,
      created: effects.flatMap((effect) => (effect.kind === 'create' ? [effect.session.id] : [])),
    });
  }
  const undone = kind === 'unresolve' ? draft.view.settlements.get(settlement?.id ?? '') : undefined;
  if (undone !== undefined) putSettlement(draft, merge, undone.id, { ...undone, undoneAt: marks.now });
  merge.finish();
  return { seq, operation };
}

/**
 * No documented call tells of an edit: where there are no others, a session that nobody can have heard of is sent as it is shown, and not at all
 * once it was deleted. Tags it tells none either: a session that has some goes as it was recorded, and the edits wait for a server that can be told.
 * Nothing is on its way meanwhile.
 */
export function foldEdits(draft: Draft): void {
  const { view } = draft;
  for (const [id, { server, shown }] of [...view.overlay]) {
    const [submit, ...edits] = view.operationsOf(id);
    if (server !== null || submit?.kind !== 'submit' || submit.delivery.unknown || !edits.every(isEdit)) continue;
    const isGone = shown.deletedAt !== null;
    if (!isGone && shown.tags?.length) continue;
    draft.deleteOperations(view.seqsOf(id));
    draft.delete('overlay', id);
    // The server makes a document of the note it is told, and so does whoever edits it next.
    const { annotation: _, ...session } = shown;
    // Under another id: a copy of this profile may have sent the one before.
    if (!isGone) draft.queue({ ...submit, opId: (edits.at(-1) ?? submit).opId, session });
  }
}

/** Documented calls tell none; whoever has it has a first one. */
function versionOf(known: FinishedSession | null): number {
  return known === null ? 0 : Math.max(known.version, FIRST_VERSION);
}

/**
 * What is known of a session's version by what waits for it: the one with which it is offered again, which may be another device's, and the one
 * on which an earlier change rests. 0 for nothing.
 */
function waitingVersion({ view }: Draft, id: string): number {
  const versions = view.operationsOf(id).flatMap((operation) => {
    const bases = isEdit(operation) ? (operation.change?.bases ?? []) : [];
    return [operation.knownVersion ?? 0, ...bases.map((base) => base.version)];
  });
  return Math.max(0, ...versions);
}
