// A submit body judged by every rule at once: each field alone, and the rules between fields.
import * as z from 'zod/mini';
import type { FieldIssue } from '../rules/field-issue.ts';
import { parseInstant } from '../rules/instant.ts';
import { LIMITS } from '../rules/limits.ts';
import { type SessionTimeIssue, validateSessionTimes } from '../rules/session-input.ts';
import { parseWith } from './parse.ts';
import { type SubmitRequest, submitRequest } from './session-calls.ts';

/** What {@link parseSubmit} gives: the request, or its issues with the code the answer should carry. */
export type SubmitCheck =
  | { readonly ok: true; readonly value: SubmitRequest }
  | {
      readonly ok: false;
      /** `time_in_future` when that is the only fault: the same session may be sent again later. */
      readonly code: 'invalid_request' | 'time_in_future';
      readonly issues: readonly FieldIssue[];
    };

/**
 * Parses a submit body with every rule, also those between fields; every faulty field is named, even when others are missing.
 * @param now the judge's clock, ms since the epoch.
 */
export function parseSubmit(body: unknown, now: number): SubmitCheck {
  const parsed = parseWith(submitRequest, body, { maxDepth: LIMITS.jsonDepthMax });
  const faulty = new Set(parsed.ok ? [] : parsed.issues.map((issue) => issue.path));
  const between = timeIssues(body, now, faulty);
  if (parsed.ok && between.length === 0) return { ok: true, value: parsed.value };
  const isEarly = parsed.ok && between.every((issue) => issue.code === 'time_in_future');
  const issues = [...(parsed.ok ? [] : parsed.issues), ...between.map(({ path, message }) => ({ path, message }))];
  return { ok: false, code: isEarly ? 'time_in_future' : 'invalid_request', issues };
}

/** The rules between fields, as far as the fields concerned can be read. */
function timeIssues(body: unknown, now: number, faulty: ReadonlySet<string>): SessionTimeIssue[] {
  const readable = z.looseObject({
    start_time: z.string(),
    end_time: z.string(),
    duration: z.catch(z.number(), Number.NaN),
  }).safeParse(body);
  if (!readable.success) return [];
  const startTime = parseInstant(readable.data.start_time);
  const endTime = parseInstant(readable.data.end_time);
  if (startTime === null || endTime === null) return [];
  const issues = validateSessionTimes({ startTime, endTime, durationMinutes: readable.data.duration }, now);
  return issues.filter((issue) => !faulty.has(issue.path));
}
