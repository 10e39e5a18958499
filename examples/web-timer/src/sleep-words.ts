// A timer that slept, told in words. Pure.
import type { SleepEvidence } from '@syncline/core';
import { lengthWords, timeWords } from './words.ts';

const MINUTE_MS = 60_000;

export interface SleepWay {
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  /** When the session is to have ended; null for now. */
  readonly endTime: number | null;
}

export function sleepWords({ asleepMs, gaps }: SleepEvidence): string {
  const [first] = gaps;
  const when = gaps.length === 1 && first !== undefined ? `, from ${timeWords(first.from)} to ${timeWords(first.to)}` : '';
  return `For ${lengthWords(asleepMs / MINUTE_MS)} this device slept, or the page was closed${when}.`;
}

/** The ends to choose from, the likeliest first. A way that leaves nothing is not offered. */
export function sleepWays(startTime: number, { endBeforeSleep, endOfTimeAwake }: SleepEvidence, now: number): readonly SleepWay[] {
  const length = (end: number): string => lengthWords((end - startTime) / MINUTE_MS);
  const ways: SleepWay[] = [];
  if (endBeforeSleep !== null && endBeforeSleep > startTime) {
    ways.push({ key: 'before', title: `It ended at ${timeWords(endBeforeSleep)}, before the sleep`, detail: length(endBeforeSleep), endTime: endBeforeSleep });
  }
  ways.push({ key: 'awake', title: 'Count the time awake', detail: `${length(endOfTimeAwake)}, as if it had ended at ${timeWords(endOfTimeAwake)}`, endTime: endOfTimeAwake });
  ways.push({ key: 'all', title: 'Count all of it', detail: `${length(now)}, until now`, endTime: null });
  return ways;
}
