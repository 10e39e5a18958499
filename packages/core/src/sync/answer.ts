// What an answer to one delivered operation means: the table of the basic mode, and nothing else. Pure.
// Only an acknowledgement takes an operation out of the outbox, and only a typed refusal of that very item parks it.
import { parseInstant } from '@syncline/protocol';
import type { ParkedReason } from '../api.ts';
import type { Operation } from '../model/operation.ts';
import { asFields, type Fields, parseFields } from '../model/rows.ts';
import type { FinishedSession } from '../model/session.ts';
import type { HttpResponse, TransportResult } from '../ports.ts';
import { retryAfterMs } from './backoff.ts';
import { isHeaderText } from './check-call.ts';
import type { StopReason } from './sync-state.ts';

export const UNCLEAR_MAX = 3;
export const FAULTS_MAX = 8;
const MESSAGE_CHARS_MAX = 500;

/** What happened before this answer, as far as it matters to its meaning. */
export interface AttemptContext {
  readonly operation: Operation;
  /** An earlier try of the same bytes ended without a known outcome. */
  readonly hadUnknown: boolean;
  /** The health call or another item succeeded since this one's last counted 500. */
  readonly othersSucceeded: boolean;
  /** The device's clock. */
  readonly now: number;
}

export interface Failure {
  readonly kind: 'failed';
  /** What is to blame, so what has to wait: everything, or this item alone. */
  readonly scope: 'connection' | 'server' | 'item';
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs: number | null;
  /** The server may have taken it all the same. */
  readonly unknown: boolean;
  /** Which count towards parking it adds to. */
  readonly counts: 'unclear' | 'fault' | null;
}

/** The server settled it. */
export interface Acknowledgement {
  readonly kind: 'acknowledged';
  readonly displayId: string | null;
  /** Null where the server tells none. */
  readonly version: number | null;
  /** Something else was first: it had no effect, and the server's records say how things stand. */
  readonly isSuperseded: boolean;
  /** The server's records where they are not what was sent. */
  readonly sessions: readonly FinishedSession[];
}

export function acknowledgement(displayId: string | null): Acknowledgement {
  return { kind: 'acknowledged', displayId, version: null, isSuperseded: false, sessions: [] };
}

export type Outcome =
  | Acknowledgement
  | { readonly kind: 'parked'; readonly reason: Omit<ParkedReason, 'at'> }
  /** The server's clock has not reached the session's end yet. */
  | { readonly kind: 'held' }
  /** No request was made for it. */
  | { readonly kind: 'unsent' }
  | { readonly kind: 'unauthorized'; readonly status: 401 | 403; readonly code: string; readonly message: string }
  | { readonly kind: 'stopped'; readonly why: StopReason; readonly message: string }
  | Failure;

/** What says nothing of the item, and stands in the way of others too. */
export type Halt = Extract<Outcome, { kind: 'unauthorized' | 'stopped' | 'failed' }>;

/** Several readers look at one answer, which may be large: it is parsed once. */
interface ParsedResponse extends HttpResponse {
  /** Null where it says that it is JSON and is none; undefined where it does not say so. */
  readonly fields: Fields | null | undefined;
}

export function parseResponse(response: HttpResponse): ParsedResponse {
  const isJson = (response.headers['content-type'] ?? '').toLowerCase().includes('json');
  return { ...response, fields: isJson ? parseFields(response.body) : undefined };
}

function fieldsOf(response: HttpResponse | ParsedResponse): ParsedResponse['fields'] {
  return ('fields' in response ? response : parseResponse(response)).fields;
}

/** JSON of an answer that says it is JSON; undefined otherwise. */
export function readJson(response: HttpResponse): Fields | undefined {
  return fieldsOf(response) ?? undefined;
}

/** Whether it says that it is JSON and is none: what is missing may be the reason of a refusal, or a stored record. */
export function isCutOff(response: HttpResponse): boolean {
  return fieldsOf(response) === null;
}

export function failure(scope: Failure['scope'], code: string, message: string, unknown: boolean, more: Partial<Failure> = {}): Failure {
  return { kind: 'failed', scope, code, message, retryAfterMs: null, unknown, counts: null, ...more };
}

export function plainText(text: unknown, fallback: string): string {
  return typeof text === 'string' && text !== '' ? text.slice(0, MESSAGE_CHARS_MAX) : fallback;
}

/** A server that is not ours may say its reason, in words and with names, where the code belongs. */
export function codeOf(body: Fields | undefined, status: number): string {
  const code = body?.['code'];
  return isHeaderText(code) ? code : `http_${status}`;
}

/** Whether the call is not there, as far as such an answer can be believed. */
export function isAbsentCall(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && outcome.scope === 'connection' && (outcome.code === 'not_found' || outcome.code === 'http_404');
}

/** What any call's answer says of the connection and the account; null when the call itself was answered. */
export function readCommon(result: TransportResult, now: number): Halt | null {
  if (!result.ok) return failure('connection', result.failure, plainText(result.message, 'no answer'), true);
  const { response } = result;
  const { status } = response;
  const body = readJson(response);
  const message = plainText(body?.['error'], `The server answered ${status}`);
  const code = codeOf(body, status);
  if (status >= 200 && status < 300) {
    return body === undefined ? failure('connection', 'not_our_server', 'The answer was not JSON', true) : null;
  }
  if (status < 400 || status === 404) return failure('connection', code, message, false);
  if (status === 401 || status === 403) return { kind: 'unauthorized', status, code, message };
  if (status === 410) return { kind: 'stopped', why: 'gone', message };
  if (status === 426) return { kind: 'stopped', why: 'update_needed', message };
  const isBusy = status === 408 || status === 425 || status === 429 || status > 500;
  if (!isBusy) return null;
  const asked = status === 429 || status === 503 ? retryAfterMs(response.headers['retry-after'], response.headers['date'], now) : null;
  return failure('server', code, message, status > 500, { retryAfterMs: asked });
}

/** What the answer to a call that carries no item says; null when it was answered. A 500 there can only be the server's own fault. */
export function readPlainCall(result: TransportResult, now: number): Halt | null {
  const isFault = result.ok && result.response.status === 500;
  return isFault ? failure('server', 'server_fault', 'The server answered 500', false) : readCommon(result, now);
}

/** The outcome of one delivery. */
export function readDelivery(result: TransportResult, context: AttemptContext): Outcome {
  const common = readCommon(result, context.now);
  if (common !== null || !result.ok) return common ?? failure('connection', 'network', 'no answer', true);
  const { response } = result;
  if (response.status < 300) return readSuccess(response, context);
  if (response.status === 500) return readFault(response, context);
  return readRefusal(response, context);
}

function readSuccess(response: HttpResponse, { operation }: AttemptContext): Outcome {
  const body = readJson(response);
  const id = body?.[operation.kind === 'submit' ? 'session_id' : 'cancellation_id'];
  if (body?.['success'] === true && ((typeof id === 'string' && id !== '') || typeof id === 'number')) {
    return acknowledgement(operation.kind === 'submit' ? String(id) : null);
  }
  return unclear(operation, 'The server answered success without an acknowledgement');
}

/** Neither an acknowledgement nor a refusal: too often, and a person decides. */
export function unclear({ delivery }: Operation, message: string): Outcome {
  if (delivery.unclear + 1 >= UNCLEAR_MAX) return { kind: 'parked', reason: { code: 'unclear_answer', message, details: [] } };
  return failure('item', 'unclear_answer', message, true, { counts: 'unclear' });
}

function readFault(response: HttpResponse, { operation, othersSucceeded }: AttemptContext): Outcome {
  return faultOf(plainText(readJson(response)?.['error'], 'The server failed'), operation, othersSucceeded);
}

/** The server failed on a request that carried this item alone. */
export function faultOf(message: string, operation: Operation, othersSucceeded: boolean): Outcome {
  const { faults } = operation.delivery;
  const isCounted = faults === 0 || othersSucceeded;
  if (isCounted && faults + 1 >= FAULTS_MAX) return { kind: 'parked', reason: { code: 'server_fault', message, details: [] } };
  return failure('item', 'server_fault', message, true, { counts: isCounted ? 'fault' : null });
}

/** Statuses that refuse the one item a request carried. */
export const REFUSALS: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);

function readRefusal(response: HttpResponse, context: AttemptContext): Outcome {
  const body = readJson(response);
  const { status } = response;
  if (REFUSALS.has(status) && isCutOff(response)) return unclear(context.operation, `The server's answer of ${status} broke off`);
  const code = codeOf(body, status);
  const message = plainText(body?.['error'], `The server refused it with ${status}`);
  if (status === 400 && code === 'time_in_future') return { kind: 'held' };
  if (status === 409 && isDelivered(body, context)) {
    return acknowledgement(storedDisplayId(asFields(body?.['stored'])));
  }
  if (REFUSALS.has(status)) return { kind: 'parked', reason: { code, message, details: readDetails(body?.['details']) } };
  // No row of the table: something between us and the server answered, or a server we do not know. Treated as a fault of its own.
  return readFault(response, context);
}

/** 409: equal content is there already, or no record is shown and an earlier try may have been the one that stored it. */
export function isDelivered(body: Fields | undefined, { operation, hadUnknown }: AttemptContext): boolean {
  const stored = asFields(body?.['stored']);
  if (stored === null) return hadUnknown && body?.['code'] !== 'session_final';
  const { session } = operation;
  if (operation.kind === 'cancel') return stored['state'] === 'cancelled' || 'cancellation_id' in stored;
  const isStanding = stored['state'] === undefined || stored['state'] === 'completed';
  const isSameNote = stored['note'] === undefined || stored['note'] === session.note;
  return (
    isStanding && instantOf(stored['start_time']) === session.startTime && instantOf(stored['end_time']) === session.endTime &&
    stored['category'] === session.category && stored['project'] === session.project && isSameNote
  );
}

function instantOf(value: unknown): number | null {
  return typeof value === 'string' ? parseInstant(value) : null;
}

function storedDisplayId(stored: Fields | null): string | null {
  const id = stored?.['display_id'] ?? stored?.['id'];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

export function readDetails(value: unknown): ParkedReason['details'] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, 50).map((item) => {
    const row = asFields(item);
    return { path: plainText(row?.['path'], ''), message: plainText(row?.['message'], 'not acceptable') };
  });
}
