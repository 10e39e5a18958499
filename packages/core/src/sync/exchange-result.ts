// What the result of one operation in an exchange means, and what a refusal of a request with one operation means. Pure.
import type { Operation } from '../model/operation.ts';
import type { Fields } from '../model/rows.ts';
import { isSameContent } from '../model/session.ts';
import { acknowledgement, codeOf, FAULTS_MAX, failure, faultOf, type Outcome, plainText, readDetails, REFUSALS, unclear } from './answer.ts';
import type { OperationAnswer } from './exchange-answer.ts';

/** Codes after which the same operation may pass later: it waits, and counts towards being parked. */
const PASSING: ReadonlySet<string> = new Set(['internal', 'unavailable', 'not_found', 'version_stale']);

/** @param answer undefined where the answer names the operation not: then it is not settled. */
export function readResult(answer: OperationAnswer | undefined, operation: Operation): Outcome {
  if (answer === undefined) return unclear(operation, 'The server answered without naming this operation');
  if (answer.status !== 'rejected') {
    return { ...acknowledgement(answer.displayId), version: answer.version, isSuperseded: answer.status === 'superseded', sessions: answer.sessions };
  }
  const { code, sessions } = answer;
  const stored = sessions.find(({ id }) => id === operation.session.id);
  if (code === 'session_id_reused' && operation.kind === 'submit' && stored !== undefined && isSameContent(stored, operation.session)) {
    return { ...acknowledgement(stored.displayId), version: stored.version, sessions };
  }
  // A decision to keep sessions is offered again under its own id: another device was first.
  if (code === 'operation_id_reused' && operation.kind === 'resolve' && operation.change?.effects.length === 0) {
    return { ...acknowledgement(null), sessions };
  }
  // Told for the sake of others: nobody has to decide about it. And what a server never heard of cannot be undone there.
  if ((operation.kind === 'remember' && !PASSING.has(code)) || (operation.kind === 'unresolve' && code === 'not_found')) {
    return { ...acknowledgement(null), isSuperseded: true, sessions };
  }
  // What depends on an operation of the same request is looked at once that one is settled, parked or due again: no try of its own.
  if (code === 'time_in_future' || code === 'depends_on_rejected') return { kind: 'held' };
  const message = plainText(answer.message, 'The server refused it');
  // `later` words for what depends on something else; a person decides when that does not come.
  if (PASSING.has(code) && operation.delivery.tries + 1 < FAULTS_MAX) return failure('item', code, message, false);
  return { kind: 'parked', reason: { code: plainText(code, 'refused'), message, details: readDetails(answer.details) } };
}

/** The whole request was refused, and this operation was all it carried. */
export function wholeRefusal(status: number, body: Fields | undefined, operation: Operation, othersSucceeded: boolean): Outcome {
  const message = plainText(body?.['error'], `The server refused it with ${status}`);
  if (REFUSALS.has(status)) return { kind: 'parked', reason: { code: codeOf(body, status), message, details: readDetails(body?.['details']) } };
  return faultOf(message, operation, othersSucceeded);
}
