// Keeping conflicts up to date while sessions come and go. Touches only the groups that the one session takes part in.
import type { ConflictSession } from '@syncline/protocol';
import type { FinishedSession } from '../model/session.ts';
import type { Store } from '../ports.ts';
import { type ConflictRow, toConflictRows, toConflictSession } from './conflict-row.ts';
import type { Draft } from './draft.ts';
import { NotReady } from './plan.ts';

/** Finds what a completed session overlaps, pending or packed, and merges the groups it connects. */
export function joinConflicts(draft: Draft, store: Store, session: FinishedSession): void {
  const overlapped = findOverlapped(draft, store, session);
  if (overlapped.length === 0) return;
  const members = new Map<string, ConflictSession>([[session.id, toConflictSession(session)]]);
  for (const other of overlapped) {
    members.set(other.id, toConflictSession(other));
    const group = draft.view.conflictBySession.get(other.id);
    if (group === undefined) continue;
    for (const member of draft.view.conflicts.get(group)?.sessions ?? []) members.set(member.id, member);
    draft.delete('conflicts', group);
  }
  putGroups(draft, toConflictRows([...members.values()]));
}

/** Takes a session out of its group, which may fall apart or vanish. */
export function leaveConflicts(draft: Draft, sessionId: string): void {
  const group = draft.view.conflictBySession.get(sessionId);
  const row = group === undefined ? undefined : draft.view.conflicts.get(group);
  if (group === undefined || row === undefined) return;
  draft.delete('conflicts', group);
  putGroups(draft, toConflictRows(row.sessions.filter((session) => session.id !== sessionId)));
}

function putGroups(draft: Draft, rows: readonly ConflictRow[]): void {
  for (const { conflict, sessions } of rows) draft.put('conflicts', conflict.id, { sessions });
}

function findOverlapped(draft: Draft, store: Store, { id, startTime, endTime }: FinishedSession): FinishedSession[] {
  const { view, history } = draft;
  const found: FinishedSession[] = [];
  for (const other of view.intervals.idsOverlapping(startTime, endTime)) {
    const operation = other === id ? undefined : view.operationsOf(other).find(({ kind }) => kind === 'submit');
    if (operation !== undefined) found.push(operation.session);
  }
  if (view.head.nextChunk === 1) return found;
  if (!history.isLoaded(view.head.historyVersion, startTime, endTime)) {
    throw new NotReady(async () => void (await history.load(store, startTime, endTime)));
  }
  const places = history.overlapping(startTime, endTime);
  const unknown = places.filter((place) => history.sessionAt(place) === undefined);
  if (unknown.length > 0) throw new NotReady(() => history.loadSessions(store, places));
  for (const place of places) {
    const session = history.sessionAt(place);
    if (session !== null && session !== undefined && session.id !== id) found.push(session);
  }
  return found;
}
