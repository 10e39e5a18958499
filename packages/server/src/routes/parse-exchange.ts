// The body of an exchange. The frame must be right as a whole; each operation is looked at by itself, so that one nobody can read is
// refused alone and the others go on.
import {
  canonicalUuid, EXCHANGE_PROTOCOL, exchangeProtocolOf, exchangeRequest, type ExchangeRequest, type FieldIssue, LIMITS, type Operation,
  operationSchema, parseWith,
} from '@syncline/protocol';
import { type Problem, problem } from '../http/problem.ts';
import type { SentExchange } from '../sync/exchange.ts';
import { opIdOf, type SentOperation, seqOf, toSent } from '../sync/operation-batch.ts';

/** Operations stand two levels below the body. */
const OPERATION_DEPTH = LIMITS.jsonDepthMax - 2;

/** @throws Problem `client_too_old`, `body_too_large` or `invalid_request`. */
export function parseExchange(body: unknown): SentExchange {
  const claimed = exchangeProtocolOf(body);
  if (claimed !== null && claimed !== EXCHANGE_PROTOCOL) throw problem('client_too_old');
  const raw = operationsIn(body);
  const frame = parseWith(exchangeRequest, raw === null ? body : { ...(body as object), operations: [] }, { maxDepth: LIMITS.jsonDepthMax });
  if (!frame.ok) throw problem('invalid_request', { details: frame.issues });
  if (raw !== null && raw.length > LIMITS.opsPerExchangeMax) throw tooManyOperations();
  const looked = (raw ?? []).map(parseOperation);
  const sent = looked.flatMap((one) => ('issues' in one ? [] : [one]));
  const issues = [...looked.flatMap((one) => ('issues' in one ? one.issues : [])), ...orderIssues(sent)];
  if (issues.length > 0) throw problem('invalid_request', { details: issues });
  return { ...(frame.value as ExchangeRequest), operations: sent };
}

/** The code of a body with too many bytes, as both are sent again in smaller parts; the words say which of the two it is. */
function tooManyOperations(): Problem {
  const most = `at most ${LIMITS.opsPerExchangeMax} operations`;
  return problem('body_too_large', { message: `An exchange takes ${most}`, details: [{ path: 'operations', message: `must have ${most}` }] });
}

function operationsIn(body: unknown): readonly unknown[] | null {
  if (typeof body !== 'object' || body === null || !('operations' in body)) return null;
  return Array.isArray(body.operations) ? body.operations : null;
}

/** An operation, a refusal of it alone, or, where it cannot even be named, what is wrong with the whole request. */
function parseOperation(value: unknown, place: number): SentOperation | { readonly issues: readonly FieldIssue[] } {
  const parsed = parseWith(operationSchema, value, { maxDepth: OPERATION_DEPTH });
  if (parsed.ok) return toSent(parsed.value as Operation);
  const { op_id: opId, seq } = (typeof value === 'object' && value !== null ? value : {}) as { readonly op_id?: unknown; readonly seq?: unknown };
  const id = typeof opId === 'string' ? canonicalUuid(opId) : null;
  if (id !== null && typeof seq === 'number' && Number.isSafeInteger(seq) && seq > 0) return { operation: null, opId: id, seq, details: parsed.issues };
  const inBody = (path: string): string => (path === '' ? `operations[${place}]` : `operations[${place}].${path}`);
  return { issues: parsed.issues.map(({ path, message }) => ({ path: inBody(path), message })) };
}

function orderIssues(sent: readonly SentOperation[]): FieldIssue[] {
  const isAscending = sent.every((one, i) => i === 0 || seqOf(one) > seqOf(sent[i - 1] as SentOperation));
  const isDistinct = new Set(sent.map(opIdOf)).size === sent.length;
  return [
    ...(isAscending ? [] : [{ path: 'operations', message: 'must have ascending seq' }]),
    ...(isDistinct ? [] : [{ path: 'operations', message: 'must not repeat an op_id' }]),
  ];
}
