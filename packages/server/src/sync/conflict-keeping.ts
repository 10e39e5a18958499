// Keeps the stored conflict groups true while sessions come, go and change.
//
// A group is a connected component of "overlaps and is not kept apart". A session that arrives touches only the groups of its
// neighbours and joins them into one: nothing is recomputed and no pair is listed. One that leaves may tear its group apart, so
// that one group is derived again from its members. Nothing else is ever looked at.
import { groupConflicts, type ConflictSession } from '@syncline/protocol';
import type { LiveSession, StoredSession } from '../ports.ts';
import { isLive, type WorkingSet } from './working-set.ts';

/** Follows a change of one session. Both sides of a changed session's group must be loaded, a new one's neighbours suffice. */
export function followChange(set: WorkingSet, next: StoredSession): void {
  const before = set.live(next.id);
  if (before !== null && isLive(next) && sameForConflicts(before, next)) return;
  if (before !== null) disconnect(set, before);
  if (isLive(next)) connect(set, toLive(next));
}

/** Derives the groups of these sessions again, after pairs were kept or freed. Their groups and neighbours must be loaded. */
export function regroup(set: WorkingSet, ids: readonly string[]): void {
  const touched = new Map<string, LiveSession>();
  for (const id of ids) {
    const session = set.live(id);
    if (session === null) continue;
    const group = set.groupOf(id);
    for (const member of group === null ? [session] : set.membersOf(group)) touched.set(member.id, member);
  }
  const groups = new Set([...touched.keys()].map((id) => set.groupOf(id)).filter((group) => group !== null));
  for (const group of groups) set.dropGroup(group);
  assignGroups(set, [...touched.values()], null);
}

function connect(set: WorkingSet, session: LiveSession): void {
  set.addLive(session);
  const joined = set.neighbours(session).filter((other) => !set.isKept(session.id, other.id));
  if (joined.length === 0) {
    if (set.groupOf(session.id) !== null) set.assignGroup(session.id, null);
    return;
  }
  const groups = [...new Set(joined.map((other) => set.groupOf(other.id)).filter((group) => group !== null))].map((group) => set.group(group));
  const alone = joined.filter((other) => set.groupOf(other.id) === null);
  // The largest group stays, so that a growing conflict costs what is new in it.
  const [largest, ...others] = groups.sort((a, b) => b.members - a.members || a.group - b.group);
  const target = largest?.group ?? set.nextGroup();
  for (const other of others) set.mergeGroup(other.group, target);
  for (const other of [...alone, session]) set.assignGroup(other.id, target);
  set.putGroup({
    group: target,
    members: groups.reduce((sum, group) => sum + group.members, 0) + alone.length + 1,
    duplicate: groups.every((group) => group.duplicate) && joined.every((other) => isDuplicate(session, other)),
  });
}

function disconnect(set: WorkingSet, session: LiveSession): void {
  const group = set.groupOf(session.id);
  const rest = group === null ? [] : set.membersOf(group).filter((member) => member.id !== session.id);
  set.removeLive(session);
  if (group === null) return;
  set.assignGroup(session.id, null);
  set.dropGroup(group);
  assignGroups(set, rest, group);
}

/** Puts sessions whose group was dropped into the groups they form now. The largest takes the old number, if there is one. */
function assignGroups(set: WorkingSet, sessions: readonly LiveSession[], oldGroup: number | null): void {
  const lonely = new Set(sessions.map((session) => session.id));
  const kept = set.keptKeys();
  const conflicts = groupConflicts(sessions.map(toConflictSession), kept).sort((a, b) => b.sessionIds.length - a.sessionIds.length);
  conflicts.forEach((conflict, place) => {
    const group = place === 0 && oldGroup !== null ? oldGroup : set.nextGroup();
    for (const id of conflict.sessionIds) {
      lonely.delete(id);
      if (set.groupOf(id) !== group) set.assignGroup(id, group);
    }
    set.putGroup({ group, members: conflict.sessionIds.length, duplicate: conflict.kind === 'duplicate' });
  });
  for (const id of lonely) if (set.groupOf(id) !== null) set.assignGroup(id, null);
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
