// The operations that bring what a server holds of one session to what this device had from it, after that server's time went back. Pure.
import type { Changes, Effect } from '../model/effect.ts';
import type { Change, OperationKind } from '../model/operation.ts';
import { FIRST_VERSION, type FinishedSession } from '../model/session.ts';

export interface Step {
  readonly kind: OperationKind;
  readonly change: Change | null;
  /** The session's version with this step; with the last one it is what it was, unless it takes more steps now. */
  readonly knownVersion: number;
}

type Plain = Omit<Step, 'knownVersion'>;

/** @param theirs an older state; null where the server never heard of it, or has forgotten it. */
export function stepsTo(ours: FinishedSession, theirs: FinishedSession | null): readonly Step[] {
  const steps = theirs === null ? stepsFromNothing(ours) : stepsFrom(theirs, ours);
  const first = Math.max(ours.version - steps.length, theirs?.version ?? 0) + 1;
  // Where there is a session already, a document says all that is to be said of it: the submit must not write its text over another document.
  const isDocumented = theirs === null && ours.annotation !== undefined;
  return steps.map((plain, i) => ({ ...plain, knownVersion: plain.kind === 'submit' && isDocumented ? FIRST_VERSION : first + i }));
}

function stepsFromNothing(ours: FinishedSession): readonly Plain[] {
  const { id, startTime, endTime, category, project, note, tags = [], annotation, cancelled, deletedAt, version } = ours;
  if (cancelled !== null) return [{ kind: 'cancel', change: null }];
  return [
    { kind: 'submit', change: null },
    // A submit carries no document: it follows, so that what others still edit in it merges.
    ...(annotation === undefined ? [] : [step('amend', id, 0, { kind: 'edit', id, changes: { startTime, endTime, category, project, note, tags, annotation } })]),
    // Whoever knows it as it was before does not bring it back to life.
    ...(deletedAt === null ? [] : [step('delete', id, version, { kind: 'delete', id })]),
  ];
}

function stepsFrom(theirs: FinishedSession, ours: FinishedSession): readonly Plain[] {
  const { id } = ours;
  const { version } = theirs;
  // Another device may have brought back less of it than was there. What merges is merged, old or new.
  if (ours.version <= version) return amend(id, version, annotationOf(ours, theirs));
  const isGone = ours.deletedAt !== null;
  const steps = [
    ...(!isGone && theirs.deletedAt !== null ? [step('restore', id, version, { kind: 'restore', id })] : []),
    ...amend(id, version, { ...differenceOf(ours, theirs), ...annotationOf(ours, theirs) }),
    ...(isGone && theirs.deletedAt === null ? [step('delete', id, version, { kind: 'delete', id })] : []),
  ];
  if (steps.length > 0) return steps;
  // It came to the same: still, what follows must not look older than what the server lost.
  const kind = isGone ? 'delete' : 'restore';
  return [step(kind, id, version, { kind, id })];
}

function amend(id: string, version: number, changes: Changes): readonly Plain[] {
  return Object.keys(changes).length === 0 ? [] : [step('amend', id, version, { kind: 'edit', id, changes })];
}

function step(kind: OperationKind, id: string, version: number, effect: Effect): Plain {
  return { kind, change: { effects: [effect], bases: [{ id, version }], settlement: null } };
}

function differenceOf(ours: FinishedSession, theirs: FinishedSession): Changes {
  const areTimesSame = ours.startTime === theirs.startTime && ours.endTime === theirs.endTime;
  return {
    ...(areTimesSame ? {} : { startTime: ours.startTime, endTime: ours.endTime }),
    ...(ours.category === theirs.category ? {} : { category: ours.category }),
    ...(ours.project === theirs.project ? {} : { project: ours.project }),
    ...(ours.note === theirs.note ? {} : { note: ours.note }),
  };
}

function annotationOf({ note, tags = [], annotation }: FinishedSession, theirs: FinishedSession): Changes {
  return annotation === undefined || annotation === theirs.annotation ? {} : { note, tags, annotation };
}
