// What says that a device slept while a timer ran: the monotonic clock that stood still, and a page that gave no sign of life. Pure.
import type { SleepEvidence } from '../api.ts';
import type { Marks, RunningSession } from './session.ts';

/** From one instant to another, by the wall clock. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** When the page of a running session was last seen to work, and how long it was not. */
export interface LifeSigns {
  readonly seenAt: number;
  readonly gaps: readonly Gap[];
}

/** Hidden pages are woken every few minutes at the latest; whoever is silent for longer sleeps. */
export const SILENT_MS: number = 10 * 60_000;
/** Less than that is not worth a question. */
const WORTH_MS = 5 * 60_000;
/** Gaps kept: a device that slept more often than that was hardly awake. */
const GAPS_MAX = 50;

/** The signs of life of a session at a moment at which its page works. */
export function signsAt({ signs }: RunningSession, now: number): LifeSigns {
  // A session of an older release gave none: nobody knows.
  const { seenAt, gaps } = signs ?? { seenAt: now, gaps: [] };
  const isGap = now - seenAt > SILENT_MS && gaps.length < GAPS_MAX;
  // A clock that was put back is no sign of anything.
  return { seenAt: now, gaps: isGap ? [...gaps, { from: seenAt, to: now }] : gaps };
}

/**
 * How long a session lasted awake. A monotonic clock that stood still says it exactly, also when the wall clock was put forward; one that went on,
 * as it may in sleep, or of another tab, says nothing: then the signs of life do.
 */
export function awakeMs(running: RunningSession, marks: Marks): number {
  const wallMs = Math.round(marks.now) - running.startTime;
  const monotonicMs = running.tab === marks.tab ? Math.round(marks.monotonic - running.monotonicStart) : null;
  if (monotonicMs !== null && wallMs - monotonicMs >= WORTH_MS) return Math.max(1, monotonicMs);
  const silent = signsAt(running, marks.now).gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  return Math.max(1, Math.min(monotonicMs ?? wallMs, wallMs - silent));
}

/** What a timer that is finished now may be cut to; null when it did not sleep for long. */
export function sleepOf(running: RunningSession, marks: Marks): SleepEvidence | null {
  const awake = awakeMs(running, marks);
  const asleepMs = Math.round(marks.now) - running.startTime - awake;
  if (asleepMs < WORTH_MS) return null;
  const { gaps } = signsAt(running, marks.now);
  return { asleepMs, gaps, endBeforeSleep: gaps[0]?.from ?? null, endOfTimeAwake: running.startTime + awake };
}
