// The rules about a session that need more than one field, or a clock. The client applies them before it records,
// the server before it stores, so a session the device took is one the server takes.
import type { FieldIssue } from './field-issue.ts';
import { LIMITS } from './limits.ts';

/** The three times of a finished session: two instants (ms since the epoch) and the stated length in minutes. */
export interface SessionTimes {
  readonly startTime: number;
  readonly endTime: number;
  readonly durationMinutes: number;
}

/**
 * An issue of {@link validateSessionTimes}. `time_in_future` alone is no fault of the session: it may be sent again later;
 * `invalid_request` will never be accepted as it is.
 */
export interface SessionTimeIssue extends FieldIssue {
  readonly code: 'invalid_request' | 'time_in_future';
}

/**
 * Cross-field rules of a finished session: not before 2000, `end_time` after `start_time`, at most 24 h,
 * `duration` within 60 s of `end − start` (exactly 60 s passes), `end_time` at most 5 min after `now`.
 *
 * @param now the judge's clock, ms since the epoch: the server's own, or the device's corrected by its known offset.
 * @returns every broken rule, in field order; empty when the times are acceptable. `NaN` breaks the rule it takes part in.
 */
export function validateSessionTimes(times: SessionTimes, now: number): SessionTimeIssue[] {
  const { startTime, endTime } = times;
  const issues: SessionTimeIssue[] = [];
  const refuse = (path: string, message: string): void => {
    issues.push({ path, message, code: 'invalid_request' });
  };
  if (!(startTime >= LIMITS.earliestStart)) refuse('start_time', 'must not be before 2000-01-01T00:00:00Z');
  const length = endTime - startTime;
  if (!(length > 0)) refuse('end_time', 'must be later than start_time');
  else if (length > LIMITS.sessionMsMax) refuse('end_time', `must be at most ${LIMITS.sessionHoursMax} hours after start_time`);
  // To the millisecond: 1.07 minutes times 60,000 are a trifle more than 64,200.
  if (!(Math.abs(Math.round(times.durationMinutes * 60_000) - length) <= LIMITS.durationToleranceMs)) {
    refuse('duration', 'must match end_time minus start_time within 1 minute');
  }
  if (endTime > now + LIMITS.futureLeewayMs) {
    issues.push({ path: 'end_time', message: 'must not be more than 5 minutes in the future', code: 'time_in_future' });
  }
  return issues;
}

/** The `duration` to send for an interval: minutes, rounded to two decimals, which is always within tolerance. */
export function durationMinutes(startTime: number, endTime: number): number {
  return Math.round((endTime - startTime) / 600) / 100;
}
