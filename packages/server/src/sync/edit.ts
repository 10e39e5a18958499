// Changes of stored sessions: amend, delete, restore. Each is decided on a version, and late when somebody else changed since.
import { LIMITS, type SessionEdit, parseInstant, validateSessionTimes } from '@syncline/protocol';
import type { StoredSession } from '../ports.ts';
import { annotate, followInDocument } from './annotate.ts';
import { followChange } from './conflict-keeping.ts';
import { contentVersionByOthers, versionByOthers } from './edit-trail.ts';
import { type OperationOutcome, type Refusal, refuse } from './outcome.ts';
import { type ApplyContext, dayOf, type SessionDraft, type WorkingSet } from './working-set.ts';

/**
 * Changes times, category, project, note or tags. Late when times, category or project were changed by somebody else since; a note
 * that merges (`annotation`) is merged even then.
 */
export function applyAmend(set: WorkingSet, id: string, baseVersion: number, edit: SessionEdit, context: ApplyContext): OperationOutcome {
  const session = set.session(id);
  if (session === null) return refuse('not_found');
  if (session.state === 'cancelled') return { ...refuse('session_final'), session };
  const isContent = edit.start_time !== undefined || edit.category !== undefined || edit.project !== undefined;
  // A deleted session stays deleted; what was written about it meanwhile is there when somebody restores it.
  if (session.deletedAt !== null || (isContent && contentVersionByOthers(session, context.deviceId) > baseVersion)) {
    if (edit.annotation === undefined) return { kind: 'superseded', session };
    const { note, tags, annotation } = edit;
    const merged = applyEdit(set, session, { note, tags, annotation }, context);
    return 'kind' in merged ? merged : { kind: 'superseded', session: merged };
  }
  const edited = applyEdit(set, session, edit, context);
  if ('kind' in edited) return edited;
  return { kind: 'applied', session: edited, isOther: edit.annotation !== undefined || versionByOthers(session, context.deviceId) > baseVersion };
}

export function applyDelete(set: WorkingSet, id: string, baseVersion: number, context: ApplyContext): OperationOutcome {
  const session = set.session(id);
  if (session === null) return refuse('not_found');
  if (session.deletedAt !== null) return { kind: 'repeated', session };
  if (session.state === 'cancelled') return { ...refuse('session_final'), session };
  if (session.state === 'running') return { ...refuse('invalid_request', 'session_id', 'is still running'), session };
  if (versionByOthers(session, context.deviceId) > baseVersion) return { kind: 'superseded', session };
  return { kind: 'applied', session: markDeleted(set, session, context) };
}

export function applyRestore(set: WorkingSet, id: string, context: ApplyContext): OperationOutcome {
  const session = set.session(id);
  if (session === null) return refuse('not_found');
  if (session.deletedAt === null) return { kind: 'repeated', session, isOther: true };
  return { kind: 'applied', session: change(set, { ...session, deletedAt: null }, context), isOther: true };
}

export function markDeleted(set: WorkingSet, session: StoredSession, context: ApplyContext): StoredSession {
  return change(set, { ...session, deletedAt: context.now }, context);
}

/** Stores a changed session and lets its document and its conflicts follow. */
export function change(set: WorkingSet, draft: SessionDraft, context: ApplyContext): StoredSession {
  const stored = set.putSession(followInDocument(set.session(draft.id), draft, context.author, context.made), context);
  followChange(set.conflicts, stored);
  return stored;
}

/** Applies an edit whatever the version. The session as it is afterwards; unchanged when the edit changes nothing. */
export function applyEdit(set: WorkingSet, session: StoredSession, edit: SessionEdit, context: ApplyContext): StoredSession | Refusal {
  const times = readTimes(set, session, edit, context);
  if ('kind' in times) return times;
  const annotated = annotate(session, edit, context.made);
  if (annotated === null) return refuse('invalid_request', 'edit.annotation', 'must be a Yjs V1 update that fits');
  const draft: StoredSession = {
    ...session,
    ...times,
    // Other times are what a person says, not what a clock showed.
    clock: times.startTime === session.startTime && times.endTime === session.endTime ? session.clock : null,
    category: edit.category ?? session.category,
    project: edit.project ?? session.project,
    ...annotated,
  };
  return isSame(session, draft) ? session : change(set, draft, context);
}

type Times = Pick<StoredSession, 'startTime' | 'endTime' | 'duration'>;

function readTimes(set: WorkingSet, session: StoredSession, edit: SessionEdit, { now }: ApplyContext): Times | Refusal {
  const { startTime, endTime, duration } = session;
  if (edit.start_time === undefined || edit.end_time === undefined || edit.duration === undefined) return { startTime, endTime, duration };
  if (session.state === 'running') return refuse('invalid_request', 'edit.start_time', 'cannot change while the session runs');
  const next = { startTime: parseInstant(edit.start_time) ?? Number.NaN, endTime: parseInstant(edit.end_time) ?? Number.NaN, duration: edit.duration };
  const issues = validateSessionTimes({ ...next, durationMinutes: next.duration }, now);
  if (issues.length > 0) {
    const code = issues.every((issue) => issue.code === 'time_in_future') ? 'time_in_future' : 'invalid_request';
    return { kind: 'refused', code, details: issues.map(({ path, message }) => ({ path: `edit.${path}`, message })) };
  }
  const isOtherDay = startTime === null || dayOf(next.startTime) !== dayOf(startTime);
  if (isOtherDay && set.startsOnDayOf(next.startTime) >= LIMITS.sessionsPerDayMax) {
    return refuse('limit_reached', 'edit.start_time', `is on a day that has ${LIMITS.sessionsPerDayMax} sessions already`);
  }
  return next;
}

function isSame(a: StoredSession, b: StoredSession): boolean {
  return (
    a.startTime === b.startTime && a.endTime === b.endTime && a.duration === b.duration && a.category === b.category &&
    a.project === b.project && a.note === b.note && JSON.stringify(a.tags) === JSON.stringify(b.tags) && isSameBytes(a.annotation, b.annotation)
  );
}

function isSameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);
}
