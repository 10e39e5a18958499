import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import { formatDuration } from 'date-fns/formatDuration';

const DAY_MS = 86_400_000;

/**
 * A lag in words, rounded down: `0 seconds`, `2 minutes`, `23 hours`, and from 24 h on whole days of 24 h (`3 days`).
 * The same words under every time zone: from a day on date-fns' distance counts calendar days of the local zone and goes
 * wrong when clocks change, so days are counted here.
 *
 * @param ms milliseconds; below zero counts as zero.
 */
export function syncLagWords(ms: number): string {
  const lag = Math.max(0, ms);
  if (lag >= DAY_MS) return formatDuration({ days: Math.floor(lag / DAY_MS) });
  return formatDistanceStrict(lag, 0, { roundingMethod: 'floor' });
}

/** When the words of a lag next change: the smallest lag above `ms` that reads differently, whole minutes at the finest. */
export function nextLagChange(ms: number): number {
  const lag = Math.max(0, ms);
  const step = lag < 3_600_000 ? 60_000 : lag < DAY_MS ? 3_600_000 : DAY_MS;
  return (Math.floor(lag / step) + 1) * step;
}
