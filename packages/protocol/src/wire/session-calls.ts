// The three documented calls about one session: start, submit, cancel.
import * as z from 'zod/mini';
import { LIMITS } from '../rules/limits.ts';
import { closed, decimal, deviceType, instant, open, type Schema, type ShapeOf, text, uuid, whole } from './schema.ts';
import { categoryText, noteText, plannedMinutes, projectText } from './session-fields.ts';

/** Why a session was cancelled. */
export type CancelReason =
  | 'user_cancelled' | 'interruption' | 'emergency' | 'technical' | 'distraction' | 'completed_early' | 'other';

/** The documented reasons, in their order. */
export const CANCEL_REASONS: readonly CancelReason[] = [
  'user_cancelled', 'interruption', 'emergency', 'technical', 'distraction', 'completed_early', 'other',
];

/** Body of `POST /api/session/start`. Carries no client time, so it is never sent late. */
export interface SessionStartRequest {
  /** UUID minted by the client before the session starts. */
  readonly session_id: string;
  /** Minutes, above 0 and at most 1440. */
  readonly planned_duration: number;
  readonly category: string;
  /** Device type: `mac_app`, `windows_app`, `web_timer` or another of `[a-z0-9_]{1,32}`. */
  readonly source: string;
  readonly project?: string | undefined;
  readonly planning_notes?: string | undefined;
  readonly goals?: string | undefined;
  /** 1 to 10. */
  readonly energy_level?: number | undefined;
  readonly app_version?: string | undefined;
  readonly project_id?: number | undefined;
  readonly team_project_id?: number | undefined;
}

/** The record of a started session. Optional fields that were not sent are null. */
export interface PreSession {
  readonly id: number;
  readonly session_id: string;
  readonly planned_duration: number;
  readonly category: string;
  readonly project: string | null;
  readonly planning_notes: string | null;
  readonly goals: string | null;
  readonly energy_level: number | null;
  readonly source: string;
  readonly created_at: string;
}

/** 201 of `POST /api/session/start`. */
export interface SessionStartResponse {
  readonly success: true;
  /** The UUID, as sent. */
  readonly session_id: string;
  readonly message: string;
  readonly pre_session: PreSession;
  readonly next_steps: {
    readonly timer_start: string;
    readonly completion_endpoint: string;
    readonly cancellation_endpoint: string;
  };
}

/** Body of `POST /api/pomodoro/submit`: all eight are required. */
export interface SubmitRequest {
  /** ISO 8601; with `Z` or an offset. */
  readonly start_time: string;
  readonly end_time: string;
  /** Minutes; within 1 minute of end − start. */
  readonly duration: number;
  readonly category: string;
  /** `team_X` or a personal project's name. */
  readonly project: string;
  /** At most 4,096 UTF-8 bytes; may be empty. */
  readonly note: string;
  readonly source: string;
  /** The UUID minted before the session started. */
  readonly session_id: string;
}

/** The stored session as the submit call prints it. */
export interface PomodoroRecord {
  /** The database id: a number here, text in the answer's `session_id`. */
  readonly id: number;
  readonly duration: number;
  readonly category: string;
  readonly project: string;
  readonly source: string;
  readonly start_time: string;
  readonly end_time: string;
  /** Ours: the note and the client's UUID, so a client can compare content. Production may leave them out. */
  readonly note?: string | undefined;
  readonly session_id?: string | undefined;
}

/** 201 of `POST /api/pomodoro/submit`; 200 when the same session was stored before. */
export interface SubmitResponse {
  readonly success: true;
  /** The **database id** as text ("451"), not the UUID. */
  readonly session_id: string;
  readonly message: string;
  readonly pomodoro: PomodoroRecord;
}

/** Body of `POST /api/session/cancel`. Final: a cancelled session is never completed. */
export interface CancelRequest {
  readonly session_id: string;
  /** Minutes, above 0 and at most 1440. */
  readonly planned_duration: number;
  /** Minutes with a fraction, 0 to 1441; a timer that ran longer says 1441. */
  readonly elapsed_minutes: number;
  readonly source: string;
  readonly reason?: CancelReason | undefined;
  readonly cancel_reason_note?: string | undefined;
  readonly category?: string | undefined;
  readonly project_id?: number | undefined;
  readonly team_project_id?: number | undefined;
}

/** The record of a cancelled session. */
export interface CancellationRecord {
  readonly id: number;
  /** The UUID. */
  readonly session_id: string;
  readonly planned_duration?: number | undefined;
  readonly elapsed_minutes?: number | undefined;
  readonly reason?: string | null | undefined;
  readonly source?: string | undefined;
  readonly created_at?: string | undefined;
}

/** 201 of `POST /api/session/cancel`; 200 when the same cancellation was stored before. */
export interface CancelResponse {
  readonly success: true;
  /** The cancellation's database id as text ("147"). */
  readonly cancellation_id: string;
  readonly message: string;
  readonly cancellation: CancellationRecord;
}

const ROW_ID_MAX = 2_147_483_647;

/** The fields of a cancellation, shared with the exchange's `cancel` operation. */
/* @__NO_SIDE_EFFECTS__ */
export function cancelShape(): ShapeOf<CancelRequest> {
  return {
    session_id: uuid(),
    planned_duration: plannedMinutes(),
    elapsed_minutes: decimal(0, LIMITS.durationMinutesMax),
    source: deviceType(),
    reason: z.optional(z.enum(CANCEL_REASONS)),
    cancel_reason_note: z.optional(noteText()),
    category: z.optional(categoryText()),
    project_id: z.optional(whole(1, ROW_ID_MAX)),
    team_project_id: z.optional(whole(1, ROW_ID_MAX)),
  };
}

/** The eight fields of a submit, shared with the exchange's `submit` operation. */
/* @__NO_SIDE_EFFECTS__ */
export function submitShape(): ShapeOf<SubmitRequest> {
  return {
    start_time: instant(),
    end_time: instant(),
    duration: decimal(0, LIMITS.durationMinutesMax),
    category: categoryText(),
    project: projectText(),
    note: noteText(),
    source: deviceType(),
    session_id: uuid(),
  };
}

/** Schema of {@link SessionStartRequest}. */
export const sessionStartRequest: Schema<SessionStartRequest> = closed<SessionStartRequest>({
  session_id: uuid(),
  planned_duration: plannedMinutes(),
  category: categoryText(),
  source: deviceType(),
  project: z.optional(projectText()),
  planning_notes: z.optional(noteText()),
  goals: z.optional(noteText()),
  energy_level: z.optional(whole(1, 10)),
  app_version: z.optional(text(LIMITS.versionBytesMax)),
  project_id: z.optional(whole(1, ROW_ID_MAX)),
  team_project_id: z.optional(whole(1, ROW_ID_MAX)),
});

/** Schema of {@link SessionStartResponse}. */
export const sessionStartResponse: Schema<SessionStartResponse> = open<SessionStartResponse>({
  success: z.literal(true),
  session_id: z.string(),
  message: z.string(),
  pre_session: open<PreSession>({
    id: z.number(),
    session_id: z.string(),
    planned_duration: z.number(),
    category: z.string(),
    project: z.nullable(z.string()),
    planning_notes: z.nullable(z.string()),
    goals: z.nullable(z.string()),
    energy_level: z.nullable(z.number()),
    source: z.string(),
    created_at: z.string(),
  }),
  next_steps: open<SessionStartResponse['next_steps']>({
    timer_start: z.string(),
    completion_endpoint: z.string(),
    cancellation_endpoint: z.string(),
  }),
});

/** Schema of {@link SubmitRequest}, field by field; `parseSubmit` adds the rules between fields. */
export const submitRequest: Schema<SubmitRequest> = closed<SubmitRequest>(submitShape());

/** Schema of {@link SubmitResponse}. */
export const submitResponse: Schema<SubmitResponse> = open<SubmitResponse>({
  success: z.literal(true),
  session_id: z.string(),
  message: z.string(),
  pomodoro: open<PomodoroRecord>({
    id: z.number(),
    duration: z.number(),
    category: z.string(),
    project: z.string(),
    source: z.string(),
    start_time: z.string(),
    end_time: z.string(),
    note: z.optional(z.string()),
    session_id: z.optional(z.string()),
  }),
});

/* @__NO_SIDE_EFFECTS__ */
function ofOneProject(): Schema<CancelRequest> {
  return closed<CancelRequest>(cancelShape()).check(z.refine(
    (body) => body.project_id === undefined || body.team_project_id === undefined,
    { path: ['team_project_id'], message: 'must be absent beside project_id' },
  ));
}

/** Schema of {@link CancelRequest}: of a project or of a team's, never of both. */
export const cancelRequest: Schema<CancelRequest> = /* @__PURE__ */ ofOneProject();

/** Schema of {@link CancelResponse}. */
export const cancelResponse: Schema<CancelResponse> = open<CancelResponse>({
  success: z.literal(true),
  cancellation_id: z.string(),
  message: z.string(),
  cancellation: open<CancellationRecord>({
    id: z.number(),
    session_id: z.string(),
    planned_duration: z.optional(z.number()),
    elapsed_minutes: z.optional(z.number()),
    reason: z.optional(z.nullable(z.string())),
    source: z.optional(z.string()),
    created_at: z.optional(z.string()),
  }),
});
