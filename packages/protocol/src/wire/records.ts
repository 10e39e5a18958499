// What the server says of a user's records: results of operations, changes, running sessions, stream events, export lines.
// All open: unknown fields are kept and unknown words are no fault.
import * as z from 'zod/mini';
import type { FieldIssue } from '../rules/field-issue.ts';
import type { SettlementKind } from './operations.ts';
import { open, openWord, type Schema } from './schema.ts';

/**
 * How far the clock that a session's times were taken from was ahead of the server's, and how wrong that may be: half of a round trip,
 * and more with the time since. Whole milliseconds.
 */
export interface ClockRecord {
  readonly offset_ms: number;
  readonly error_ms: number;
}

/** A session as the server holds it. A deleted one is a tombstone: the same record with `deleted_at`. */
export interface SessionRecord {
  /** The UUID. */
  readonly session_id: string;
  /** The database id, as text: the number shown to people. */
  readonly display_id: string;
  /** Counts from 1, one more with each change. Compare only within one epoch. */
  readonly version: number;
  /** `running`, `completed` or `cancelled`. */
  readonly state: string;
  /** Null when a session was cancelled without times. */
  readonly start_time: string | null;
  /** Null while running, and when cancelled without times. */
  readonly end_time: string | null;
  /** Minutes; null as `end_time` is. */
  readonly duration: number | null;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  readonly source: string;
  readonly device_id: string | null;
  readonly tags?: readonly string[] | undefined;
  /** As the device that recorded it told; absent where it told none, and once somebody changed the times. */
  readonly clock?: ClockRecord | undefined;
  /** Yjs V1 state (base64) of note and tags, once somebody edited them after recording. */
  readonly annotation?: string | undefined;
  readonly deleted_at: string | null;
  /** A cancelled session's reason. */
  readonly cancel_reason?: string | null | undefined;
}

/** A settled conflict. Undone ones stay, with `undone_at`. */
export interface SettlementRecord {
  /** `op_id` of the `resolve`. */
  readonly settlement_id: string;
  readonly kind: SettlementKind | string;
  /** The sessions the decision looked at, ordered by id. With `keep_all` every pair of them is kept while `undone_at` is null. */
  readonly session_ids: readonly string[];
  readonly settled_at: string;
  readonly undone_at: string | null;
  /** Device that decided. */
  readonly device_id: string | null;
  /** What undoing it needs. A device keeps it, and gives it back to a server whose time went back (`remember`). */
  readonly memory?: SettlementMemory | undefined;
}

/** What a settlement changed. */
export interface SettlementMemory {
  /** The sessions that it changed, as they were before. */
  readonly before: readonly SettledSession[];
  /** Sessions that it made. */
  readonly created: readonly string[];
  /** The version at which it left each of these. */
  readonly versions: readonly { readonly session_id: string; readonly version: number }[];
}

/** The fields of a session that a settlement may change. */
export interface SettledSession {
  readonly session_id: string;
  readonly start_time: string;
  readonly end_time: string;
  readonly duration: number;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  readonly tags: readonly string[];
}

/** One step of the user's history. `seq` is its position in the order of commits. */
export interface Change {
  readonly seq: number;
  /** `session` or `settlement`; skip kinds you do not know. */
  readonly type: string;
  readonly session?: SessionRecord | undefined;
  readonly settlement?: SettlementRecord | undefined;
}

/** A session that runs now on some device. */
export interface RunningSession {
  readonly session_id: string;
  readonly device_id: string | null;
  readonly device_type: string;
  readonly device_name?: string | null | undefined;
  readonly start_time: string;
  /** Minutes. */
  readonly planned_duration: number | null;
  readonly category: string;
  readonly project: string | null;
}

/**
 * What became of an operation. `applied`: it took effect now · `duplicate`: it had taken effect before, `original` says how ·
 * `superseded`: something else was first, nothing changed, the server's record comes along · `rejected`: see `code`; nothing was
 * stored, so the same operation may be sent again where the code's retry class allows.
 */
export type ResultStatus = 'applied' | 'duplicate' | 'superseded' | 'rejected';

/** The words in a result's `status`. */
export const RESULT_STATUSES: readonly ResultStatus[] = ['applied', 'duplicate', 'superseded', 'rejected'];

/** The result of one operation; one for each, in the order sent. */
export interface OperationResult {
  readonly op_id: string;
  readonly status: ResultStatus;
  /** With `duplicate`: how it ended the first time. */
  readonly original?: 'applied' | 'superseded' | undefined;
  /** With `rejected` and `superseded`: an `ErrorCode`, or a newer one. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly details?: readonly FieldIssue[] | undefined;
  /** The session's number for people and its version after the operation. */
  readonly display_id?: string | undefined;
  readonly version?: number | undefined;
  /** Position of the change it made. */
  readonly seq?: number | undefined;
  /**
   * The server's record; always with `superseded` and `session_id_reused`, else where it differs from what was sent. With `duplicate` it is that of
   * now, and may be newer than `version`. Of several records of a session in one answer's results, only the newest tells the `annotation`.
   */
  readonly session?: SessionRecord | undefined;
  /** All sessions a settlement touched, as they are now. */
  readonly sessions?: readonly SessionRecord[] | undefined;
  /** With `resolve` and `unresolve`: the settlement. */
  readonly settlement?: SettlementRecord | undefined;
  /** With `start`, the first time: sessions running on other devices, ten at most. */
  readonly running?: readonly RunningSession[] | undefined;
}

/** Schema of {@link SessionRecord}. */
export const sessionRecord: Schema<SessionRecord> = open<SessionRecord>({
  session_id: z.string(),
  display_id: z.string(),
  version: z.number(),
  state: openWord(['running', 'completed', 'cancelled']),
  start_time: z.nullable(z.string()),
  end_time: z.nullable(z.string()),
  duration: z.nullable(z.number()),
  category: z.string(),
  project: z.string(),
  note: z.string(),
  source: z.string(),
  device_id: z.nullable(z.string()),
  tags: z.optional(z.array(z.string())),
  clock: z.optional(open<ClockRecord>({ offset_ms: z.number(), error_ms: z.number() })),
  annotation: z.optional(z.string()),
  deleted_at: z.nullable(z.string()),
  cancel_reason: z.optional(z.nullable(z.string())),
});

/** Schema of {@link SettlementRecord}. */
export const settlementRecord: Schema<SettlementRecord> = open<SettlementRecord>({
  settlement_id: z.string(),
  kind: openWord(['keep_all', 'keep_one', 'trim', 'split', 'merge_span', 'merge_sum']),
  session_ids: z.array(z.string()),
  settled_at: z.string(),
  undone_at: z.nullable(z.string()),
  device_id: z.nullable(z.string()),
  memory: z.optional(open<SettlementMemory>({
    before: z.array(open<SettledSession>({
      session_id: z.string(), start_time: z.string(), end_time: z.string(), duration: z.number(), category: z.string(), project: z.string(), note: z.string(), tags: z.array(z.string()),
    })),
    created: z.array(z.string()),
    versions: z.array(open<SettlementMemory['versions'][number]>({ session_id: z.string(), version: z.number() })),
  })),
});

/** Schema of {@link Change}. */
export const changeSchema: Schema<Change> = open<Change>({
  seq: z.number(),
  type: openWord(['session', 'settlement']),
  session: z.optional(sessionRecord),
  settlement: z.optional(settlementRecord),
});

/** Schema of {@link RunningSession}. */
export const runningSession: Schema<RunningSession> = open<RunningSession>({
  session_id: z.string(),
  device_id: z.nullable(z.string()),
  device_type: z.string(),
  device_name: z.optional(z.nullable(z.string())),
  start_time: z.string(),
  planned_duration: z.nullable(z.number()),
  category: z.string(),
  project: z.nullable(z.string()),
});

/** Schema of {@link OperationResult}. */
export const operationResult: Schema<OperationResult> = open<OperationResult>({
  op_id: z.string(),
  status: z.enum(RESULT_STATUSES),
  original: z.optional(z.enum(['applied', 'superseded'])),
  code: z.optional(z.string()),
  message: z.optional(z.string()),
  details: z.optional(z.array(open<FieldIssue>({ path: z.string(), message: z.string() }))),
  display_id: z.optional(z.string()),
  version: z.optional(z.number()),
  seq: z.optional(z.number()),
  session: z.optional(sessionRecord),
  sessions: z.optional(z.array(sessionRecord)),
  settlement: z.optional(settlementRecord),
  running: z.optional(z.array(runningSession)),
});
