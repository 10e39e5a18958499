// GET /api/sync/stream (server-sent events) and GET /api/sync/export (NDJSON): one schema for each event and each line.
import * as z from 'zod/mini';
import { LIMITS } from '../rules/limits.ts';
import {
  type RunningSession, runningSession, type SessionRecord, sessionRecord, type SettlementRecord, settlementRecord,
} from './records.ts';
import { closed, open, type Schema, token, variants } from './schema.ts';

/** Query of the stream. The token goes in the `Authorization` header, never in the address. */
export interface StreamQuery {
  /** Where the device stands; the first event says whether something newer exists. */
  readonly cursor?: string | undefined;
}

/** First event of every stream. */
export interface StreamHello {
  readonly type: 'hello';
  readonly epoch: string;
  readonly head: number;
  /** As in an exchange; another one than the device's means that the status changed. */
  readonly status_tag?: string | undefined;
  readonly server_time: string;
  readonly running: readonly RunningSession[];
}

/** Something newer exists: exchange when `head` is above what you hold. Carries no data of its own. */
export interface StreamChanged {
  readonly type: 'changed';
  readonly head: number;
  readonly status_tag?: string | undefined;
  readonly server_time: string;
}

/** The running sessions of all devices are now these. */
export interface StreamRunning {
  readonly type: 'running';
  readonly running: readonly RunningSession[];
  readonly server_time: string;
}

/** The server is about to end the stream. `auth`: the token expires · `restart`: connect again with jitter · `slow`: events were dropped, exchange now. */
export interface StreamBye {
  readonly type: 'bye';
  readonly reason: string;
}

/** The JSON in one event's `data:` line; the event's name is `type`, its `id` the head. Ignore types you do not know. */
export type StreamEvent = StreamHello | StreamChanged | StreamRunning | StreamBye;

/** Schema of {@link StreamQuery}. */
export const streamQuery: Schema<StreamQuery> = closed<StreamQuery>({ cursor: z.optional(token(LIMITS.cursorChars)) });

/** Schema of {@link StreamEvent}. */
export const streamEvent: Schema<StreamEvent> = variants<StreamEvent>('type', [
  open<StreamHello>({
    type: z.literal('hello'),
    epoch: z.string(),
    head: z.number(),
    status_tag: z.optional(z.string()),
    server_time: z.string(),
    running: z.array(runningSession),
  }),
  open<StreamChanged>({
    type: z.literal('changed'), head: z.number(), status_tag: z.optional(z.string()), server_time: z.string(),
  }),
  open<StreamRunning>({ type: z.literal('running'), running: z.array(runningSession), server_time: z.string() }),
  open<StreamBye>({ type: z.literal('bye'), reason: z.string() }),
]);

/** First line of an export. */
export interface ExportHeader {
  readonly type: 'header';
  /** Version of this format: 1. */
  readonly format: number;
  readonly user_id: string;
  readonly username: string;
  readonly exported_at: string;
  readonly epoch: string;
}

/** A session, deleted and cancelled ones included. */
export interface ExportSession {
  readonly type: 'session';
  readonly session: SessionRecord;
}

/** A settlement, undone ones included. */
export interface ExportSettlement {
  readonly type: 'settlement';
  readonly settlement: SettlementRecord;
}

/** A device. */
export interface ExportDevice {
  readonly type: 'device';
  readonly device_id: string;
  readonly device_type: string;
  readonly version: string;
  readonly name: string | null;
  readonly last_seen: string | null;
  readonly sessions_pending: number;
}

/** The preferences. */
export interface ExportPreferences {
  readonly type: 'preferences';
  readonly values: Readonly<Record<string, unknown>>;
  readonly updated_at: string | null;
}

/** Last line; an export without it was cut. */
export interface ExportEnd {
  readonly type: 'end';
  /** Lines before this one. */
  readonly lines: number;
}

/** One line of `GET /api/sync/export`, told apart by `type`. */
export type ExportLine = ExportHeader | ExportSession | ExportSettlement | ExportDevice | ExportPreferences | ExportEnd;

/** Schema of {@link ExportLine}. */
export const exportLine: Schema<ExportLine> = variants<ExportLine>('type', [
  open<ExportHeader>({
    type: z.literal('header'),
    format: z.number(),
    user_id: z.string(),
    username: z.string(),
    exported_at: z.string(),
    epoch: z.string(),
  }),
  open<ExportSession>({ type: z.literal('session'), session: sessionRecord }),
  open<ExportSettlement>({ type: z.literal('settlement'), settlement: settlementRecord }),
  open<ExportDevice>({
    type: z.literal('device'),
    device_id: z.string(),
    device_type: z.string(),
    version: z.string(),
    name: z.nullable(z.string()),
    last_seen: z.nullable(z.string()),
    sessions_pending: z.number(),
  }),
  open<ExportPreferences>({
    type: z.literal('preferences'), values: z.record(z.string(), z.unknown()), updated_at: z.nullable(z.string()),
  }),
  open<ExportEnd>({ type: z.literal('end'), lines: z.number() }),
]);
