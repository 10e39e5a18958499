// What a device asks the server to do. Ids and times are fixed when the person acts; a resend repeats the same bytes.
import * as z from 'zod/mini';
import { LIMITS } from '../rules/limits.ts';
import { base64, closed, decimal, deviceType, instant, type Schema, type ShapeOf, text, token, uuid, variants, whole } from './schema.ts';
import { type CancelRequest, cancelRequest, type SubmitRequest, submitShape } from './session-calls.ts';
import type { ClockRecord, SettledSession, SettlementMemory, SettlementRecord } from './records.ts';
import { categoryText, noteText, plannedMinutes, projectText } from './session-fields.ts';

/** What every operation carries. */
export interface OperationHead {
  /** UUID minted with the operation. It takes effect once, however often it arrives. */
  readonly op_id: string;
  /** The device's own running number, from 1, never reused within an incarnation; not a time. */
  readonly seq: number;
}

/** An operation that a device offers again, because the server's time went back. */
export interface SessionHead extends OperationHead {
  /**
   * The version that the session had with it before. Where the stored one is as new, nothing happens; otherwise it has that version again,
   * so that of what several devices offer the newest stands. Only to a server that lists `versions`.
   */
  readonly known_version?: number | undefined;
}

/** A finished session: the eight documented fields, and what only the extension knows. */
export interface SubmittedSession extends SubmitRequest {
  /** At most 16 of at most 64 bytes. */
  readonly tags?: readonly string[] | undefined;
  /** Only to a server that lists `clocks`; an older one refuses what it does not know. */
  readonly clock?: ClockRecord | undefined;
}

/** Stores a finished session. The same id with the same content again is a `duplicate`. */
export interface SubmitOperation extends SessionHead {
  readonly type: 'submit';
  readonly session: SubmittedSession;
  /** With `known_version`: id of the device whose session it is, where another one offers it again. */
  readonly recorded_by?: string | undefined;
}

/** Fields of a session that may be changed; absent ones keep their value. Times come as a pair, with the duration. */
export interface SessionEdit {
  readonly start_time?: string | undefined;
  readonly end_time?: string | undefined;
  readonly duration?: number | undefined;
  readonly category?: string | undefined;
  readonly project?: string | undefined;
  readonly note?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Yjs V1 update (base64) of the session's note and tags, for edits that merge; `note` and `tags` then hold the merged text. */
  readonly annotation?: string | undefined;
}

/** Changes a stored session. Superseded when times, category or project changed since `base_version`; an `annotation` always merges. */
export interface AmendOperation extends SessionHead {
  readonly type: 'amend';
  readonly session_id: string;
  readonly base_version: number;
  readonly edit: SessionEdit;
}

/** Deletes a session; it stays recoverable for 30 days. Superseded when it changed since `base_version`. */
export interface DeleteOperation extends SessionHead {
  readonly type: 'delete';
  readonly session_id: string;
  readonly base_version: number;
}

/** Takes a delete back. */
export interface RestoreOperation extends SessionHead {
  readonly type: 'restore';
  readonly session_id: string;
}

/** Says that a session runs, with its true start. */
export interface StartOperation extends OperationHead {
  readonly type: 'start';
  readonly session_id: string;
  readonly start_time: string;
  /** Minutes. */
  readonly planned_duration: number;
  readonly category: string;
  readonly project?: string | undefined;
  readonly planning_notes?: string | undefined;
  readonly source: string;
  /** Refuse with `session_running` and the other session when another device's is running, so the app can ask first. Default false. */
  readonly ask_first?: boolean | undefined;
}

/** Ends a session without counting it. Final. */
export interface CancelOperation extends OperationHead {
  readonly type: 'cancel';
  readonly cancellation: CancelRequest;
}

/** How a conflict was settled. */
export type SettlementKind = 'keep_all' | 'keep_one' | 'trim' | 'split' | 'merge_span' | 'merge_sum';

/** The kinds of settlement. */
export const SETTLEMENT_KINDS: readonly SettlementKind[] = ['keep_all', 'keep_one', 'trim', 'split', 'merge_span', 'merge_sum'];

/** A session and the version a decision was based on. */
export interface SessionVersion {
  readonly session_id: string;
  /** 0 for a session the server has not acknowledged yet: then the submit before it in the queue made it. */
  readonly version: number;
}

/**
 * What a settlement does, worked out by the device that decided, so that every device shows the same result.
 * Applied as a whole or not at all.
 */
export interface SettlementPlan {
  /** Sessions to change. */
  readonly edits: readonly { readonly session_id: string; readonly edit: SessionEdit }[];
  /** Sessions to delete. */
  readonly deletes: readonly string[];
  /** Sessions to add (the second half of a split), with ids minted by the device. */
  readonly creates: readonly SubmittedSession[];
}

/** Settles a conflict. Superseded when any named session is at another version. */
export interface ResolveOperation extends OperationHead {
  readonly type: 'resolve';
  readonly kind: SettlementKind;
  /** 2 to 100 sessions the decision looked at. With `keep_all` every pair of them is kept. */
  readonly sessions: readonly SessionVersion[];
  readonly plan: SettlementPlan;
}

/** Undoes a settlement. Superseded when a session it touched changed since. Undoing twice is harmless. */
export interface UnresolveOperation extends OperationHead {
  readonly type: 'unresolve';
  /** `op_id` of the `resolve`. */
  readonly settlement_id: string;
}

/** A settlement as a server told it, with what undoing it needs. */
export interface RememberedSettlement extends SettlementRecord {
  readonly kind: SettlementKind;
  readonly memory: SettlementMemory;
}

/**
 * Gives back a settlement to a server whose time went back; or that it was undone. Changes no session: these are offered again by themselves.
 * The pairs of a `keep_all` are kept with it, or no longer. Only to a server that lists `versions`.
 */
export interface RememberOperation extends OperationHead {
  readonly type: 'remember';
  readonly settlement: RememberedSettlement;
}

/** Any operation, told apart by `type`. */
export type Operation =
  | SubmitOperation | AmendOperation | DeleteOperation | RestoreOperation
  | StartOperation | CancelOperation | ResolveOperation | UnresolveOperation | RememberOperation;

/** The word in an operation's `type`. */
export type OperationType = Operation['type'];

/** The types of operation. */
export const OPERATION_TYPES: readonly OperationType[] = [
  'submit', 'amend', 'delete', 'restore', 'start', 'cancel', 'resolve', 'unresolve', 'remember',
];

const VERSION_MAX = 2_147_483_647;
/** Leaves room for every change that may still come. */
const KNOWN_VERSION_MAX = 1_000_000_000;
/** A thousand years: clocks are wrong by anything. */
const CLOCK_MS_MAX = 31_600_000_000_000;

/* @__NO_SIDE_EFFECTS__ */
function headShape(): ShapeOf<OperationHead> {
  return { op_id: uuid(), seq: whole(1, Number.MAX_SAFE_INTEGER) };
}

/* @__NO_SIDE_EFFECTS__ */
function sessionHeadShape(): ShapeOf<SessionHead> {
  return { ...headShape(), known_version: z.optional(whole(1, KNOWN_VERSION_MAX)) };
}

/* @__NO_SIDE_EFFECTS__ */
function tagList(): z.ZodMiniArray<z.ZodMiniString<string>> {
  return z.array(text(LIMITS.tagBytesMax, 1)).check(z.maxLength(LIMITS.tagsMax));
}

const submittedSession: Schema<SubmittedSession> = closed<SubmittedSession>({
  ...submitShape(),
  tags: z.optional(tagList()),
  clock: z.optional(closed<ClockRecord>({ offset_ms: whole(-CLOCK_MS_MAX, CLOCK_MS_MAX), error_ms: whole(0, CLOCK_MS_MAX) })),
});

/** Times change together or not at all: two edges from two devices must never make an interval nobody recorded. */
/* @__NO_SIDE_EFFECTS__ */
function hasWholeInterval(edit: SessionEdit): boolean {
  const given = [edit.start_time, edit.end_time, edit.duration].filter((value) => value !== undefined).length;
  return given === 0 || given === 3;
}

const sessionEdit: Schema<SessionEdit> = /* @__PURE__ */ closed<SessionEdit>({
  start_time: z.optional(instant()),
  end_time: z.optional(instant()),
  duration: z.optional(decimal(0, LIMITS.durationMinutesMax)),
  category: z.optional(categoryText()),
  project: z.optional(projectText()),
  note: z.optional(noteText()),
  tags: z.optional(tagList()),
  annotation: z.optional(base64(LIMITS.yjsUpdateBytesMax)),
}).check(z.refine(hasWholeInterval, 'must give start_time, end_time and duration together'));

const sessionVersion: Schema<SessionVersion> = closed<SessionVersion>({ session_id: uuid(), version: whole(0, VERSION_MAX) });

/* @__NO_SIDE_EFFECTS__ */
function cappedList<T>(item: Schema<T>, min: number): Schema<readonly T[]> {
  return z.array(item).check(z.minLength(min), z.maxLength(LIMITS.settlementSessionsMax));
}

const settlementPlan: Schema<SettlementPlan> = closed<SettlementPlan>({
  edits: cappedList(closed<SettlementPlan['edits'][number]>({ session_id: uuid(), edit: sessionEdit }), 0),
  deletes: cappedList<string>(uuid(), 0),
  creates: cappedList(submittedSession, 0),
});

const rememberedSettlement: Schema<RememberedSettlement> = closed<RememberedSettlement>({
  settlement_id: uuid(),
  kind: z.enum(SETTLEMENT_KINDS),
  session_ids: cappedList<string>(uuid(), 2),
  settled_at: instant(),
  undone_at: z.nullable(instant()),
  device_id: z.nullable(token(LIMITS.deviceIdChars)),
  memory: closed<SettlementMemory>({
    before: cappedList(closed<SettledSession>({
      session_id: uuid(), start_time: instant(), end_time: instant(), duration: decimal(0, LIMITS.durationMinutesMax),
      category: categoryText(), project: projectText(), note: noteText(), tags: tagList(),
    }), 0),
    created: cappedList<string>(uuid(), 0),
    versions: z.array(sessionVersion).check(z.maxLength(2 * LIMITS.settlementSessionsMax)),
  }),
});

/** Schema of {@link Operation}. */
export const operationSchema: Schema<Operation> = variants<Operation>('type', [
  closed<SubmitOperation>({ ...sessionHeadShape(), type: z.literal('submit'), session: submittedSession, recorded_by: z.optional(token(LIMITS.deviceIdChars)) }),
  closed<AmendOperation>({
    ...sessionHeadShape(), type: z.literal('amend'), session_id: uuid(), base_version: whole(0, VERSION_MAX), edit: sessionEdit,
  }),
  closed<DeleteOperation>({ ...sessionHeadShape(), type: z.literal('delete'), session_id: uuid(), base_version: whole(0, VERSION_MAX) }),
  closed<RestoreOperation>({ ...sessionHeadShape(), type: z.literal('restore'), session_id: uuid() }),
  closed<StartOperation>({
    ...headShape(),
    type: z.literal('start'),
    session_id: uuid(),
    start_time: instant(),
    planned_duration: plannedMinutes(),
    category: categoryText(),
    project: z.optional(projectText()),
    planning_notes: z.optional(noteText()),
    source: deviceType(),
    ask_first: z.optional(z.boolean()),
  }),
  closed<CancelOperation>({ ...headShape(), type: z.literal('cancel'), cancellation: cancelRequest }),
  closed<ResolveOperation>({
    ...headShape(),
    type: z.literal('resolve'),
    kind: z.enum(SETTLEMENT_KINDS),
    sessions: cappedList(sessionVersion, 2),
    plan: settlementPlan,
  }),
  closed<UnresolveOperation>({ ...headShape(), type: z.literal('unresolve'), settlement_id: uuid() }),
  closed<RememberOperation>({ ...headShape(), type: z.literal('remember'), settlement: rememberedSettlement }),
]);
