// Keeps the stored conflict groups true while sessions come, go and change.
//
// A group is a connected component of "overlaps and is not kept apart". A session that arrives touches only the groups of its
// neighbours and joins them into one: nothing is recomputed and no pair is listed. One that leaves may tear its group apart, so
// that one group is derived again from its members. Nothing else is ever looked at.
import { groupConflicts, type ConflictSession } from '@syncline/protocol';
import type { LiveSession, StoredSession } from '../ports.ts';
import type { ConflictBook } from './conflict-book.ts';
import { isLive } from './working-set.ts';

/** Follows a change of one session. Both sides of a changed session's group must be loaded, a new one's neighbours suffice. */
export function followChange(book: ConflictBook, next: StoredSession): void {
  const before = book.live(next.id);
  if (before !== null && isLive(next) && sameForConflicts(before, next)) return;
  if (before !== null) disconnect(book, before);
  if (isLive(next)) connect(book, toLive(next));
}

/** Derives the groups of these sessions again, after pairs were kept or freed. Their groups and neighbours must be loaded. */
export function regroup(book: ConflictBook, ids: readonly string[]): void {
  const touched = new Map<string, LiveSession>();
  for (const id of ids) {
    const session = book.live(id);
    if (session === null) continue;
    const group = book.groupOf(id);
    for (const member of group === null ? [session] : book.membersOf(group)) touched.set(member.id, member);
  }
  const groups = new Set([...touched.keys()].map((id) => book.groupOf(id)).filter((group) => group !== null));
  for (const group of groups) book.dropGroup(group);
  assignGroups(book, [...touched.values()], null);
}

function connect(book: ConflictBook, session: LiveSession): void {
  book.addLive(session);
  const joined = book.overlapping(session).filter((other) => other.id !== session.id && !book.isKept(session.id, other.id));
  if (joined.length === 0) {
    if (book.groupOf(session.id) !== null) book.assignGroup(session.id, null);
    return;
  }
  const groups = [...new Set(joined.map((other) => book.groupOf(other.id)).filter((group) => group !== null))].map((group) => book.group(group));
  const alone = joined.filter((other) => book.groupOf(other.id) === null);
  const isAlike = groups.every((group) => group.duplicate) && oneOfEach(book, joined).every((other) => isDuplicate(session, other));
  // The largest group stays, so that a growing conflict costs what is new in it.
  const [largest, ...others] = groups.sort((a, b) => b.members - a.members || a.group - b.group);
  const target = largest?.group ?? book.nextGroup();
  for (const other of others) book.mergeGroup(other.group, target);
  for (const other of [...alone, session]) book.assignGroup(other.id, target);
  book.putGroup({
    group: target,
    members: groups.reduce((sum, group) => sum + group.members, 0) + alone.length + 1,
    duplicate: isAlike,
  });
}

/** One of each group, and all that are in none: in a group of duplicates each stands for the others. */
function oneOfEach(book: ConflictBook, sessions: readonly LiveSession[]): readonly LiveSession[] {
  return [...new Map(sessions.map((session) => [book.groupOf(session.id) ?? session.id, session])).values()];
}

function disconnect(book: ConflictBook, session: LiveSession): void {
  const group = book.groupOf(session.id);
  const rest = group === null ? [] : book.membersOf(group).filter((member) => member.id !== session.id);
  book.removeLive(session);
  if (group === null) return;
  book.assignGroup(session.id, null);
  book.dropGroup(group);
  assignGroups(book, rest, group);
}

/** Puts sessions whose group was dropped into the groups they form now. The largest takes the old number, if there is one. */
function assignGroups(book: ConflictBook, sessions: readonly LiveSession[], oldGroup: number | null): void {
  const lonely = new Set(sessions.map((session) => session.id));
  const kept = book.keptKeys();
  const conflicts = groupConflicts(sessions.map(toConflictSession), kept).sort((a, b) => b.sessionIds.length - a.sessionIds.length);
  conflicts.forEach((conflict, place) => {
    const group = place === 0 && oldGroup !== null ? oldGroup : book.nextGroup();
    for (const id of conflict.sessionIds) {
      lonely.delete(id);
      if (book.groupOf(id) !== group) book.assignGroup(id, group);
    }
    book.putGroup({ group, members: conflict.sessionIds.length, duplicate: conflict.kind === 'duplicate' });
  });
  for (const id of lonely) if (book.groupOf(id) !== null) book.assignGroup(id, null);
}

/** The same interval to the second, with category and project present and equal: the protocol's rule for two. */
function isDuplicate(a: LiveSession, b: LiveSession): boolean {
  return groupConflicts([toConflictSession(a), toConflictSession(b)])[0]?.kind === 'duplicate';
}

export function toConflictSession(session: LiveSession): ConflictSession {
  const { id, startTime, endTime, source, deviceId, category, project } = session;
  return { id, startTime, endTime, deviceType: source, category, project, ...(deviceId === null ? {} : { deviceId }) };
}

function toLive(session: StoredSession & { readonly startTime: number; readonly endTime: number }): LiveSession {
  const { id, startTime, endTime, category, project, source, deviceId } = session;
  return { id, startTime, endTime, category, project, source, deviceId, group: null };
}

function sameForConflicts(a: LiveSession, b: LiveSession | StoredSession): boolean {
  return (
    a.startTime === b.startTime && a.endTime === b.endTime && a.category === b.category && a.project === b.project &&
    a.source === b.source && a.deviceId === b.deviceId
  );
}
