// GET /api/sync/status, and the body of every error.
import * as z from 'zod/mini';
import { LIMITS } from '../rules/limits.ts';
import type { FieldIssue } from '../rules/field-issue.ts';
import type { ConflictResolution, DataSummary, DeviceStatus, SyncStatus } from '../rules/status.ts';
import type { WireConflict } from '../rules/conflict.ts';
import { queryBoolean, queryWhole } from './query.ts';
import { closed, open, openWord, type Schema } from './schema.ts';

/** Query of `GET /api/sync/status`; the defaults are those of `deriveSyncStatus`. */
export interface SyncStatusQuery {
  readonly include_devices?: boolean | undefined;
  readonly check_conflicts?: boolean | undefined;
  /** 1 to 8760. */
  readonly last_hours?: number | undefined;
}

/** A device's row as some server sends it: words may be new, a name may come along. */
export interface DeviceStatusAnswer extends Omit<DeviceStatus, 'sync_status'> {
  readonly sync_status: string;
}

/** A conflict as some server sends it. */
export interface ConflictAnswer extends Omit<WireConflict, 'type' | 'resolution'> {
  readonly type: string;
  readonly resolution: string;
}

/**
 * 200 of `GET /api/sync/status` as a client reads it. {@link SyncStatus} is what our own rules produce; from a server a word may be one
 * we do not know, and a lag may be a number. Compare with `deriveSyncStatus` before showing it as truth.
 */
export interface SyncStatusAnswer
  extends Omit<SyncStatus, 'sync_status' | 'sync_lag' | 'devices' | 'conflicts' | 'conflict_resolution'> {
  readonly sync_status: string;
  readonly sync_lag: string | number | null;
  readonly devices?: readonly DeviceStatusAnswer[] | undefined;
  readonly conflicts?: readonly ConflictAnswer[] | undefined;
  readonly conflict_resolution?: ConflictResolution | undefined;
}

/** The body of every error. Only `error` is documented; the others are ours and may be absent elsewhere. */
export interface ErrorResponse {
  /** One line for people. Never compare it. */
  readonly error: string;
  /** One of `ErrorCode`, or a newer one. */
  readonly code?: string | undefined;
  /** One entry for each faulty field. */
  readonly details?: readonly FieldIssue[] | undefined;
  readonly request_id?: string | undefined;
  /** With `session_id_reused`: the session as it is stored. */
  readonly stored?: unknown;
}

/** Schema of {@link SyncStatusQuery}. */
export const syncStatusQuery: Schema<SyncStatusQuery> = closed<SyncStatusQuery>({
  include_devices: z.optional(queryBoolean()),
  check_conflicts: z.optional(queryBoolean()),
  last_hours: z.optional(queryWhole(1, LIMITS.lastHoursMax)),
});

const deviceRow: Schema<DeviceStatusAnswer> = open<DeviceStatusAnswer>({
  device_id: z.string(),
  device_type: z.string(),
  last_seen: z.nullable(z.string()),
  sync_status: openWord(['up_to_date', 'stale', 'pending', 'offline']),
  version: z.string(),
  sessions_pending: z.number(),
});

const dataSummary: Schema<DataSummary> = open<DataSummary>({
  total_sessions: z.number(),
  unsynced_sessions: z.number(),
  last_session: z.nullable(z.string()),
  preferences_updated: z.nullable(z.string()),
  conflicts_detected: z.number(),
});

const conflictRow: Schema<ConflictAnswer> = open<ConflictAnswer>({
  type: openWord(['session_overlap']),
  description: z.string(),
  affected_sessions: z.array(z.string()),
  resolution: openWord(['manual_review_required', 'delete_duplicate']),
  devices: z.array(z.string()),
});

/** Schema of {@link SyncStatusAnswer}. */
export const syncStatusResponse: Schema<SyncStatusAnswer> = open<SyncStatusAnswer>({
  sync_status: openWord(['healthy', 'delayed', 'conflicts', 'offline']),
  last_sync: z.nullable(z.string()),
  sync_lag: z.nullable(z.union([z.string(), z.number()])),
  total_devices: z.number(),
  active_devices: z.number(),
  pending_syncs: z.number(),
  devices: z.optional(z.array(deviceRow)),
  data_summary: dataSummary,
  recommendations: z.array(z.string()),
  conflicts: z.optional(z.array(conflictRow)),
  conflict_resolution: z.optional(
    open<ConflictResolution>({
      auto_resolvable: z.boolean(),
      recommended_action: z.string(),
      support_contact: z.string(),
    }),
  ),
});

/** Schema of {@link ErrorResponse}. */
export const errorResponse: Schema<ErrorResponse> = open<ErrorResponse>({
  error: z.string(),
  code: z.optional(z.string()),
  details: z.optional(z.array(open<FieldIssue>({ path: z.string(), message: z.string() }))),
  request_id: z.optional(z.string()),
  stored: z.optional(z.unknown()),
});
