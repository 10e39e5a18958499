// What this tab did and showed lately, kept in memory so that a person can send it to whoever looks for a fault. Bounded; never stored. Redacted
// as it is kept: two hundred times the words of everything that was refused would be more than a page may hold.
import { formatInstant } from '@syncline/protocol';
import type { Diagnostics, DiagnosticRequest } from '../api-diagnostics.ts';
import type { DerivedStatus } from './status.ts';
import type { StatusInput } from './status-input.ts';

/** So many statuses and so many requests are kept, the last ones. */
export const KEPT_MAX = 200;

interface Step {
  /** Counted from 1. */
  readonly n: number;
  readonly at: number;
  readonly input: StatusInput;
  readonly status: DerivedStatus;
}

export class Diary {
  readonly #steps: Step[] = [];
  readonly #requests: DiagnosticRequest[] = [];
  #shown = 0;

  /** A status was shown. */
  noteStep(at: number, input: StatusInput, status: DerivedStatus): void {
    keep(this.#steps, { n: (this.#shown += 1), at, input: redactInput(input), status: redactStatus(status) });
  }

  noteRequest(request: DiagnosticRequest): void {
    keep(this.#requests, request);
  }

  /** @param now this device's clock. */
  export(now: number): Diagnostics {
    return structuredClone({
      format: 1 as const, exported_at: formatInstant(now), shown: this.#shown, steps: this.#steps, requests: this.#requests,
    });
  }
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT_MAX) list.shift();
}

/** Without what people wrote and servers said of it: notes, projects, categories, names, messages. */
export function redactInput(input: StatusInput): StatusInput {
  const { self, sync, answer } = input;
  return {
    ...input,
    self: { ...self, name: null },
    sync: { ...sync, lastError: sync.lastError === null ? null : { ...sync.lastError, message: '' } },
    answer: answer === null ? null : { ...answer, running: [] },
    parkedFacts: input.parkedFacts.map(({ sessionId }) => ({ sessionId, message: '' })),
  };
}

/** The words of a recommendation may hold a project: how many there are stays. */
export function redactStatus(status: DerivedStatus): DerivedStatus {
  const { last_error: error } = status.local;
  return {
    ...status,
    recommendations: status.recommendations.map(() => ''),
    local: { ...status.local, last_error: error === null ? null : { ...error, message: '' } },
  };
}
