// Every read of one user's rows in memory.
import { LIMITS } from '@syncline/protocol';
import type {
  Activity, Change, ConflictGroup, Interval, KeptPair, LiveSession, Overview, StoredCancellation, StoredPreferences, StoredPreferencesUpdate, StoredResult,
  StoredSession, StoredSettlement, StoredStart, UserReader,
} from '../../ports.ts';
import { inOneOrder } from '../change-window.ts';
import { mergeIntervals } from '../intervals.ts';
import { ACTIVITY_AT_ONCE, RUNNING_MAX, SETTLEMENTS_AT_ONCE } from '../read-limits.ts';
import { findOverlapping, isLive, placeOf } from './live-index.ts';
import type { UserState } from './user-state.ts';

const DAY_MS = 86_400_000;

export class MemoryReader implements UserReader {
  protected readonly state: UserState;
  readonly #epoch: string;

  constructor(state: UserState, epoch: string) {
    this.state = state;
    this.#epoch = epoch;
  }

  async overview(): Promise<Overview> {
    const devices = [...this.state.devices.values()].sort(
      (a, b) => (b.lastSeen ?? -Infinity) - (a.lastSeen ?? -Infinity) || (a.deviceId < b.deviceId ? -1 : 1),
    );
    return { epoch: this.#epoch, summary: this.state.summary, devices };
  }

  async preferences(): Promise<StoredPreferences> {
    return this.state.preferences;
  }

  async preferencesUpdates(): Promise<readonly StoredPreferencesUpdate[]> {
    return this.state.preferencesUpdates;
  }

  async sessions(ids: readonly string[]): Promise<readonly StoredSession[]> {
    return pick(this.state.sessions, ids);
  }

  async starts(sessionIds: readonly string[]): Promise<readonly StoredStart[]> {
    return pick(this.state.starts, sessionIds);
  }

  async cancellations(sessionIds: readonly string[]): Promise<readonly StoredCancellation[]> {
    return pick(this.state.cancellations, sessionIds);
  }

  async running(after: number): Promise<readonly StoredSession[]> {
    return [...this.state.sessions.values()]
      .filter((session) => session.state === 'running' && (session.startTime ?? after) > after)
      .sort((a, b) => (a.startTime ?? 0) - (b.startTime ?? 0) || (a.id < b.id ? -1 : 1))
      .slice(-RUNNING_MAX);
  }

  async overlapping(intervals: readonly Interval[]): Promise<readonly LiveSession[]> {
    const ids = new Set(mergeIntervals(intervals).flatMap((window) => findOverlapping(this.state, window)));
    return this.#live([...ids]);
  }

  async groupMembers(groups: readonly number[]): Promise<readonly LiveSession[]> {
    const wanted = new Set(groups);
    return this.#live([...this.state.members].filter(([, group]) => wanted.has(group)).map(([id]) => id)).sort(byStart);
  }

  async conflictMembers(): Promise<readonly LiveSession[]> {
    return this.#live([...this.state.members.keys()]).sort(byStart);
  }

  async groups(groups: readonly number[]): Promise<readonly ConflictGroup[]> {
    return pick(this.state.groups, groups);
  }

  async keptPairs(ids: readonly string[]): Promise<readonly KeptPair[]> {
    const known = new Set(ids);
    return [...this.state.keptPairs.values()].filter(({ first, second }) => known.has(first) && known.has(second));
  }

  async keptPairCount(): Promise<number> {
    return this.state.keptPairs.size;
  }

  async sessionsPerDay(days: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const counts = new Map(days.map((day) => [day, 0]));
    for (const { startTime } of this.state.sessions.values()) {
      if (startTime === null) continue;
      const day = Math.floor(startTime / DAY_MS) * DAY_MS;
      const count = counts.get(day);
      if (count !== undefined) counts.set(day, count + 1);
    }
    return counts;
  }

  async newestEnd(): Promise<number | null> {
    const newest = this.state.sessions.get(this.state.liveByStart.at(-1) ?? '');
    if (!isLive(newest)) return null;
    const nearby = this.state.liveByStart.slice(placeOf(this.state, newest.startTime - LIMITS.sessionMsMax));
    return Math.max(...nearby.map((id) => this.state.sessions.get(id)?.endTime ?? 0));
  }

  async changes(after: number, limit: number): Promise<readonly Change[]> {
    const sessions: Change[] = [];
    const settlements: Change[] = [];
    for (const session of this.state.sessions.values()) {
      if (session.sequence > after) sessions.push({ kind: 'session', sequence: session.sequence, session });
    }
    for (const settlement of this.state.settlements.values()) {
      if (settlement.sequence > after) settlements.push({ kind: 'settlement', sequence: settlement.sequence, settlement });
    }
    return inOneOrder(sessions, settlements.sort((a, b) => a.sequence - b.sequence).slice(0, SETTLEMENTS_AT_ONCE), limit);
  }

  async results(operationIds: readonly string[]): Promise<readonly StoredResult[]> {
    return pick(this.state.results, operationIds);
  }

  async settlements(ids: readonly string[]): Promise<readonly StoredSettlement[]> {
    return pick(this.state.settlements, ids);
  }

  async *activity(from: number, to: number): AsyncIterable<readonly Activity[]> {
    const ids = this.state.liveByStart.slice(placeOf(this.state, from), placeOf(this.state, to));
    for (let at = 0; at < ids.length; at += ACTIVITY_AT_ONCE) yield this.#activityOf(ids.slice(at, at + ACTIVITY_AT_ONCE));
  }

  #activityOf(ids: readonly string[]): readonly Activity[] {
    return ids.flatMap((id) => {
      const session = this.state.sessions.get(id);
      if (!isLive(session) || session.duration === null) return [];
      const { startTime, endTime, duration, category, source } = session;
      return [{ startTime, endTime, duration, category, source, group: this.state.members.get(id) ?? null }];
    });
  }

  async cancelledCount(from: number, to: number): Promise<number> {
    return [...this.state.cancellations.values()].filter(({ createdAt }) => createdAt >= from && createdAt < to).length;
  }

  #live(ids: readonly string[]): LiveSession[] {
    return ids.flatMap((id) => {
      const session = this.state.sessions.get(id);
      if (!isLive(session)) return [];
      const { startTime, endTime, category, project, source, deviceId } = session;
      return [{ id, startTime, endTime, category, project, source, deviceId, group: this.state.members.get(id) ?? null }];
    });
  }
}

function pick<K, V>(map: ReadonlyMap<K, V>, keys: readonly K[]): V[] {
  return [...new Set(keys)].flatMap((key) => {
    const value = map.get(key);
    return value === undefined ? [] : [value];
  });
}

function byStart(a: LiveSession, b: LiveSession): number {
  return a.startTime - b.startTime || (a.id < b.id ? -1 : 1);
}
