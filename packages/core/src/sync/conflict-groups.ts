// Keeping conflicts up to date while sessions come, change and go. Touches only the groups that these sessions take part in;
// however many arrive at once, one sweep groups them, and no pairs are listed.
import { type ConflictSession, pairKey } from '@syncline/protocol';
import { type FinishedSession, isStanding } from '../model/session.ts';
import type { Store } from '../ports.ts';
import { type ConflictRow, toConflictRows, toConflictSession } from './conflict-row.ts';
import type { Draft } from './draft.ts';
import type { Place } from './history.ts';
import { spanOfAll } from './interval-list.ts';
import { NotReady } from './plan.ts';
import type { View } from './view.ts';

/** Finds what a completed session overlaps, pending or packed, and merges the groups it connects. */
export function joinConflicts(draft: Draft, store: Store, session: FinishedSession): void {
  joinAll(draft, store, [session]);
}

/**
 * The same for many sessions at once. Each is taken as given here, whatever is known of it elsewhere.
 * @param leaving sessions on their way from the outbox into history, to be found in neither at this moment.
 */
export function joinAll(draft: Draft, store: Store, sessions: readonly FinishedSession[], leaving: readonly FinishedSession[] = []): void {
  const standing = sessions.filter(isStanding);
  if (standing.length === 0) return;
  const arriving = new Map(standing.map((session) => [session.id, toConflictSession(session)]));
  const members = new Map<string, ConflictSession>();
  const beside = leaving.filter((session) => isStanding(session) && !arriving.has(session.id)).map(toConflictSession);
  for (const { sessions: group } of groupsOf([...arriving.values(), ...beside], draft.view)) {
    if (group.some(({ id }) => arriving.has(id))) for (const member of group) members.set(member.id, member);
  }
  const { overlapped, arrivals } = findOverlapped(draft, store, standing, arriving);
  for (const id of arrivals) members.set(id, arriving.get(id) as ConflictSession);
  for (const session of overlapped.values()) members.set(session.id, toConflictSession(session));
  if (members.size === 0) return;
  for (const id of [...members.keys()]) dissolve(draft, id, members);
  for (const [id, session] of arriving) if (members.has(id)) members.set(id, session);
  putGroups(draft, groupsOf([...members.values()], draft.view));
}

/** Takes a session out of its group, which may fall apart or vanish. */
export function leaveConflicts(draft: Draft, sessionId: string): void {
  const members = new Map<string, ConflictSession>();
  dissolve(draft, sessionId, members);
  members.delete(sessionId);
  putGroups(draft, groupsOf([...members.values()], draft.view));
}

/** Takes the group of a session apart and hands its members over. */
function dissolve(draft: Draft, sessionId: string, members: Map<string, ConflictSession>): void {
  const group = draft.view.conflictBySession.get(sessionId);
  const row = group === undefined ? undefined : draft.view.conflicts.get(group);
  if (group === undefined || row === undefined) return;
  for (const member of row.sessions) if (!members.has(member.id)) members.set(member.id, member);
  draft.delete('conflicts', group);
}

function putGroups(draft: Draft, rows: readonly ConflictRow[]): void {
  for (const { conflict, sessions } of rows) draft.put('conflicts', conflict.id, { sessions, certainty: conflict.certainty });
}

/** The groups that these sessions form, pairs that somebody chose to keep left out. */
function groupsOf(sessions: readonly ConflictSession[], view: View): ConflictRow[] {
  // One alone is in conflict with nobody: the common case, each time a session is recorded.
  return sessions.length < 2 ? [] : toConflictRows(sessions, keptPairs(new Set(sessions.map(({ id }) => id)), view));
}

/** Pairs of these sessions that somebody chose to keep. */
export function keptPairs(sessions: ReadonlySet<string>, view: View): ReadonlySet<string> | undefined {
  if (view.keepersBySession.size === 0) return undefined;
  const keepers = new Set<string>();
  for (const id of sessions) for (const keeper of view.keepersBySession.get(id) ?? []) keepers.add(keeper);
  const pairs = new Set<string>();
  for (const keeper of keepers) {
    const ids = view.settlements.get(keeper)?.sessionIds.filter((id) => sessions.has(id)) ?? [];
    ids.forEach((a, i) => {
      for (const b of ids.slice(i + 1)) pairs.add(pairKey(a, b));
    });
  }
  return pairs;
}

interface Overlapped {
  /** Sessions that are there already. */
  readonly overlapped: ReadonlyMap<string, FinishedSession>;
  /** The arriving ones that overlap them. */
  readonly arrivals: ReadonlySet<string>;
}

function findOverlapped(draft: Draft, store: Store, sessions: readonly FinishedSession[], arriving: ReadonlyMap<string, unknown>): Overlapped {
  const { view, history } = draft;
  const overlapped = new Map<string, FinishedSession>();
  const arrivals = new Set<string>();
  for (const { id, startTime, endTime } of sessions) {
    for (const other of view.intervals.idsOverlapping(startTime, endTime)) {
      const near = arriving.has(other) ? null : view.near(other);
      if (near === null) continue;
      overlapped.set(other, near);
      arrivals.add(id);
    }
  }
  if (view.head.nextChunk === 1) return { overlapped, arrivals };
  const places: (Place & { readonly of: string })[] = [];
  requireLoaded(draft, store, sessions);
  for (const { id, startTime, endTime } of sessions) {
    for (const place of history.overlapping(startTime, endTime)) places.push({ ...place, of: id });
  }
  if (places.some((place) => history.sessionAt(place) === undefined)) throw new NotReady(() => history.loadSessions(store, places));
  for (const place of places) {
    const session = history.sessionAt(place);
    // What is shown otherwise than it is packed was looked at above.
    if (session === null || session === undefined || arriving.has(session.id) || view.near(session.id) !== null) continue;
    overlapped.set(session.id, session);
    arrivals.add(place.of);
  }
  return { overlapped, arrivals };
}

function requireLoaded({ view, history }: Draft, store: Store, sessions: readonly FinishedSession[]): void {
  const missing = sessions.find(({ startTime, endTime }) => !history.isLoaded(view.head.historyVersion, startTime, endTime));
  if (missing === undefined) return;
  const [from, to] = sessions.length === 1 ? [missing.startTime, missing.endTime] : spanOfAll(sessions);
  throw new NotReady(async () => void (await history.load(store, from, to, view.head.nextChunk)));
}
