// Keeps the stored conflict groups true while sessions come, go and change.
//
// A group is a connected component of "overlaps and is not kept apart". A session that arrives touches only the groups of its
// neighbours and joins them into one: nothing is recomputed and no pair is listed. One that leaves may tear its group apart, so
// that one group is derived again from its members: once for all that a request changes (`mendTorn`), and until then it holds more
// than belongs together, never less. Nothing else is ever looked at.
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

/** Has the groups of these sessions derived again, after pairs were kept or freed. Their groups and neighbours must be loaded. */
export function regroup(book: ConflictBook, ids: readonly string[]): void {
  const sessions = ids.flatMap((id) => book.live(id) ?? []);
  if (sessions.length > 0) book.tear(join(book, sessions, false));
}

/** Derives again what was torn. To be called before what changed is written. */
export function mendTorn(book: ConflictBook): void {
  const torn = book.takeTorn();
  if (torn.size === 0) return;
  const members = book.membersOf(torn);
  const groupBefore = new Map(members.map(({ id }) => [id, book.groupOf(id)]));
  for (const group of torn) book.dropGroup(group);
  const conflicts = groupConflicts(members.map(toConflictSession), book.keptKeys()).sort((a, b) => b.sessionIds.length - a.sessionIds.length);
  const taken = new Set<number>();
  for (const { sessionIds, kind } of conflicts) {
    // The largest keeps the number, so that a conflict which loses one member costs what left it.
    const before = groupBefore.get(sessionIds[0] as string) ?? null;
    const group = before === null || taken.has(before) ? book.nextGroup() : before;
    taken.add(group);
    for (const id of sessionIds) {
      if (groupBefore.get(id) !== group) book.assignGroup(id, group);
      groupBefore.delete(id);
    }
    book.putGroup({ group, members: sessionIds.length, duplicate: kind === 'duplicate' });
  }
  for (const id of groupBefore.keys()) book.assignGroup(id, null);
}

function connect(book: ConflictBook, session: LiveSession): void {
  book.addLive(session);
  const joined = book.overlapping(session).filter((other) => other.id !== session.id && !book.isKept(session.id, other.id));
  if (joined.length > 0) join(book, [session, ...joined], oneOfEach(book, joined).every((other) => isDuplicate(session, other)));
}

function disconnect(book: ConflictBook, session: LiveSession): void {
  const group = book.groupOf(session.id);
  book.removeLive(session);
  if (group === null) return;
  book.assignGroup(session.id, null);
  book.tear(group);
}

/** Makes one group of sessions and of the groups they are in; its number. @param isAlike whether those of its parts are duplicates of each other. */
function join(book: ConflictBook, sessions: readonly LiveSession[], isAlike: boolean): number {
  const groups = [...new Set(sessions.map(({ id }) => book.groupOf(id)).filter((group) => group !== null))].map((group) => book.group(group));
  const alone = sessions.filter(({ id }) => book.groupOf(id) === null);
  const duplicate = isAlike && groups.every((group) => group.duplicate);
  // The largest group stays, so that a growing conflict costs what is new in it.
  const [largest, ...others] = groups.sort((a, b) => b.members - a.members || a.group - b.group);
  const target = largest?.group ?? book.nextGroup();
  for (const other of others) book.mergeGroup(other.group, target);
  for (const { id } of alone) book.assignGroup(id, target);
  book.putGroup({ group: target, members: groups.reduce((sum, group) => sum + group.members, 0) + alone.length, duplicate });
  return target;
}

/** One of each group, and all that are in none: in a group of duplicates each stands for the others. */
function oneOfEach(book: ConflictBook, sessions: readonly LiveSession[]): readonly LiveSession[] {
  return [...new Map(sessions.map((session) => [book.groupOf(session.id) ?? session.id, session])).values()];
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
