// What the leading tab does next. Pure: facts in, one step out. All instants are the device's clock.
import type { SyncState } from './sync-state.ts';

export interface MachineFacts {
  readonly now: number;
  readonly state: Pick<SyncState, 'stopped' | 'connection' | 'capabilities'>;
  /** When the pause after a failure is over; `now` without one. */
  readonly pauseEnds: number;
  /** The platform is sure that there is no network. */
  readonly isOffline: boolean;
  /** The last try while the platform said so; it may be wrong, so now and then one is made. */
  readonly offlineTryAt: number;
  readonly sendable: number;
  /** When the next waiting operation may go, or null. */
  readonly waitingAt: number | null;
  readonly pollAt: number;
  /** When the documented calls are due for preferences. */
  readonly preferencesAt: number;
  readonly healthAt: number;
  readonly needsHealth: boolean;
  /** When the app is asked for a token again, while it has none that works. */
  readonly tokenAt: number;
}

export type Step =
  | { readonly kind: 'health' | 'drain' | 'preferences' | 'poll' | 'token' }
  /** Nothing to do before `until`; null for never without news. */
  | { readonly kind: 'wait'; readonly until: number | null };

export function nextStep(facts: MachineFacts): Step {
  const { now, state } = facts;
  if (state.stopped !== null) return { kind: 'wait', until: null };
  if (state.connection === 'auth_required') {
    return facts.tokenAt <= now ? { kind: 'token' } : { kind: 'wait', until: facts.tokenAt };
  }
  if (facts.pauseEnds > now) return { kind: 'wait', until: facts.pauseEnds };
  if (facts.isOffline && facts.offlineTryAt > now) return { kind: 'wait', until: facts.offlineTryAt };
  if (facts.needsHealth || facts.healthAt <= now) return { kind: 'health' };
  // What never answered is looked at before anything is sent to it: once it answers it may say what it offers.
  if (state.capabilities === null && state.connection !== 'online' && facts.pollAt <= now) return { kind: 'poll' };
  if (facts.sendable > 0) return { kind: 'drain' };
  if (facts.preferencesAt <= now) return { kind: 'preferences' };
  if (facts.pollAt <= now) return { kind: 'poll' };
  return { kind: 'wait', until: Math.min(facts.pollAt, facts.healthAt, facts.preferencesAt, facts.waitingAt ?? Number.POSITIVE_INFINITY) };
}
