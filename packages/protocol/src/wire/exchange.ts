// POST /api/sync/exchange: one round trip is one complete sync. The device's state and operations go up; results, everybody's
// changes and the status come down. docs/PROTOCOL.md says what each field promises.
import * as z from 'zod/mini';
import type { FieldIssue } from '../rules/field-issue.ts';
import { EXCHANGE_PROTOCOL } from '../rules/exchange-protocol.ts';
import { LIMITS } from '../rules/limits.ts';
import { type Operation, operationSchema } from './operations.ts';
import { type Change, changeSchema, type OperationResult, operationResult, type RunningSession, runningSession } from './records.ts';
import { base64, closed, deviceType, instant, open, type Schema, text, token, uuid, whole } from './schema.ts';
import { type SyncStatusAnswer, syncStatusResponse } from './status-call.ts';

/** Who calls, and what it holds at the moment it sends. */
export interface ExchangeDevice {
  readonly device_id: string;
  readonly device_type: string;
  /** Version of the app. */
  readonly version: string;
  readonly name?: string | undefined;
  /**
   * Distinct sessions with unacknowledged operations, those in this request included; the server subtracts what it settles, so one of which
   * this request tells only a part counts twice. A `start` is no such operation: a session is held once it is finished.
   */
  readonly sessions_pending: number;
  /** When the oldest of them was recorded; null with none. */
  readonly oldest_pending?: string | null | undefined;
  /** UUID minted with the local store, kept in it. A wiped browser has a new one. */
  readonly incarnation: string;
  /** UUID minted each time an engine begins to send, never stored: a run that was replaced and comes back is a clone. */
  readonly run: string;
}

/** Yjs V1, base64: what the sender has, and what it thinks the receiver lacks. */
export interface PreferencesExchange {
  readonly state_vector: string;
  readonly update?: string | undefined;
}

/** What the server has, and what it thinks the caller lacks. Present when the request had `preferences`. */
export interface PreferencesAnswer extends PreferencesExchange {
  /**
   * The request's update was not stored: it held something that is refused, or could not be read. The caller throws its document away,
   * takes the server's by an empty state vector, and sets its own unsent values again.
   */
  readonly rejected?: PreferencesRefusal | undefined;
  /**
   * The document was begun anew, and the caller holds an older one. `update` and `state_vector` are the end of that, or of nothing where it is
   * no longer kept; the request's update was not stored. The caller merges them, takes the new document by an empty state vector, and
   * sets again what the vector shows never to have arrived.
   */
  readonly replaced?: true | undefined;
}

/** Why an update of the preferences was not stored. */
export interface PreferencesRefusal {
  /** An `ErrorCode`, or a newer one. */
  readonly code: string;
  readonly message: string;
  readonly details?: readonly FieldIssue[] | undefined;
}

/** Body of `POST /api/sync/exchange`. */
export interface ExchangeRequest {
  readonly protocol: typeof EXCHANGE_PROTOCOL;
  readonly device: ExchangeDevice;
  /** As the last answer gave it; null to walk from the beginning. */
  readonly cursor: string | null;
  /** Of the last answer; null at first. Another one than the server's means that its time went back. */
  readonly epoch: string | null;
  /** Oldest first, `seq` ascending; at most 1,000. */
  readonly operations: readonly Operation[];
  readonly preferences?: PreferencesExchange | undefined;
  /** Tag of the status this device shows; null for none. */
  readonly status_tag: string | null;
  /** Most changes wanted, 1 to 1,000; default 1,000. */
  readonly limit?: number | undefined;
}

/**
 * Why the walk starts again from the beginning. `epoch`: the server was restored or replaced · `cursor_ahead`: the cursor is from its future ·
 * `cursor_expired`: tombstones after it are gone · `cursor_unknown`: not one of this server's.
 */
export type ResetReason = 'epoch' | 'cursor_ahead' | 'cursor_expired' | 'cursor_unknown';

/** What the server remembers of the calling device. */
export interface DeviceMemory {
  /** Highest `seq` of this incarnation whose result is committed; 0 at first. Never decreases within an epoch and incarnation. */
  readonly ack_seq: number;
  /** The device id was known under another incarnation: its local store was cleared or replaced. */
  readonly incarnation_changed?: boolean | undefined;
  /** With `incarnation_changed`: sessions the earlier one had announced and never sent. */
  readonly announced_pending?: number | undefined;
}

/** 200 of `POST /api/sync/exchange`, sent after commit. */
export interface ExchangeResponse {
  readonly success: true;
  readonly protocol: number;
  /** Random id of this database's history. */
  readonly epoch: string;
  readonly server_time: string;
  /** Position of the user's newest change, in the order of commits. */
  readonly head: number;
  readonly device: DeviceMemory;
  /** One for each operation, in their order. Only operations named here are settled. */
  readonly results: readonly OperationResult[];
  /** Oldest first. A change made by an operation of this very request may be left out: its result says it. */
  readonly changes: readonly Change[];
  /** Where to go on. Store it together with the changes. */
  readonly cursor: string;
  /** More changes are waiting: ask again at once. */
  readonly more: boolean;
  /** Set when the cursor was not followed; `changes` then begin at the beginning. */
  readonly reset?: ResetReason | string | undefined;
  readonly preferences?: PreferencesAnswer | undefined;
  /** Names the status and the running sessions as they are now. */
  readonly status_tag: string;
  /** Left out when `status_tag` is the caller's. */
  readonly status?: SyncStatusAnswer | undefined;
  /** Running sessions of all devices; left out with `status`. */
  readonly running?: readonly RunningSession[] | undefined;
}

/**
 * The protocol version a body claims, before anything else of it is judged: a newer or older one may have other fields.
 * @returns null when the body says none; then the schema names the fault.
 */
export function exchangeProtocolOf(body: unknown): number | null {
  const { protocol } = (typeof body === 'object' && body !== null ? body : {}) as { readonly protocol?: unknown };
  return typeof protocol === 'number' ? protocol : null;
}

const exchangeDevice: Schema<ExchangeDevice> = closed<ExchangeDevice>({
  device_id: token(LIMITS.deviceIdChars),
  device_type: deviceType(),
  version: text(LIMITS.versionBytesMax, 1),
  name: z.optional(text(LIMITS.deviceNameBytesMax, 1)),
  sessions_pending: whole(0, LIMITS.sessionsPendingMax),
  oldest_pending: z.optional(z.nullable(instant())),
  incarnation: uuid(),
  run: uuid(),
});

/* @__NO_SIDE_EFFECTS__ */
function isAscending(operations: readonly Operation[]): boolean {
  return operations.every((operation, i) => i === 0 || operation.seq > (operations[i - 1] as Operation).seq);
}

/* @__NO_SIDE_EFFECTS__ */
function operationList(): Schema<readonly Operation[]> {
  return z.array(operationSchema).check(
    z.maxLength(LIMITS.opsPerExchangeMax),
    z.refine((operations: readonly Operation[]) => isAscending(operations), 'must have ascending seq'),
    z.refine(
      (operations: readonly Operation[]) => new Set(operations.map((operation) => operation.op_id)).size === operations.length,
      'must not repeat an op_id',
    ),
  );
}

/** Schema of {@link ExchangeRequest}. */
export const exchangeRequest: Schema<ExchangeRequest> = closed<ExchangeRequest>({
  protocol: z.literal(EXCHANGE_PROTOCOL),
  device: exchangeDevice,
  cursor: z.nullable(token(LIMITS.cursorChars)),
  epoch: z.nullable(token(LIMITS.cursorChars)),
  operations: operationList(),
  preferences: z.optional(
    closed<PreferencesExchange>({
      state_vector: base64(LIMITS.yjsUpdateBytesMax),
      update: z.optional(base64(LIMITS.yjsUpdateBytesMax)),
    }),
  ),
  status_tag: z.nullable(token(LIMITS.cursorChars)),
  limit: z.optional(whole(1, LIMITS.changesPerPageMax)),
});

/** Schema of {@link ExchangeResponse}. */
export const exchangeResponse: Schema<ExchangeResponse> = open<ExchangeResponse>({
  success: z.literal(true),
  protocol: z.number(),
  epoch: z.string(),
  server_time: z.string(),
  head: z.number(),
  device: open<DeviceMemory>({
    ack_seq: z.number(),
    incarnation_changed: z.optional(z.boolean()),
    announced_pending: z.optional(z.number()),
  }),
  results: z.array(operationResult),
  changes: z.array(changeSchema),
  cursor: z.string(),
  more: z.boolean(),
  reset: z.optional(z.string()),
  preferences: z.optional(
    open<PreferencesAnswer>({
      state_vector: base64(LIMITS.yjsDocBytesMax),
      update: z.optional(base64(LIMITS.yjsDocBytesMax)),
      rejected: z.optional(
        open<PreferencesRefusal>({
          code: z.string(),
          message: z.string(),
          details: z.optional(z.array(open<FieldIssue>({ path: z.string(), message: z.string() }))),
        }),
      ),
      replaced: z.optional(z.literal(true)),
    }),
  ),
  status_tag: z.string(),
  status: z.optional(syncStatusResponse),
  running: z.optional(z.array(runningSession)),
});
