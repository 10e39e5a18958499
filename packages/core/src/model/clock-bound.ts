// How far this device's clock may be from the server's. Pure arithmetic; docs/ARCHITECTURE.md says why each term is there.
import type { ClockBound } from '@syncline/protocol';
import { asFields, isNumber, readBound } from './rows.ts';

/** What one answer of the server told of this device's clock. */
export interface ClockSample extends ClockBound {
  /** When it was taken, by this device's clock. */
  readonly at: number;
}

/** The two clocks of this device. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/** Both ends read whole milliseconds, and so does the server. */
const WHOLE_MS = 2;

/**
 * What an answer tells of this device's clock. The server looked at its own at some moment of the round trip, so half of that is the
 * error; and when the wall clock did not go on with the monotonic one meanwhile, by so much more.
 * @param told the server's time, in milliseconds, give or take `roughMs`.
 */
export function boundOfTrip(told: number, roughMs: number, before: Moment, after: Moment): ClockBound {
  const trip = after.monotonic - before.monotonic;
  const strayed = Math.abs(after.wall - before.wall - trip);
  // Plus zero: minus a half is rounded to a zero that equals no other.
  return { offsetMs: Math.round(after.wall - trip / 2 - told) + 0, errorMs: Math.ceil(trip / 2 + strayed + roughMs + WHOLE_MS) };
}

/** How fast two clocks may drift apart, as a share of the time that passed: twice what a cheap crystal does, and as fast as systems slew. */
const DRIFT = 0.0005;

/** The bound at an instant of this device's clock, however far from the sample. @param wobbleMs how far the clock was seen to stray since. */
export function boundAt({ offsetMs, errorMs, at }: ClockSample, instant: number, wobbleMs: number): ClockBound {
  return { offsetMs, errorMs: Math.ceil(errorMs + wobbleMs + Math.abs(instant - at) * DRIFT) };
}

/** One bound that holds for both ends of a session. */
export function boundOver(a: ClockBound | null, b: ClockBound | null): ClockBound | null {
  if (a === null || b === null) return null;
  const low = Math.min(a.offsetMs - a.errorMs, b.offsetMs - b.errorMs);
  const high = Math.max(a.offsetMs + a.errorMs, b.offsetMs + b.errorMs);
  const offsetMs = Math.round((low + high) / 2);
  return { offsetMs, errorMs: Math.ceil(Math.max(high - offsetMs, offsetMs - low)) };
}

/** The bound of a time that was written down so many milliseconds later than the clock said. */
function shifted(bound: ClockBound | null, byMs: number): ClockBound | null {
  return bound === null ? null : { ...bound, offsetMs: bound.offsetMs + byMs };
}

/** The better of two samples at an instant: the one that knows more closely. */
export function better(a: ClockSample | null, b: ClockSample, instant: number): ClockSample {
  return a !== null && boundAt(a, instant, 0).errorMs < boundAt(b, instant, 0).errorMs ? a : b;
}

/**
 * The bound of a session that a timer timed.
 * @param atStart what was known when it began, if anything was. @param shown what the clock showed at the end; `endTime` may be later, when it was put back.
 */
export function boundOfTimer(atStart: ClockBound | null, startTime: number, endTime: number, shown: number, clockAt: (instant: number) => ClockBound | null): ClockBound | null {
  return boundOver(atStart ?? clockAt(startTime), shifted(clockAt(shown), endTime - shown));
}

export function readSample(value: unknown): ClockSample | null {
  const bound = readBound(value);
  const at = asFields(value)?.['at'];
  return bound !== null && isNumber(at) ? { ...bound, at } : null;
}
