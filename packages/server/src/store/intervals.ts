import type { Interval } from '../ports.ts';

/**
 * The same time in as few intervals as possible, ordered, none touching another. Whatever shares time with one of the given
 * intervals shares time with one of these, and the other way round.
 */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => a.startTime - b.startTime);
  const merged: { startTime: number; endTime: number }[] = [];
  for (const { startTime, endTime } of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && startTime <= last.endTime) last.endTime = Math.max(last.endTime, endTime);
    else merged.push({ startTime, endTime });
  }
  return merged;
}
