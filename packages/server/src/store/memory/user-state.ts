// One user's rows in memory, and how to take writes back.
import type {
  ConflictGroup, StoredCancellation, StoredDevice, StoredPreferences, StoredResult, StoredSession, StoredSettlement, StoredStart, UserSummary,
} from '../../ports.ts';

/** Plain data only, so that a snapshot is a structured clone. */
export interface UserState {
  summary: UserSummary;
  preferences: StoredPreferences;
  readonly sessions: Map<string, StoredSession>;
  readonly starts: Map<string, StoredStart>;
  readonly cancellations: Map<string, StoredCancellation>;
  /** Group of each session that has one. */
  readonly members: Map<string, number>;
  readonly groups: Map<number, ConflictGroup>;
  /** `first|second`, the smaller id first. */
  readonly keptPairs: Set<string>;
  readonly devices: Map<string, StoredDevice>;
  readonly results: Map<string, StoredResult>;
  readonly settlements: Map<string, StoredSettlement>;
  /** Ids of live sessions, ordered by start, then id. */
  readonly liveByStart: string[];
}

export const EMPTY_SUMMARY: UserSummary = {
  totalSessions: 0, totalMs: 0, lastSession: null, openConflicts: 0, duplicateConflicts: 0, preferencesUpdated: null,
  sequence: 0, lastDisplayId: 0, lastStartId: 0, lastCancellationId: 0, lastGroup: 0, running: 0,
};

export function createUserState(timezone: string): UserState {
  return {
    summary: EMPTY_SUMMARY,
    preferences: { values: { timezone }, updatedAt: null, document: null },
    sessions: new Map(),
    starts: new Map(),
    cancellations: new Map(),
    members: new Map(),
    groups: new Map(),
    keptPairs: new Set(),
    devices: new Map(),
    results: new Map(),
    settlements: new Map(),
    liveByStart: [],
  };
}

/** What takes the writes of an open transaction back, newest first. */
export class UndoLog {
  readonly #steps: (() => void)[] = [];

  /** A place to return to. */
  get mark(): number {
    return this.#steps.length;
  }

  set<K, V>(map: Map<K, V>, key: K, value: V): void {
    const before = map.get(key);
    const existed = map.has(key);
    this.#steps.push(() => {
      if (existed) map.set(key, before as V);
      else map.delete(key);
    });
    map.set(key, value);
  }

  delete<K, V>(map: Map<K, V>, key: K): void {
    if (!map.has(key)) return;
    const before = map.get(key) as V;
    this.#steps.push(() => void map.set(key, before));
    map.delete(key);
  }

  run(change: () => void, takeBack: () => void): void {
    this.#steps.push(takeBack);
    change();
  }

  /** Takes everything after `mark` back. */
  returnTo(mark: number): void {
    while (this.#steps.length > mark) this.#steps.pop()?.();
  }
}
