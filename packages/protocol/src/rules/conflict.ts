// What a conflict is: a connected group of overlapping sessions, minus the pairs somebody chose to keep.
// Both sides derive the same conflicts with the same ids from the same sessions, so they are never sent, only compared.
import { type Certainty, certaintyOf, type ClockBound } from './certainty.ts';
import { connectAll, connectExcept, type Members } from './conflict-groups.ts';
import { type SessionInterval, sortIntoColumns } from './overlap.ts';

/** A completed session as the conflict rules see it. Cancelled and deleted sessions must not be passed in. */
export interface ConflictSession extends SessionInterval {
  /** The documented `source`, for example `mac_app`. */
  readonly deviceType: string;
  /** The device that recorded it, where known. */
  readonly deviceId?: string | undefined;
  readonly category?: string | undefined;
  readonly project?: string | undefined;
  /** How the clock stood that its times were taken from, where that is known. */
  readonly clock?: ClockBound | undefined;
}

/**
 * `duplicate`: all the same interval to the second, with category and project present and equal.
 * `contained`: one session covers all others. `partial`: anything else.
 */
export type ConflictKind = 'duplicate' | 'contained' | 'partial';

/** An open conflict. `sessionIds` by start, then id; `deviceTypes` distinct, in that order. */
export interface Conflict {
  /** {@link conflictId} of the sessions: the same on every device and on the server. */
  readonly id: string;
  readonly kind: ConflictKind;
  readonly sessionIds: readonly string[];
  readonly deviceTypes: readonly string[];
  /** Whether at least two devices took part: told by device id where both are known, else by type. */
  readonly severalDevices: boolean;
  /** Whether it is an overlap at all, or may be the difference of two clocks. A server, which keeps no bounds of clocks, says `possible`. */
  readonly certainty: Certainty;
}

/** A conflict as the documented status call prints it. */
export interface WireConflict {
  readonly type: 'session_overlap';
  readonly description: string;
  readonly affected_sessions: readonly string[];
  readonly resolution: 'manual_review_required' | 'delete_duplicate';
  readonly devices: readonly string[];
}

/**
 * All open conflicts, ordered by their first session's start, then id; independent of the order of the input.
 * Never lists pairs: n sessions and k kept pairs cost O(n log n + k), even when all n overlap each other.
 *
 * @param keptPairs {@link pairKey}s of overlaps that somebody chose to keep; keys of unknown sessions are ignored.
 */
export function groupConflicts(
  sessions: readonly ConflictSession[],
  keptPairs?: ReadonlySet<string>,
): Conflict[] {
  const columns = sortIntoColumns(sessions);
  const groups: Members[] =
    keptPairs === undefined || keptPairs.size === 0
      ? connectAll(columns)
      : connectExcept(columns, sessions, keptPairs);
  return groups.map((places) => describeGroup(places.map((place) => sessions[columns.order[place] as number] as ConflictSession), keptPairs));
}

function describeGroup(group: readonly ConflictSession[], keptPairs: ReadonlySet<string> | undefined): Conflict {
  const sessionIds = group.map((session) => session.id);
  return {
    id: conflictId(sessionIds),
    kind: kindOf(group),
    sessionIds,
    deviceTypes: [...new Set(group.map((session) => session.deviceType))],
    severalDevices: areSeveralDevices(group),
    certainty: certaintyOf(group, keptPairs),
  };
}

function kindOf(group: readonly ConflictSession[]): ConflictKind {
  const first = group[0] as ConflictSession;
  if (group.every((session) => isDuplicate(first, session))) return 'duplicate';
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const session of group) {
    start = Math.min(start, session.startTime);
    end = Math.max(end, session.endTime);
  }
  return group.some((session) => session.startTime === start && session.endTime === end) ? 'contained' : 'partial';
}

function isDuplicate(a: ConflictSession, b: ConflictSession): boolean {
  return (
    Math.floor(a.startTime / 1000) === Math.floor(b.startTime / 1000) &&
    Math.floor(a.endTime / 1000) === Math.floor(b.endTime / 1000) &&
    Boolean(a.category) && Boolean(a.project) && a.category === b.category && a.project === b.project
  );
}

function areSeveralDevices(group: readonly ConflictSession[]): boolean {
  const ids = new Set<string>();
  const types = new Set<string>();
  let anyUnknown = false;
  for (const session of group) {
    types.add(session.deviceType);
    if (session.deviceId === undefined) anyUnknown = true;
    else ids.add(session.deviceId);
  }
  return ids.size > 1 || (anyUnknown && types.size > 1);
}

/**
 * A conflict's id: 16 hexadecimal digits (64 bits) over its session ids in sorted order, so the order given does not matter.
 * Not cryptographic. Ids are only compared within one user: with 10,000 conflicts the chance that any two
 * share an id is about 3 in 10^12.
 */
export function conflictId(sessionIds: readonly string[]): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const id of [...sessionIds].sort()) {
    for (let i = 0; i <= id.length; i += 1) {
      // Past the last character comes a mark no character has, so ["ab","c"] and ["a","bc"] differ.
      const unit = i < id.length ? id.charCodeAt(i) : 0x10000;
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
    }
  }
  const a = finish(high, low);
  const b = finish(low, high);
  return hex32(b) + hex32(a);
}

function finish(value: number, other: number): number {
  const mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return mixed ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
}

function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** The key of two sessions, in either order, for a set of kept pairs. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}

/** Whether every open conflict is a `duplicate`; false when there is none. */
export function isEveryDuplicate(conflicts: readonly Conflict[]): boolean {
  return conflicts.length > 0 && conflicts.every((conflict) => conflict.kind === 'duplicate');
}

/**
 * The documented form of a conflict.
 * @param everyDuplicate {@link isEveryDuplicate} of all open conflicts: only then the resolution is `delete_duplicate`.
 */
export function toWireConflict(conflict: Conflict, everyDuplicate: boolean = false): WireConflict {
  return {
    type: 'session_overlap',
    description: conflict.severalDevices
      ? 'Overlapping sessions detected from different devices'
      : 'Overlapping sessions detected on one device',
    affected_sessions: conflict.sessionIds,
    resolution: everyDuplicate ? 'delete_duplicate' : 'manual_review_required',
    devices: conflict.deviceTypes,
  };
}
