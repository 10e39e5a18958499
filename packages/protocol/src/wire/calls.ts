// Every call there is, in one table: the server routes by it, its tests walk it, and the OpenAPI document is made from it.
import type { ErrorCode } from '../errors.ts';
import { LIMITS } from '../rules/limits.ts';
import {
  type Capability, emptyRequest, healthResponse, loginRequest, loginResponse, logoutResponse, refreshResponse,
} from './account-calls.ts';
import { deviceNameRequest, deviceResponse, deviceSignedOutResponse, devicesResponse } from './device-calls.ts';
import { exchangeRequest, exchangeResponse } from './exchange.ts';
import type { Schema } from './schema.ts';
import {
  cancelRequest, cancelResponse, sessionStartRequest, sessionStartResponse, submitRequest, submitResponse,
} from './session-calls.ts';
import { syncStatusQuery, syncStatusResponse } from './status-call.ts';
import { exportLine, streamEvent, streamQuery } from './stream.ts';
import {
  analyticsQuery, analyticsResponse, preferencesRequest, preferencesResponse, userDataResponse,
} from './user-calls.ts';

/** Key of a call in {@link CALLS}. */
export type CallName =
  | 'login' | 'refresh' | 'logout' | 'health' | 'sessionStart' | 'submit' | 'sessionCancel'
  | 'userData' | 'preferences' | 'analytics' | 'syncStatus' | 'exchange' | 'stream' | 'export'
  | 'devices' | 'deviceName' | 'deviceForget' | 'deviceSignOut';

/** One call. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the server's address, beginning with `/api/`. `{device_id}` stands for a device's id, percent-encoded. */
  readonly path: string;
  readonly summary: string;
  /** `bearer`: an access token · `cookie`: the refresh cookie · `none`. */
  readonly auth: 'bearer' | 'cookie' | 'none';
  /** Null for the documented calls; else what `GET /api/health` lists where the call is offered. */
  readonly capability: Capability | null;
  /** Schema of the JSON body; null when the call has none. */
  readonly request: Schema<unknown> | null;
  /** Schema of the query; null when the call takes no parameters (any is refused). */
  readonly query: Schema<unknown> | null;
  /** Largest body in bytes; more is 413. */
  readonly bodyBytesMax: number;
  /** Status of success. 200 instead of 201 answers a repeated request. */
  readonly success: 200 | 201;
  /** Schema of the answer, or of one event or line of it. */
  readonly response: Schema<unknown>;
  readonly contentType: 'application/json' | 'text/event-stream' | 'application/x-ndjson';
  /** Codes this call may answer; those every call may answer are in {@link COMMON_ERRORS}. */
  readonly errors: readonly ErrorCode[];
}

/** Codes any call may answer. */
export const COMMON_ERRORS: readonly ErrorCode[] = [
  'invalid_request', 'method_not_allowed', 'request_timeout', 'too_many_requests', 'internal', 'unavailable',
];

const SIGNED_IN: readonly ErrorCode[] = ['token_required', 'token_invalid', 'gone'];
/** Of the calls that note which device asks, and answer nobody whose device has no place. */
const DEVICE_NOTED: readonly ErrorCode[] = [...SIGNED_IN, 'limit_reached'];
const WITH_BODY: readonly ErrorCode[] = ['body_too_large', 'unsupported_media_type'];

const JSON_TYPE = 'application/json' as const;

/* @__NO_SIDE_EFFECTS__ */
function get(path: string, summary: string, response: Schema<unknown>, rest: Partial<Call> = {}): Call {
  return {
    method: 'GET', path, summary, auth: 'bearer', capability: null, request: null, query: null, bodyBytesMax: 0,
    success: 200, response, contentType: JSON_TYPE, errors: DEVICE_NOTED, ...rest,
  };
}

/* @__NO_SIDE_EFFECTS__ */
function send(path: string, summary: string, request: Schema<unknown>, response: Schema<unknown>, rest: Partial<Call>): Call {
  return {
    method: 'POST', path, summary, auth: 'bearer', capability: null, request, query: null, bodyBytesMax: LIMITS.bodyBytesMax,
    success: 201, response, contentType: JSON_TYPE, errors: [...SIGNED_IN, ...WITH_BODY], ...rest,
  };
}

/** Every call by name. The documented ones first in the order of docs/PROTOCOL.md, then the extension. */
export const CALLS: Readonly<Record<CallName, Call>> = /* @__PURE__ */ makeCalls();

/* @__NO_SIDE_EFFECTS__ */
function makeCalls(): Readonly<Record<CallName, Call>> {
  const bodyErrors = [...SIGNED_IN, ...WITH_BODY];
  const auth = { bodyBytesMax: LIMITS.authBodyBytesMax, success: 200 } as const;
  return {
    login: send('/api/login', 'Sign in', loginRequest, loginResponse, {
      ...auth, auth: 'none', errors: ['invalid_credentials', ...WITH_BODY],
    }),
    refresh: send('/api/auth/refresh', 'Turn the refresh cookie into a new token', emptyRequest, refreshResponse, {
      ...auth, auth: 'cookie', capability: 'refresh', errors: ['token_invalid', 'forbidden', ...WITH_BODY],
    }),
    logout: send('/api/auth/logout', 'Revoke this login', emptyRequest, logoutResponse, {
      ...auth, auth: 'cookie', capability: 'refresh', errors: ['forbidden', ...WITH_BODY],
    }),
    health: get('/api/health', 'Service health', healthResponse, { auth: 'none', errors: [] }),
    sessionStart: send('/api/session/start', 'Announce a session', sessionStartRequest, sessionStartResponse, {
      errors: [...bodyErrors, 'session_id_reused', 'session_final', 'limit_reached'],
    }),
    submit: send('/api/pomodoro/submit', 'Store a finished session', submitRequest, submitResponse, {
      errors: [...bodyErrors, 'time_in_future', 'session_id_reused', 'session_final', 'limit_reached'],
    }),
    sessionCancel: send('/api/session/cancel', 'Record a cancelled session', cancelRequest, cancelResponse, {
      errors: [...bodyErrors, 'session_id_reused', 'session_final', 'limit_reached'],
    }),
    userData: get('/api/user/data', 'Current user data', userDataResponse),
    preferences: send('/api/user/preferences', 'Update preferences', preferencesRequest, preferencesResponse, {
      method: 'PUT', success: 200,
    }),
    analytics: get('/api/analytics/tracking', 'Usage analytics', analyticsResponse, { query: analyticsQuery }),
    syncStatus: get('/api/sync/status', 'Check synchronization status across devices', syncStatusResponse, {
      query: syncStatusQuery,
    }),
    exchange: send('/api/sync/exchange', 'One complete sync', exchangeRequest, exchangeResponse, {
      success: 200, capability: 'exchange', bodyBytesMax: LIMITS.exchangeBytesMax,
      errors: [...bodyErrors, 'device_cloned', 'client_too_old', 'limit_reached'],
    }),
    stream: get('/api/sync/stream', 'News as server-sent events', streamEvent, {
      query: streamQuery, capability: 'stream', contentType: 'text/event-stream',
    }),
    export: get('/api/sync/export', 'Everything the server holds of the user', exportLine, {
      capability: 'export', contentType: 'application/x-ndjson', errors: SIGNED_IN,
    }),
    devices: get('/api/devices', 'The devices, with what they had not delivered and when they said so', devicesResponse, { capability: 'devices' }),
    deviceName: send('/api/devices/{device_id}', 'Name a device', deviceNameRequest, deviceResponse, {
      method: 'PUT', success: 200, capability: 'devices', errors: [...bodyErrors, 'not_found'],
    }),
    deviceForget: get('/api/devices/{device_id}', 'Forget a device and end its logins', deviceSignedOutResponse, {
      method: 'DELETE', capability: 'devices', errors: [...SIGNED_IN, 'not_found'],
    }),
    deviceSignOut: send('/api/devices/{device_id}/sign-out', 'End the logins of a device', emptyRequest, deviceSignedOutResponse, {
      success: 200, capability: 'devices', errors: [...bodyErrors, 'not_found'],
    }),
  };
}
