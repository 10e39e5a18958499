// The one table of errors: code → HTTP status → what a client may do → one line of meaning.
// Compare codes, never messages. docs/PROTOCOL.md prints this table, and a test compares the two.

/**
 * What a client does with an operation that met this error.
 * `now`: repair what the code names and send again at once · `later`: send the same bytes again after a delay (`Retry-After` if given) ·
 * `after-auth`: hold everything until there is a new token · `after-upgrade`: hold everything until the app is updated ·
 * `never`: these bytes will not be accepted; keep them for a person to settle.
 */
export type RetryClass = 'now' | 'later' | 'after-auth' | 'after-upgrade' | 'never';

/** What the table says of one code. */
export interface ErrorEntry {
  /** HTTP status when the whole request fails; inside an exchange the code stands in one result instead. */
  readonly status: number;
  readonly retry: RetryClass;
  /** The text of the field `error`. The first three are documented to the letter. */
  readonly message: string;
}

/** Stable, machine-readable error codes. */
export type ErrorCode =
  | 'token_required' | 'token_invalid' | 'invalid_credentials' | 'forbidden'
  | 'invalid_request' | 'time_in_future' | 'session_id_reused' | 'session_final' | 'operation_id_reused'
  | 'session_running' | 'version_stale' | 'depends_on_rejected' | 'limit_reached'
  | 'not_found' | 'method_not_allowed' | 'not_acceptable' | 'request_timeout' | 'device_cloned' | 'gone'
  | 'body_too_large' | 'unsupported_media_type' | 'headers_too_large' | 'client_too_old' | 'too_many_requests'
  | 'internal' | 'unavailable';

/** Every error either side may meet, by code. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorEntry>> = {
  token_required: { status: 403, retry: 'after-auth', message: 'Token required' },
  token_invalid: { status: 401, retry: 'after-auth', message: 'Invalid or expired token' },
  invalid_credentials: { status: 401, retry: 'after-auth', message: 'Invalid credentials' },
  forbidden: { status: 403, retry: 'never', message: 'Not allowed for this account' },
  invalid_request: { status: 400, retry: 'never', message: 'The request is not valid' },
  time_in_future: { status: 400, retry: 'later', message: 'The session ends in the future' },
  session_id_reused: { status: 409, retry: 'never', message: 'This session id belongs to another session' },
  session_final: { status: 409, retry: 'never', message: 'The session is completed, cancelled or deleted, and this cannot change it' },
  operation_id_reused: { status: 409, retry: 'never', message: 'This operation id belongs to another operation' },
  session_running: { status: 409, retry: 'now', message: 'Another session is running' },
  version_stale: { status: 409, retry: 'now', message: 'The session changed since' },
  depends_on_rejected: { status: 409, retry: 'later', message: 'An earlier operation on this session was not accepted' },
  limit_reached: { status: 422, retry: 'never', message: 'A limit of this account is reached' },
  not_found: { status: 404, retry: 'later', message: 'Not found' },
  method_not_allowed: { status: 405, retry: 'never', message: 'Method not allowed' },
  not_acceptable: { status: 406, retry: 'never', message: 'Only JSON is served here' },
  request_timeout: { status: 408, retry: 'later', message: 'The request took too long' },
  device_cloned: { status: 409, retry: 'now', message: 'Another installation uses this device id' },
  gone: { status: 410, retry: 'never', message: 'The account or device was removed' },
  body_too_large: { status: 413, retry: 'never', message: 'The request body is too large' },
  unsupported_media_type: { status: 415, retry: 'never', message: 'The request body must be JSON, not compressed' },
  headers_too_large: { status: 431, retry: 'never', message: 'The request headers are too large' },
  client_too_old: { status: 426, retry: 'after-upgrade', message: 'This version of the app is no longer served' },
  too_many_requests: { status: 429, retry: 'later', message: 'Too many requests' },
  internal: { status: 500, retry: 'later', message: 'Something went wrong on the server' },
  unavailable: { status: 503, retry: 'later', message: 'The service is not available right now' },
};

/** Whether a text is a code of {@link ERRORS}. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
