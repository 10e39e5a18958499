// Why a status says what it says: the rule that fitted, with what was measured and where its limit lies. It follows the very rules of
// `status.ts`; a test walks all combinations and finds the same word.
import { LIMITS } from './limits.ts';
import { deviceAge, type DeviceWord, deviceWord, isActive, listedDevices, type OverallWord, overallWord } from './status.ts';
import type { DeviceFacts, SyncFacts } from './sync-facts.ts';

const HOUR_MS = 3_600_000;

/**
 * The rule that decided.
 * `all_delivered` · `sessions_waiting`: not delivered yet · `changes_waiting`: something other than sessions is not delivered · `not_seen` for too long ·
 * `never_seen` · `no_device` at all · `no_device_active` within the hour · `open_conflicts`.
 */
export type StatusCause =
  | 'all_delivered' | 'sessions_waiting' | 'changes_waiting' | 'not_seen' | 'never_seen' | 'no_device' | 'no_device_active' | 'open_conflicts';

/** What helps. `sync`: exchange from here now · `open_device`: open the app on that device · `settle_conflicts`: a person decides · `none`: nothing is wrong. */
export type StatusAction = 'none' | 'sync' | 'open_device' | 'settle_conflicts';

/** One word of a status, explained. */
export interface Explanation<State extends string, Cause extends string, Action extends string> {
  readonly state: State;
  readonly cause: Cause;
  /** What was measured, in `unit`; null where nothing can be. */
  readonly value: number | null;
  /** The limit it was held against, in `unit`: the state holds from here on. Null without one. */
  readonly threshold: number | null;
  readonly unit: 'ms' | 'count';
  /** Since when, ms since the epoch; null where that is not known. */
  readonly since: number | null;
  readonly action: Action;
}

/** A device's word, explained. */
export type DeviceExplanation = Explanation<DeviceWord, StatusCause, StatusAction>;
/** The overall word, explained. */
export type OverallExplanation = Explanation<OverallWord, StatusCause, StatusAction>;

/**
 * Why a device has its word.
 * @param now ms since the epoch, in server time, and so is `since`.
 * @param isOwn whether it is the device that asks.
 */
export function explainDevice(facts: DeviceFacts, now: number, isOwn: boolean, lastHours: number = LIMITS.lastHoursDefault): DeviceExplanation {
  const state = deviceWord(facts, now, lastHours);
  const { lastSeen, sessionsPending } = facts;
  const helps = isOwn ? 'sync' : 'open_device';
  if (lastSeen === null) return { state, cause: 'never_seen', value: null, threshold: null, unit: 'ms', since: null, action: helps };
  if (state === 'offline' || state === 'stale') {
    const threshold = state === 'offline' ? lastHours * HOUR_MS : LIMITS.activeWindowMs;
    return { state, cause: 'not_seen', value: deviceAge(facts, now), threshold, unit: 'ms', since: lastSeen + threshold, action: helps };
  }
  const cause = state === 'pending' ? 'sessions_waiting' : 'all_delivered';
  return { state, cause, value: sessionsPending, threshold: 1, unit: 'count', since: lastSeen, action: state === 'pending' ? helps : 'none' };
}

/** Why the whole has its word. @param now as in {@link explainDevice}. */
export function explainOverall(facts: SyncFacts, now: number, lastHours: number = LIMITS.lastHoursDefault): OverallExplanation {
  const state = overallWord(facts, now, lastHours);
  const count = (cause: StatusCause, value: number, action: StatusAction): OverallExplanation =>
    ({ state, cause, value, threshold: 1, unit: 'count', since: null, action });
  if (state === 'conflicts') return count('open_conflicts', facts.openConflicts, 'settle_conflicts');
  if (state === 'healthy') return count('all_delivered', 0, 'none');
  const devices = listedDevices(facts.devices, now);
  const [newest] = devices;
  if (newest === undefined) return count('no_device', 0, 'sync');
  const unseen = (cause: StatusCause, threshold: number): OverallExplanation => newest.lastSeen === null
    ? { state, cause: 'never_seen', value: null, threshold: null, unit: 'ms', since: null, action: 'sync' }
    : { state, cause, value: deviceAge(newest, now), threshold, unit: 'ms', since: newest.lastSeen + threshold, action: 'sync' };
  if (state === 'offline') return unseen('not_seen', lastHours * HOUR_MS);
  const active = devices.filter((device) => isActive(device, now));
  const pending = active.reduce((sum, device) => sum + device.sessionsPending, 0);
  if (pending > 0) return count('sessions_waiting', pending, 'sync');
  if (active.length === 0) return unseen('no_device_active', LIMITS.activeWindowMs);
  return count('changes_waiting', (facts.settlementsPending ?? 0) + (facts.preferencesPending === true ? 1 : 0), 'sync');
}
