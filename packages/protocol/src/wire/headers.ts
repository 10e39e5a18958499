// Request headers of ours. Sent only to a server that lists capabilities: others may refuse what they do not know.
import * as z from 'zod/mini';
import type { FieldIssue } from '../rules/field-issue.ts';
import { LIMITS } from '../rules/limits.ts';
import { parseWith } from './parse.ts';
import { open, type Schema, token } from './schema.ts';
import { queryWhole } from './query.ts';

/** Names of the headers that mean something here. */
export const HEADERS = {
  /** `Bearer <jwt>`. */
  authorization: 'Authorization',
  /** Documented: for example `RegardingWork-Mac-v1.0`. */
  appIdentifier: 'X-App-Identifier',
  /** Which device calls. Only a call with it touches a `last_seen`. */
  deviceId: 'X-Device-Id',
  /** Sessions the device held when it sent this request, this one included. */
  sessionsPending: 'X-Sessions-Pending',
  /** The server's id of a request, in every answer. */
  requestId: 'X-Request-Id',
} as const;

/** What the headers say of the caller; absent ones are undefined. */
export interface CallerHeaders {
  readonly deviceId?: string | undefined;
  readonly sessionsPending?: number | undefined;
  readonly appIdentifier?: string | undefined;
}

const callerHeaders: Schema<CallerHeaders> = open<CallerHeaders>({
  deviceId: z.optional(token(LIMITS.deviceIdChars)),
  sessionsPending: z.optional(queryWhole(0, LIMITS.sessionsPendingMax)),
  appIdentifier: z.optional(token(LIMITS.deviceIdChars)),
});

/** What {@link parseCallerHeaders} gives. */
export type CallerHeadersResult =
  | { readonly ok: true; readonly value: CallerHeaders }
  | { readonly ok: false; readonly issues: readonly FieldIssue[] };

/**
 * Reads the caller's headers.
 * @param get a header's value by name, or null: `(name) => request.headers.get(name)`.
 * @returns the values, or each faulty header by its name.
 */
export function parseCallerHeaders(get: (name: string) => string | null): CallerHeadersResult {
  const result = parseWith(callerHeaders, {
    deviceId: get(HEADERS.deviceId) ?? undefined,
    sessionsPending: get(HEADERS.sessionsPending) ?? undefined,
    appIdentifier: get(HEADERS.appIdentifier) ?? undefined,
  });
  if (result.ok) return result;
  const nameOf = (path: string): string => HEADERS[path as 'deviceId' | 'sessionsPending' | 'appIdentifier'];
  return { ok: false, issues: result.issues.map((issue) => ({ path: nameOf(issue.path), message: issue.message })) };
}
