// A server that offers those of the documented calls that an engine makes and nothing else, in memory: what runs in production today, as far
// as its pages say.
// For tests of the engine and of apps; `handle` is a SimHandler.
import { deriveSyncStatus, type DeviceFacts, formatInstant, groupConflicts, parseInstant, preferenceFault } from '@syncline/protocol';
import type { HttpRequest, HttpResponse } from '../ports.ts';

/** A stored session, as it was sent. */
export interface BasicRecord {
  readonly displayId: number;
  readonly body: string;
  readonly kind: 'submit' | 'cancel';
}

export interface BasicServerOptions {
  /** The server's clock, ms since the epoch. */
  readonly now: () => number;
  /** Token → user id. Default: every token belongs to `user-1`. */
  readonly userOf?: ((token: string) => string | null) | undefined;
  /** What health lists; none by default. */
  readonly capabilities?: readonly string[] | undefined;
}

/** What the documented calls take and never tell. */
const UNREADABLE: ReadonlySet<string> = new Set(['public_leaderboard', 'email_notifications', 'slack_notifications', 'auto_start_breaks', 'focus_mode']);

const JSON_TYPE = 'application/json; charset=utf-8';

export class BasicServer {
  readonly #options: BasicServerOptions;
  readonly #users: Map<string, Map<string, BasicRecord>> = new Map();
  readonly #preferences: Map<string, Map<string, unknown>> = new Map();
  readonly #preferencesUpdated: Map<string, number> = new Map();
  #nextId = 1;
  /** Every request that arrived, in order. */
  readonly requests: HttpRequest[] = [];
  /** Other devices, as the status call lists them. */
  readonly devices: DeviceFacts[] = [];
  /** Asked first; what it returns is the answer. */
  intercept: ((request: HttpRequest) => HttpResponse | undefined) | null = null;
  /** Called when something was stored and is not answered yet. */
  onStored: ((request: HttpRequest) => HttpResponse | undefined) | null = null;

  constructor(options: BasicServerOptions) {
    this.#options = options;
  }

  /** What a user's store holds, by session id. */
  records(user = 'user-1'): ReadonlyMap<string, BasicRecord> {
    return this.#recordsOf(user);
  }

  /** A user's preferences, those that cannot be read back included. */
  preferences(user = 'user-1'): Map<string, unknown> {
    const known = this.#preferences.get(user) ?? new Map<string, unknown>();
    this.#preferences.set(user, known);
    return known;
  }

  /** An answer with a JSON body. */
  json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
    const date = new Date(this.#options.now()).toUTCString();
    return { status, headers: { 'content-type': JSON_TYPE, date, ...headers }, body: JSON.stringify(body) };
  }

  readonly handle = async (request: HttpRequest): Promise<HttpResponse> => {
    this.requests.push(request);
    return this.intercept?.(request) ?? this.#route(request);
  };

  #route(request: HttpRequest): HttpResponse {
    const [path = ''] = request.path.split('?');
    const { now, capabilities, userOf } = this.#options;
    if (path === '/api/health') {
      return this.json(200, { status: 'ok', version: '1', time: formatInstant(now()), ...(capabilities ? { capabilities } : {}) });
    }
    const token = request.headers['Authorization']?.slice('Bearer '.length);
    if (token === undefined) return this.json(403, { error: 'Token required', code: 'token_required' });
    const user = userOf === undefined ? 'user-1' : userOf(token);
    if (user === null) return this.json(401, { error: 'Invalid or expired token', code: 'token_invalid' });
    if (path === '/api/pomodoro/submit') return this.#store(user, 'submit', request);
    if (path === '/api/session/cancel') return this.#store(user, 'cancel', request);
    if (path === '/api/session/start') return this.json(201, { success: true });
    if (path === '/api/sync/status') return this.json(200, this.#status(user));
    if (path === '/api/user/data') return this.json(200, { userId: user, username: user, preferences: this.#readable(user) });
    if (path === '/api/user/preferences') return this.#putPreferences(user, request);
    return this.json(404, { error: 'Not found', code: 'not_found' });
  }

  #readable(user: string): Record<string, unknown> {
    return Object.fromEntries([...this.preferences(user)].filter(([name]) => !UNREADABLE.has(name)));
  }

  #putPreferences(user: string, request: HttpRequest): HttpResponse {
    const entries = Object.entries(JSON.parse(request.body ?? '') as Record<string, unknown>);
    const details = entries.flatMap(([path, value]) => {
      const message = preferenceFault(path, value);
      return message === null ? [] : [{ path, message }];
    });
    if (details.length > 0) return this.json(400, { error: 'The request is not valid', code: 'invalid_request', details });
    for (const [name, value] of entries) this.preferences(user).set(name, value);
    this.#preferencesUpdated.set(user, this.#options.now());
    const answer = { success: true, message: 'Preferences updated successfully', updated_preferences: this.#readable(user) };
    return this.onStored?.(request) ?? this.json(200, answer);
  }

  #store(user: string, kind: BasicRecord['kind'], request: HttpRequest): HttpResponse {
    const body = request.body ?? '';
    const fields = JSON.parse(body) as Record<string, unknown>;
    const records = this.#recordsOf(user);
    const id = String(fields['session_id']);
    const known = records.get(id);
    if (known !== undefined && known.body !== body) {
      const stored = { id: known.displayId, ...(JSON.parse(known.body) as object) };
      return this.json(409, { error: 'This session id belongs to another session', code: 'session_id_reused', stored });
    }
    const end = parseInstant(String(fields['end_time'] ?? ''));
    if (known === undefined && end !== null && end > this.#options.now() + 300_000) {
      return this.json(400, { error: 'The session ends in the future', code: 'time_in_future' });
    }
    const record = known ?? { displayId: this.#nextId++, body, kind };
    records.set(id, record);
    return this.onStored?.(request) ?? this.json(known === undefined ? 201 : 200, answerTo(record, fields));
  }

  #status(user: string): unknown {
    const sessions = [...this.#recordsOf(user).values()].filter(({ kind }) => kind === 'submit').map(({ body }) => toSession(body));
    const conflicts = groupConflicts(sessions);
    const last = sessions.reduce<number | null>((newest, { endTime }) => Math.max(newest ?? endTime, endTime), null);
    const facts = {
      devices: this.devices, totalSessions: sessions.length, lastSession: last, preferencesUpdated: this.#preferencesUpdated.get(user) ?? null,
      openConflicts: conflicts.length, conflicts,
    };
    return deriveSyncStatus(facts, this.#options.now(), { checkConflicts: true });
  }

  #recordsOf(user: string): Map<string, BasicRecord> {
    const records = this.#users.get(user) ?? new Map<string, BasicRecord>();
    this.#users.set(user, records);
    return records;
  }
}

function answerTo({ displayId, kind }: BasicRecord, fields: Record<string, unknown>): unknown {
  if (kind === 'cancel') return { success: true, cancellation_id: String(displayId), message: 'Session cancelled and recorded successfully' };
  const { note: _, ...shown } = fields;
  return { success: true, session_id: String(displayId), message: 'Pomodoro session logged successfully', pomodoro: { ...shown, id: displayId } };
}

function toSession(body: string): { id: string; startTime: number; endTime: number; deviceType: string; category: string; project: string } {
  const fields = JSON.parse(body) as Record<string, string>;
  return {
    id: fields['session_id'] ?? '',
    startTime: parseInstant(fields['start_time'] ?? '') ?? 0,
    endTime: parseInstant(fields['end_time'] ?? '') ?? 0,
    deviceType: fields['source'] ?? '',
    category: fields['category'] ?? '',
    project: fields['project'] ?? '',
  };
}

/** An empty server. */
export function createBasicServer(options: BasicServerOptions): BasicServer {
  return new BasicServer(options);
}
