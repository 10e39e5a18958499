import { LIMITS } from './limits.ts';
import { isRetired, type StatusOptions } from './status.ts';
import type { SyncFacts } from './sync-facts.ts';
import { nextLagChange } from './sync-lag.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * The next instant at which time alone changes the status: a device turns `stale` or `offline` or is retired,
 * the overall word or a count follows, or the lag reads differently. Within the first minute the lag's seconds do not count:
 * a whole minute is the finest step.
 *
 * @param now ms since the epoch, in server time.
 * @returns ms since the epoch, later than `now`; null when nothing will ever change without news.
 */
export function nextStatusChangeAt(facts: SyncFacts, now: number, options: StatusOptions = {}): number | null {
  const lastHours = options.lastHours ?? LIMITS.lastHoursDefault;
  let newest: number | null = null;
  let next = Number.POSITIVE_INFINITY;
  const consider = (at: number): void => {
    if (at > now && at < next) next = at;
  };
  for (const device of facts.devices) {
    const seen = device.lastSeen;
    if (seen === null || isRetired(device, now)) continue;
    if (newest === null || seen > newest) newest = seen;
    consider(seen + LIMITS.activeWindowMs);
    // `offline` needs an age above the window, so it begins one millisecond after it.
    consider(seen + lastHours * HOUR_MS + 1);
    if (device.sessionsPending === 0) consider(seen + LIMITS.retireAfterDays * DAY_MS);
  }
  if (newest !== null) consider(newest + nextLagChange(now - newest));
  return Number.isFinite(next) ? next : null;
}
