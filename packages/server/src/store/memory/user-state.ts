// One user's rows in memory.
import type {
  ConflictGroup, KeptPair, StoredCancellation, StoredDevice, StoredPreferences, StoredPreferencesUpdate, StoredResult, StoredSession, StoredSettlement, StoredStart, UserSummary,
} from '../../ports.ts';

/** Plain data only, so that a snapshot is a structured clone. */
export interface UserState {
  summary: UserSummary;
  preferences: StoredPreferences;
  preferencesUpdates: readonly StoredPreferencesUpdate[];
  readonly sessions: Map<string, StoredSession>;
  readonly starts: Map<string, StoredStart>;
  readonly cancellations: Map<string, StoredCancellation>;
  /** Group of each session that has one. */
  readonly members: Map<string, number>;
  readonly groups: Map<number, ConflictGroup>;
  /** By `first|second|settlement`. */
  readonly keptPairs: Map<string, KeptPair>;
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
    preferences: { values: { timezone }, updatedAt: null, document: null, stateVector: null, digest: null, retired: null },
    preferencesUpdates: [],
    sessions: new Map(),
    starts: new Map(),
    cancellations: new Map(),
    members: new Map(),
    groups: new Map(),
    keptPairs: new Map(),
    devices: new Map(),
    results: new Map(),
    settlements: new Map(),
    liveByStart: [],
  };
}
