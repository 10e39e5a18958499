// What the store keeps for one user, as rows read and written in bulk. Types only.
// Nothing here decides anything: rules work on rows in memory, the store finds and keeps them.

/** `running`: started, not finished · `completed`: has its times · `cancelled`: final, never counted, never in a conflict. */
export type SessionState = 'running' | 'completed' | 'cancelled';

export interface Interval {
  /** Milliseconds since the epoch, UTC. */
  readonly startTime: number;
  /** Milliseconds since the epoch, UTC; exclusive. */
  readonly endTime: number;
}

/**
 * Tells a device's own changes from everybody else's, so that it can send two changes in a row without having seen the version
 * between them. "Content" is times, category, project and state.
 */
export interface EditTrail {
  /** Device of the newest change; null for a call that named none. */
  readonly by: string | null;
  /** Version of the newest change by anybody else; 0 when there is none. */
  readonly byOthers: number;
  /** Version of the newest change of content, its device, and the newest one by anybody else. */
  readonly contentVersion: number;
  readonly contentBy: string | null;
  readonly contentByOthers: number;
}

/** One focus session. Key is (user, id). */
export interface StoredSession {
  /** The UUID its device minted. */
  readonly id: string;
  /** Number for people, counted for each user from 1. */
  readonly displayId: number;
  readonly state: SessionState;
  /** While running the start as far as it is known. Null only when cancelled without times. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  /** Minutes as submitted; null as `endTime` is. */
  readonly duration: number | null;
  /** Minutes it was meant to take, or null when nobody said. */
  readonly plannedDuration: number | null;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  /** Type of the device that recorded it (`source` on the wire). */
  readonly source: string;
  readonly deviceId: string | null;
  /** Counts from 1, one more with each change. */
  readonly version: number;
  /** Position of its last change in the user's order. */
  readonly sequence: number;
  /** When the server first stored it. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Tombstone: when it was deleted, or null. Recoverable. */
  readonly deletedAt: number | null;
  /** Of a cancelled session, as far as one was given. */
  readonly cancelReason: string | null;
  readonly tags: readonly string[];
  /** How the clock stood that its times were taken from; null where nobody told, and once the times were changed. */
  readonly clock: StoredClock | null;
  /** Merged Yjs state (V1 update) of note and tags, or null when nobody edited them after recording. */
  readonly annotation: Uint8Array | null;
  /** Who changed it last, and since when. */
  readonly trail: EditTrail;
  /** Digest of the content as first submitted; recognises a resend even after an amend. Null before the submit. */
  readonly fingerprint: string | null;
}

/** A device's clock was ahead of this server's by so much, give or take the error. Milliseconds. */
export interface StoredClock {
  readonly offsetMs: number;
  readonly errorMs: number;
}

/** What overlap rules need of a completed session that is neither cancelled nor deleted. */
export interface LiveSession extends Interval {
  readonly id: string;
  readonly category: string;
  readonly project: string;
  readonly source: string;
  readonly deviceId: string | null;
  /** Its open conflict, or null. */
  readonly group: number | null;
}

/** What `POST /api/session/start` was told. Key is (user, session id). */
export interface StoredStart {
  readonly sessionId: string;
  readonly displayId: number;
  readonly createdAt: number;
  readonly fingerprint: string;
  /** The documented fields, as sent; absent ones are null. */
  readonly plannedDuration: number;
  readonly category: string;
  readonly source: string;
  readonly project: string | null;
  readonly planningNotes: string | null;
  readonly goals: string | null;
  readonly energyLevel: number | null;
  readonly appVersion: string | null;
  readonly projectId: number | null;
  readonly teamProjectId: number | null;
}

/** What `POST /api/session/cancel` was told. Key is (user, session id). */
export interface StoredCancellation {
  readonly sessionId: string;
  readonly displayId: number;
  readonly createdAt: number;
  readonly fingerprint: string;
  readonly plannedDuration: number;
  /** Minutes, with a fraction. */
  readonly elapsedMinutes: number;
  readonly source: string;
  readonly reason: string | null;
  readonly note: string | null;
  readonly category: string | null;
  readonly projectId: number | null;
  readonly teamProjectId: number | null;
}

/** One local store of a device. */
export interface Incarnation {
  readonly id: string;
  /** Highest `seq` among its operations whose result is committed. */
  readonly settledSeq: number;
  /** Numbers up to there that are settled for nothing, being refused or passed over, and so may come; ascending, a bounded number. */
  readonly refusedSeqs: readonly number[];
  /** Up to this number nobody knows any longer which were refused; absent while all of them are remembered. */
  readonly unknownSeq?: number | undefined;
}

export interface StoredDevice {
  readonly deviceId: string;
  readonly deviceType: string;
  readonly version: string;
  /** As the device calls itself. */
  readonly name: string | null;
  /** As a person called it; shown in place of the other. */
  readonly givenName: string | null;
  readonly lastSeen: number | null;
  readonly sessionsPending: number;
  /** When it said so, or null when it never did. */
  readonly pendingAsOf: number | null;
  /** When the oldest of them was recorded, as the device says it. */
  readonly oldestPending: number | null;
  readonly createdAt: number;
  /** What the exchange remembers; null before the first one. */
  readonly memory: DeviceMemory | null;
}

/** What tells one installation of a device from another, and how far its operations are settled. */
export interface DeviceMemory {
  /** The run that sends now. */
  readonly run: string;
  /** Runs it replaced, newest first, a bounded number: one that comes back belongs to a clone. */
  readonly replacedRuns: readonly string[];
  /** Local stores that used this id, the present one first, a bounded number, each with the highest `seq` settled. */
  readonly incarnations: readonly Incarnation[];
  /** Sessions the store before this one had announced and never sent; told until the device has heard it. Null: nothing to tell. */
  readonly inheritedPending: number | null;
}

/** The one row of counters that makes status cheap: nothing in it is ever found by a scan. */
export interface UserSummary {
  /** Completed sessions, cancelled and deleted ones left out. */
  readonly totalSessions: number;
  /** Their lengths together, in milliseconds. */
  readonly totalMs: number;
  /** Newest `endTime` among them. */
  readonly lastSession: number | null;
  readonly openConflicts: number;
  /** How many of the open conflicts are plain duplicates. */
  readonly duplicateConflicts: number;
  readonly preferencesUpdated: number | null;
  /** Last position given out; the next change gets one more. */
  readonly sequence: number;
  /** Last numbers given out to people, and to conflict groups. */
  readonly lastDisplayId: number;
  readonly lastStartId: number;
  readonly lastCancellationId: number;
  readonly lastGroup: number;
  /** Sessions in state `running`. */
  readonly running: number;
}

export interface StoredPreferences {
  /** Own keys only, from the documented list. */
  readonly values: Readonly<Record<string, string | number | boolean>>;
  readonly updatedAt: number | null;
  /** Merged Yjs state (V1 update), or null before the first change. */
  readonly document: Uint8Array | null;
  /** Its state vector, so that most questions are answered without decoding it; null as `document` is. */
  readonly stateVector: Uint8Array | null;
  /** SHA-256 of `document`, in hex; null as that is. */
  readonly digest: string | null;
  /** The document's last generation, as it ended; null in the first. */
  readonly retired: Uint8Array | null;
}

/** An update that was merged into the preferences document, kept for repair. */
export interface StoredPreferencesUpdate {
  readonly at: number;
  /** Null for a call that named no device. */
  readonly deviceId: string | null;
  /** SHA-256 of `update`, in hex. */
  readonly digest: string;
  readonly update: Uint8Array;
}

/** An open conflict: a connected group of overlapping sessions. Members are rows of their own. */
export interface ConflictGroup {
  readonly group: number;
  readonly members: number;
  /** Whether it is of kind `duplicate`. */
  readonly duplicate: boolean;
}

/** Two sessions whose overlap somebody chose to keep, by one settlement. Several settlements may keep one pair. */
export interface KeptPair {
  /** The smaller id. */
  readonly first: string;
  readonly second: string;
  readonly settlementId: string;
}

/** An operation that took effect or was refused for good, with the answer it was given. */
export interface StoredResult {
  readonly operationId: string;
  readonly createdAt: number;
  /** Digest of the operation, so that another one under the same id is noticed. */
  readonly fingerprint: string;
  /** The result as JSON text, repeated byte for byte. */
  readonly result: string;
}

/** A decision about a conflict. Undone ones stay, so that undoing twice is harmless. */
export interface StoredSettlement {
  readonly id: string;
  readonly sequence: number;
  readonly createdAt: number;
  readonly undoneAt: number | null;
  /** What was decided and what it changed, as JSON text. */
  readonly plan: string;
}

/** One step of the user's history, in the order of commits. */
export type Change =
  | { readonly kind: 'session'; readonly sequence: number; readonly session: StoredSession }
  | { readonly kind: 'settlement'; readonly sequence: number; readonly settlement: StoredSettlement };

/** A live session reduced to what statistics need. */
export interface Activity {
  readonly startTime: number;
  readonly endTime: number;
  readonly duration: number;
  readonly category: string;
  readonly source: string;
  readonly group: number | null;
}

/** What status and an idle exchange need: found by keys, whatever the history. */
export interface Overview {
  readonly epoch: string;
  readonly summary: UserSummary;
  /** Every device of the user, newest contact first, never seen ones last, equal ones by id. */
  readonly devices: readonly StoredDevice[];
}

export interface UserReader {
  /** One statement. */
  overview(): Promise<Overview>;
  preferences(): Promise<StoredPreferences>;
  /** The updates still kept, oldest first. */
  preferencesUpdates(): Promise<readonly StoredPreferencesUpdate[]>;
  /** Those of the ids that exist, in any state, in no particular order. */
  sessions(ids: readonly string[]): Promise<readonly StoredSession[]>;
  starts(sessionIds: readonly string[]): Promise<readonly StoredStart[]>;
  cancellations(sessionIds: readonly string[]): Promise<readonly StoredCancellation[]>;
  /** Sessions in state `running` that began after that instant, of many the newest, oldest first. */
  running(after: number): Promise<readonly StoredSession[]>;
  /** Live sessions that share time with one of the intervals, each once. By index, never by a pass over the history. */
  overlapping(intervals: readonly Interval[]): Promise<readonly LiveSession[]>;
  /** Members of those groups, ordered by start, then id. */
  groupMembers(groups: readonly number[]): Promise<readonly LiveSession[]>;
  /** Members of every open conflict, ordered by start, then id. */
  conflictMembers(): Promise<readonly LiveSession[]>;
  groups(groups: readonly number[]): Promise<readonly ConflictGroup[]>;
  /** Pairs of which both ends are among the ids. */
  keptPairs(ids: readonly string[]): Promise<readonly KeptPair[]>;
  /** How many pairs all settlements keep. */
  keptPairCount(): Promise<number>;
  /** How many stored sessions, in any state, start within [day, day + 24 h), for each start of a UTC day. */
  sessionsPerDay(days: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Newest end among live sessions, found by index. */
  newestEnd(): Promise<number | null>;
  /** What came after that position, oldest first; fewer than `limit` where it is large, and nothing only where there is nothing. */
  changes(after: number, limit: number): Promise<readonly Change[]>;
  results(operationIds: readonly string[]): Promise<readonly StoredResult[]>;
  settlements(ids: readonly string[]): Promise<readonly StoredSettlement[]>;
  /** Live sessions that start within [from, to), ordered by start, then id, in parts of bounded size. */
  activity(from: number, to: number): AsyncIterable<readonly Activity[]>;
  /** Cancellations recorded within [from, to). */
  cancelledCount(from: number, to: number): Promise<number>;
}

/** Rows to write, whole; a row with the same key is replaced. Applied in the order of the fields. */
export interface UserChanges {
  readonly sessions?: readonly StoredSession[];
  readonly starts?: readonly StoredStart[];
  readonly cancellations?: readonly StoredCancellation[];
  /** All members of `from` go to `to`. */
  readonly mergedGroups?: readonly { readonly from: number; readonly to: number }[];
  /** Null takes a session out of its group. */
  readonly members?: readonly { readonly sessionId: string; readonly group: number | null }[];
  readonly groups?: readonly ConflictGroup[];
  readonly removedGroups?: readonly number[];
  readonly keptPairs?: readonly KeptPair[];
  /** Settlements that keep no pair any longer. */
  readonly freedSettlements?: readonly string[];
  readonly devices?: readonly StoredDevice[];
  readonly removedDevices?: readonly string[];
  readonly preferences?: StoredPreferences;
  /** Added to those kept. Older ones than `before`, and all but the newest `most`, are let go. */
  readonly preferencesUpdate?: { readonly added: StoredPreferencesUpdate; readonly before: number; readonly most: number };
  readonly results?: readonly StoredResult[];
  readonly settlements?: readonly StoredSettlement[];
  readonly summary?: UserSummary;
}

export interface UserTransaction extends UserReader {
  /** One or few statements for each kind of row, however many rows. */
  write(changes: UserChanges): Promise<void>;
  /** Runs `work`; when it rejects, everything it wrote is taken back and the transaction goes on. Passes the rejection on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}
