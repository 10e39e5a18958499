// Everything that can go wrong in a call, as the documented error body. Nothing of a stack, a query or a token gets out.
import { ERRORS, LIMITS } from '@syncline/protocol';
import type { Log, ServerStoreError } from '../ports.ts';
import { isProblem, type Problem, problem } from './problem.ts';

type Headers = Readonly<Record<string, string>>;

const isStoreError = (thrown: unknown): thrown is ServerStoreError => thrown instanceof Error && thrown.name === 'ServerStoreError';
const isQueueFull = (thrown: unknown): boolean => (thrown as { code?: unknown } | null)?.code === 'queue_full';

/** What the caller is told of whatever was thrown. */
export function toProblem(thrown: unknown, log: Log, requestId: string): Problem {
  if (isProblem(thrown)) return thrown;
  if (isQueueFull(thrown)) return problem('unavailable', { headers: { 'Retry-After': '2' } });
  if (isStoreError(thrown) && thrown.code !== 'failed') {
    log.warn('store_unavailable', { requestId, code: thrown.code });
    return problem('unavailable', { headers: { 'Retry-After': '1' } });
  }
  log.error('unexpected', { requestId, ...whatAndWhere(thrown) });
  return problem('internal');
}

/** A message may quote a query or what somebody typed; the kind of error and the line it came from never do. */
function whatAndWhere(thrown: unknown): Readonly<Record<string, string>> {
  if (!(thrown instanceof Error)) return { error: 'unknown' };
  const frame = /\n\s+at (?:.*[/\\])?([^/\\\n]+?)\)?(?:\n|$)/.exec(thrown.stack ?? '')?.[1] ?? 'unknown';
  return { error: thrown.name, at: frame };
}

/** A refusal as an answer. @param headers what every answer has. */
export function errorAnswer({ code, message, extra }: Problem, requestId: string, headers: Headers): Response {
  const body = { error: message, code, ...(extra.details ? { details: extra.details.slice(0, LIMITS.detailsMax) } : {}), ...extra.fields, request_id: requestId };
  return jsonAnswer(ERRORS[code].status, body, { ...headers, ...extra.headers });
}

export function jsonAnswer(status: number, body: unknown, headers: Headers = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers } });
}
