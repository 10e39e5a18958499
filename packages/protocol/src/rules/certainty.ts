// Whether an overlap is real, or only the difference of two clocks. Every device's clock is held against the server's; a session carries
// how far ahead its device's clock was when it was recorded, and how wrong that may be.
import { connectAll, connectExcept } from './conflict-groups.ts';
import { type SessionInterval, sortIntoColumns } from './overlap.ts';

/** A device's clock was ahead of the server's by `offsetMs`, give or take `errorMs`. Both in milliseconds, the error never below zero. */
export interface ClockBound {
  readonly offsetMs: number;
  readonly errorMs: number;
}

/**
 * How sure an overlap is. `certain`: whatever the clocks were within their bounds, at least two of the sessions happened at once ·
 * `within_clock_error`: both clocks were measured, and the overlap is not longer than what they may be wrong · `possible`: of a
 * session nobody knows how its clock stood, so nobody can tell.
 */
export type Certainty = 'certain' | 'possible' | 'within_clock_error';

/** The words, the surest first. */
export const CERTAINTIES: readonly Certainty[] = ['certain', 'possible', 'within_clock_error'];

/** An interval, and how the clock stood that its times were taken from, where that is known. */
export interface ClockedInterval extends SessionInterval {
  readonly clock?: ClockBound | undefined;
}

/** How sure it is that sessions which overlap as they were recorded did. @param keptPairs as in `groupConflicts`. */
export function certaintyOf(sessions: readonly ClockedInterval[], keptPairs?: ReadonlySet<string>): Certainty {
  if (haveOverlap(sessions.flatMap(surelyWithin), keptPairs)) return 'certain';
  return sessions.some(({ clock }) => clock === undefined) ? 'possible' : 'within_clock_error';
}

/** The part of a session that surely lies within it, in the server's time; nothing where its clock is not known well enough. */
function surelyWithin({ id, startTime, endTime, clock }: ClockedInterval): SessionInterval[] {
  if (clock === undefined) return [];
  const [from, to] = [startTime - clock.offsetMs + clock.errorMs, endTime - clock.offsetMs - clock.errorMs];
  return to > from ? [{ id, startTime: from, endTime: to }] : [];
}

function haveOverlap(intervals: readonly SessionInterval[], keptPairs: ReadonlySet<string> | undefined): boolean {
  if (intervals.length < 2) return false;
  const columns = sortIntoColumns(intervals);
  const isAnyKept = keptPairs !== undefined && keptPairs.size > 0;
  return (isAnyKept ? connectExcept(columns, intervals, keptPairs) : connectAll(columns)).length > 0;
}
