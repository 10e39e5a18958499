// Requests to the server: headers, the token at the moment of sending, deadlines. Judges no answer beyond "this token is dead".
import { boundOfTrip, type Moment } from '../model/clock-bound.ts';
import type { Clock, HttpRequest, Transport, TransportResult } from '../ports.ts';
import { parseResponse } from './answer.ts';
import { parseHttpDate } from './backoff.ts';
import type { Diary } from './diary.ts';
import { type ClockBound, parseInstant } from '@syncline/protocol';
import type { Self } from './status-input.ts';
import type { TokenAnswer, Tokens } from './tokens.ts';

const DEADLINE_MS = 30_000;
/** The server's stream is never silent for longer than 20 s. */
const SILENCE_MS = 45_000;
/** The answer to one settlement may tell two hundred sessions with a large document each. */
const BODY_CHARS_MAX = 24_000_000;
/** A clock difference below this is noise: `Date` has whole seconds. */
export const SKEW_NOISE_MS = 2000;

export type Sent =
  | { readonly kind: 'answered'; readonly result: TransportResult }
  | { readonly kind: 'no_token'; readonly refusal: Extract<TokenAnswer, { ok: false }> };

export interface ServerCallsOptions {
  readonly transport: Transport;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly appIdentifier: string | null;
  /** Sent in its place, and only with the device's id. */
  readonly defaultIdentifier: string | null;
  readonly self: Self;
  /** What the server is known to offer; empty for a basic one, which may refuse headers it does not know. */
  readonly capabilities: () => readonly string[];
  readonly sessionsPending: () => number;
  /** Whether nothing may be asked now, since something failed meanwhile. */
  readonly isPausing: () => boolean;
  /** Every answer of our server that came at once: its clock against ours; null when the answer tells no time. */
  readonly onAnswer: (told: ClockBound | null) => void;
  readonly diary: Diary;
}

export class ServerCalls {
  readonly #options: ServerCallsOptions;

  constructor(options: ServerCallsOptions) {
    this.#options = options;
  }

  /** `GET /api/health`: the one call without a token. */
  health(signal: AbortSignal): Promise<TransportResult> {
    return this.#send('GET', '/api/health', undefined, {}, signal);
  }

  status(signal: AbortSignal): Promise<Sent> {
    return this.call('GET', '/api/sync/status?check_conflicts=true', undefined, signal);
  }

  post(path: string, body: string, signal: AbortSignal): Promise<Sent> {
    return this.call('POST', path, body, signal);
  }

  /** Any call with a token. */
  call(method: HttpRequest['method'], path: string, body: string | undefined, signal: AbortSignal): Promise<Sent> {
    return this.#withToken((headers) => this.#send(method, path, body, headers, signal));
  }

  /** Whether this platform can read an answer while it arrives. */
  get canStream(): boolean {
    return this.#options.transport.stream !== undefined;
  }

  /** `GET /api/sync/stream`: resolves when it ends. */
  stream(cursor: string | null, onText: (text: string) => void, signal: AbortSignal): Promise<Sent> {
    const path = `/api/sync/stream${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`;
    return this.#withToken((headers) => this.#listen(path, { Accept: 'text/event-stream', ...headers }, onText, signal));
  }

  async #listen(path: string, headers: Record<string, string>, onText: (text: string) => void, signal: AbortSignal): Promise<TransportResult> {
    const { transport } = this.#options;
    const request: HttpRequest = { method: 'GET', path, headers, timeoutMs: SILENCE_MS, maxBodyChars: BODY_CHARS_MAX };
    return this.#note(request, async () => transport.stream?.(request, onText, signal) ?? { ok: false, failure: 'network', message: 'no streams here' });
  }

  /** A 401 is answered by asking for the token once more; only a different one is tried, and none while other requests are answered with a pause. */
  async #withToken(send: (headers: Record<string, string>) => Promise<TransportResult>): Promise<Sent> {
    const { tokens, isPausing } = this.#options;
    let refused: Sent | null = null;
    for (;;) {
      const token = await tokens.current();
      // The same dead token again: what the server said of it is the better answer.
      if (!token.ok) return refused !== null && token.code === 'token_refused' ? refused : { kind: 'no_token', refusal: token };
      const result = await send({ Authorization: `Bearer ${token.token}`, ...this.#ownHeaders() });
      if (!result.ok || result.response.status !== 401) return { kind: 'answered', result };
      tokens.refuse(token.token);
      if (refused !== null || isPausing()) return { kind: 'answered', result };
      refused = { kind: 'answered', result };
    }
  }

  #ownHeaders(): Record<string, string> {
    const { appIdentifier, defaultIdentifier, capabilities, self: { deviceId }, sessionsPending } = this.#options;
    const isListed = capabilities().length > 0;
    const identifier = appIdentifier ?? (isListed ? defaultIdentifier : null);
    return {
      ...(identifier && { 'X-App-Identifier': identifier }),
      ...(isListed && { 'X-Device-Id': deviceId, 'X-Sessions-Pending': String(sessionsPending()) }),
    };
  }

  async #note({ method, path, body }: HttpRequest, run: () => Promise<TransportResult>): Promise<TransportResult> {
    const { clock, diary } = this.#options;
    const [at, before] = [clock.now(), clock.monotonic()];
    const result = await run();
    diary.noteRequest({
      at, method, path: path.split('?')[0] ?? '', outcome: result.ok ? result.response.status : result.failure, ms: Math.round(clock.monotonic() - before),
      sent: body?.length ?? 0, received: result.ok ? result.response.body.length : 0,
    });
    return result;
  }

  async #send(
    method: HttpRequest['method'],
    path: string,
    body: string | undefined,
    more: Record<string, string>,
    signal: AbortSignal,
  ): Promise<TransportResult> {
    const { transport, clock, onAnswer } = this.#options;
    // The engine may have been closed while the app was asked for a token.
    if (signal.aborted) return { ok: false, failure: 'aborted', message: '' };
    const headers: Record<string, string> = { Accept: 'application/json', ...more };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const before: Moment = { wall: clock.now(), monotonic: clock.monotonic() };
    const request: HttpRequest = { method, path, headers, body, timeoutMs: DEADLINE_MS, maxBodyChars: BODY_CHARS_MAX };
    const result = await this.#note(request, () => transport.send(request, signal));
    if (!result.ok) return result;
    const response = parseResponse(result.response);
    const { status, headers: { date }, fields } = response;
    const after: Moment = { wall: clock.now(), monotonic: clock.monotonic() };
    // Only JSON is our server's; a portal's page says nothing about the server's clock.
    if (fields && status < 400 && isPrompt(before.wall, after.wall)) onAnswer(boundOf(date, fields['server_time'] ?? fields['time'], before, after));
    return { ok: true, response };
  }
}

/** Whether it is known when an answer was given: not when the device slept over it, or its clock was set meanwhile. */
export function isPrompt(asked: number, heard: number): boolean {
  return Math.abs(heard - asked) <= DEADLINE_MS;
}

function boundOf(date: string | undefined, exact: unknown, before: Moment, after: Moment): ClockBound | null {
  const told = typeof exact === 'string' ? parseInstant(exact) : null;
  if (told !== null) return boundOfTrip(told, 0, before, after);
  const seconds = date === undefined ? null : parseHttpDate(date);
  // Its second has begun, nobody knows how long ago.
  return seconds === null ? null : boundOfTrip(seconds + 500, 500, before, after);
}
