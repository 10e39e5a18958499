// What servers, proxies and portals have been seen to answer in place of what was asked, and what the engine is to make of each.
import type { Fault, ProxiedCall, ScriptedAnswer } from './fault-proxy.ts';

/** What becomes of a session whose submit is answered so: it goes again by itself, a person must decide, or a new token must come. */
export type Course = 'again' | 'parked' | 'signed-out' | 'forbidden' | 'gone' | 'update-needed' | 'acknowledged';

export interface Script {
  readonly name: string;
  readonly course: Course;
  readonly fault: (call: ProxiedCall, now: number) => Fault;
  /** The least time until anything is sent again. */
  readonly pauseMs?: number | undefined;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' };
const PORTAL = '<!doctype html><html><body><h1>Welcome to the airport</h1><form action="/login"></form></body></html>';

function script(name: string, course: Course, answer: ScriptedAnswer | ((call: ProxiedCall, now: number) => ScriptedAnswer), more: { pauseMs?: number; delivered?: boolean } = {}): Script {
  const { pauseMs, delivered } = more;
  return { name, course, pauseMs, fault: (call, now) => ({ kind: 'answer', delivered, answer: typeof answer === 'function' ? answer(call, now) : answer }) };
}

/** An answer of our own kind, as far as one can tell. */
function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ScriptedAnswer {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

function refusal(status: number, code: string, headers: Readonly<Record<string, string>> = {}): ScriptedAnswer {
  return json(status, { error: `It said ${code}`, code, request_id: 'r' }, headers);
}

/** The record of what was sent, as a server that has it already shows it. */
function storedOf({ body }: ProxiedCall, change: Readonly<Record<string, unknown>> = {}): unknown {
  const sent = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
  return { ...sent, id: 451, state: 'cancel_reason' in sent || 'elapsed_minutes' in sent ? 'cancelled' : 'completed', ...change };
}

const reused = (stored?: unknown) => json(409, { error: 'This id is taken', code: 'session_id_reused', ...(stored === undefined ? {} : { stored }) });
const date = (ms: number): string => new Date(ms).toUTCString();

/** Something between us and the server answers in its place. */
export const PORTALS: readonly Script[] = [
  script('200 with a page', 'again', { status: 200, headers: HTML_TYPE, body: PORTAL }),
  script('200 with a page that says it is JSON', 'again', { status: 200, headers: JSON_TYPE, body: PORTAL }),
  script('200 with JSON that says it is a page', 'again', () => ({ ...json(200, { success: true, session_id: '1' }), headers: HTML_TYPE })),
  script('200 with JSON and no type', 'again', () => ({ ...json(201, { success: true, session_id: '1' }), headers: {} })),
  script('200 with plain text', 'again', { status: 200, headers: { 'content-type': 'text/plain' }, body: 'OK' }),
  script('200 with nothing', 'again', { status: 200, headers: JSON_TYPE, body: '' }),
  script('204', 'again', { status: 204 }),
  script('202 with a page', 'again', { status: 202, headers: HTML_TYPE, body: PORTAL }),
  script('300', 'again', { status: 300, headers: { location: '/elsewhere' } }),
  script('301', 'again', { status: 301, headers: { location: 'http://127.0.0.1:9/login' } }),
  script('302 to a login page', 'again', { status: 302, headers: { location: '/login' } }),
  script('303', 'again', { status: 303, headers: { location: '/login' } }),
  script('304', 'again', { status: 304 }),
  script('307', 'again', { status: 307, headers: { location: '/api/pomodoro/submit' } }),
  script('308', 'again', { status: 308, headers: { location: '/api/pomodoro/submit' } }),
  script('404 with a page', 'again', { status: 404, headers: HTML_TYPE, body: PORTAL }),
  script('404 of ours', 'again', refusal(404, 'not_found')),
  script('511 of a portal', 'again', { status: 511, headers: HTML_TYPE, body: PORTAL }),
];

/** Half an answer, or one without an end. */
export const BROKEN: readonly Script[] = [
  script('JSON that ends early', 'again', { status: 201, headers: JSON_TYPE, body: '{"success":true,"session_id":"45' }),
  script('JSON that ends early, delivered', 'again', { status: 201, headers: JSON_TYPE, body: '{"success":true,"session_id":"45' }, { delivered: true }),
  script('fewer bytes than it says', 'again', { status: 201, headers: JSON_TYPE, body: '{"success":true,"session_id":"451"}', contentLength: 900 }),
  script('an empty body that has a length', 'again', { status: 201, headers: JSON_TYPE, body: '', contentLength: 400 }),
  script('a huge answer', 'again', () => json(200, { success: true, session_id: '451', padding: 'x'.repeat(24_500_000) })),
  script('a huge page', 'again', () => ({ status: 502, headers: HTML_TYPE, body: 'x'.repeat(24_500_000) })),
  { name: 'nothing, for ever', course: 'again', fault: () => ({ kind: 'hang' }) },
  { name: 'nothing, for ever, delivered', course: 'again', fault: () => ({ kind: 'hang', delivered: true }) },
  { name: 'a byte now and then', course: 'again', fault: () => ({ kind: 'trickle' }) },
  { name: 'a byte now and then, delivered', course: 'again', fault: () => ({ kind: 'trickle', delivered: true }) },
  { name: 'a connection that is reset at once', course: 'again', fault: () => ({ kind: 'cut-request', at: 0, reset: true }) },
  { name: 'an answer lost after the commit', course: 'again', fault: () => ({ kind: 'cut-answer', at: 0, reset: true }) },
  { name: 'an answer cut in its last byte', course: 'again', fault: () => ({ kind: 'cut-answer', at: 0.9999, reset: false }) },
];

/** JSON with success, but not about what was asked. */
export const UNCLEAR: readonly Script[] = [
  script('success without an id', 'again', json(201, { success: true, message: 'Pomodoro session logged successfully' })),
  script('an id without success', 'again', json(201, { session_id: '451' })),
  script('success: false', 'again', json(200, { success: false, session_id: '451' })),
  script('success: "true"', 'again', json(200, { success: 'true', session_id: '451' })),
  script('an id that is null', 'again', json(200, { success: true, session_id: null, cancellation_id: null })),
  script('an empty id', 'again', json(200, { success: true, session_id: '', cancellation_id: '' })),
  script('a list', 'again', json(200, [{ success: true, session_id: '451' }])),
  script('null', 'again', json(200, null)),
  script('another call\'s answer', 'again', json(200, { status: 'ok', version: '9', time: '2025-01-01T00:00:00Z' })),
  script('success without an id, delivered', 'again', json(201, { success: true }), { delivered: true }),
];

/** Who we are is in question. */
export const ACCOUNT: readonly Script[] = [
  script('401', 'signed-out', refusal(401, 'token_invalid')),
  script('401 with a page', 'signed-out', { status: 401, headers: HTML_TYPE, body: PORTAL }),
  script('403', 'forbidden', refusal(403, 'forbidden')),
  script('403 with a page', 'forbidden', { status: 403, headers: HTML_TYPE, body: PORTAL }),
  script('410', 'gone', refusal(410, 'gone')),
  script('426', 'update-needed', refusal(426, 'client_too_old')),
];

/** The server refuses this item. */
export const REFUSED: readonly Script[] = [
  script('400', 'parked', refusal(400, 'invalid_request')),
  script('400 with a page', 'parked', { status: 400, headers: HTML_TYPE, body: PORTAL }),
  script('409 with equal content', 'acknowledged', (call) => reused(storedOf(call)), { delivered: true }),
  script('409 with other content', 'parked', (call) => reused(storedOf(call, { start_time: '2001-01-01T00:00:00Z', state: 'completed' }))),
  script('409 with other content, delivered', 'parked', (call) => reused(storedOf(call, { category: 'gardening', state: 'completed' })), { delivered: true }),
  script('409 without a record', 'parked', () => reused()),
  script('409 without a record, delivered', 'parked', () => reused(), { delivered: true }),
  script('409 for what is final', 'parked', json(409, { error: 'Final', code: 'session_final' })),
  script('413', 'parked', refusal(413, 'body_too_large')),
  script('415', 'parked', refusal(415, 'unsupported_media_type')),
  script('422', 'parked', json(422, { error: 'No', code: 'limit_reached', details: [{ path: 'note', message: 'too long' }] })),
];

/** Later. */
export const BUSY: readonly Script[] = [
  script('408', 'again', refusal(408, 'request_timeout')),
  script('425', 'again', refusal(425, 'too_early')),
  script('429 in seconds', 'again', refusal(429, 'too_many_requests', { 'retry-after': '90' }), { pauseMs: 90_000 }),
  script('429 with a date', 'again', (_, now) => refusal(429, 'too_many_requests', { date: date(now), 'retry-after': date(now + 120_000) }), { pauseMs: 119_000 }),
  script('429 with a date of another clock', 'again', refusal(429, 'too_many_requests', { date: date(1e12), 'retry-after': date(1e12 + 60_000) }), { pauseMs: 60_000 }),
  script('429 with a date that is over', 'again', (_, now) => refusal(429, 'too_many_requests', { date: date(now), 'retry-after': date(now - 9e8) }), { pauseMs: 1000 }),
  script('429 with junk', 'again', refusal(429, 'too_many_requests', { 'retry-after': 'soon, perhaps' }), { pauseMs: 1000 }),
  script('429 with a negative number', 'again', refusal(429, 'too_many_requests', { 'retry-after': '-30' }), { pauseMs: 1000 }),
  script('429 for ever', 'again', refusal(429, 'too_many_requests', { 'retry-after': '99999999' }), { pauseMs: 3_600_000 }),
  script('429 without', 'again', refusal(429, 'too_many_requests'), { pauseMs: 1000 }),
  script('500', 'again', refusal(500, 'internal')),
  script('500 with a page', 'again', { status: 500, headers: HTML_TYPE, body: PORTAL }),
  script('500 after the commit', 'again', refusal(500, 'internal'), { delivered: true }),
  script('501', 'again', { status: 501 }),
  script('502 with a page', 'again', { status: 502, headers: HTML_TYPE, body: PORTAL }),
  script('502 after the commit', 'again', { status: 502, headers: HTML_TYPE, body: PORTAL }, { delivered: true }),
  script('503 with nothing', 'again', { status: 503 }, { pauseMs: 1000 }),
  script('503 in seconds', 'again', refusal(503, 'unavailable', { 'retry-after': '45' }), { pauseMs: 45_000 }),
  script('504 after the commit', 'again', { status: 504 }, { delivered: true }),
  script('418', 'again', refusal(418, 'teapot')),
  script('507', 'again', { status: 507 }),
  script('599', 'again', { status: 599 }),
];
