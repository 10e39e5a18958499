// A refusal on its way to the caller. Thrown by routes and checks, turned into the documented error body in one place.
import { ERRORS, type ErrorCode } from '@syncline/protocol';
import type { ProblemExtra } from './route.ts';

/** An expected refusal: its code decides the HTTP status and the text. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ErrorCode;
  readonly extra: ProblemExtra;

  constructor(code: ErrorCode, extra: ProblemExtra) {
    super(extra.message ?? ERRORS[code].message);
    this.code = code;
    this.extra = extra;
  }
}

/** Makes a refusal; `throw problem('not_found')`. */
export function problem(code: ErrorCode, extra: ProblemExtra = {}): Problem {
  return new Problem(code, extra);
}

/** Whether something thrown is a refusal of ours. */
export function isProblem(thrown: unknown): thrown is Problem {
  return thrown instanceof Problem;
}
