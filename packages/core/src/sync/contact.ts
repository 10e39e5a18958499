// When the server last answered, and how far its clock is from ours. Every tab shows what is written down, so that all show the same;
// it is written with whatever else is written, and for its own sake only now and then, so that an idle device is quiet.
import type { ClockBound } from '@syncline/protocol';
import type { Clock } from '../ports.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { Draft } from './draft.ts';
import { isEqualValue } from './equal.ts';
import type { Local } from './local.ts';
import { SKEW_NOISE_MS } from './server-calls.ts';
import { planAskHeldAgain } from './settle.ts';
import type { SyncState } from './sync-state.ts';

const WRITE_EVERY_MS = 60_000;
/** About a hundred years. */
const OFFSET_MAX_MS = 3e12;

export interface ContactOptions {
  readonly local: Local;
  readonly clock: Clock;
  readonly watch: ClockWatch;
}

export class Contact {
  readonly #options: ContactOptions;
  #latest: Pick<SyncState, 'lastContact' | 'skew' | 'clock'> | null = null;
  /** What was written down when that was heard. */
  #before: number | null = null;

  constructor(options: ContactOptions) {
    this.#options = options;
  }

  /** What is written down, where another tab has heard from the server since. */
  get #heard(): SyncState {
    const { sync } = this.#options.local.view;
    return sync.lastContact === this.#before ? { ...sync, ...this.#latest } : sync;
  }

  /** Writes what was heard along with a change, if there is one, or for its own sake. */
  write(draft: Draft, change: Partial<SyncState> = {}): void {
    const { sync } = draft.view;
    if (this.isNews(change)) draft.setSync({ ...this.#heard, ...change });
    if (draft.view.sync.skew !== sync.skew) planAskHeldAgain(draft);
  }

  /** Whether that is a change; or what was heard is so different, or the last word of it so long ago, that it is written for its own sake. */
  isNews(change: Partial<SyncState>): boolean {
    const { sync } = this.#options.local.view;
    const { lastContact, skew } = this.#heard;
    return skew !== sync.skew || Math.abs((lastContact ?? 0) - (sync.lastContact ?? 0)) >= WRITE_EVERY_MS || !isEqualValue({ ...sync, ...change }, sync);
  }

  /** @param answered how far this device's clock is ahead, as one answer tells it; null when it tells no time. */
  heard(answered: ClockBound | null): void {
    // A clock that is ages away tells no time: some print the year 1 where they have none.
    const told = answered !== null && Math.abs(answered.offsetMs) < OFFSET_MAX_MS ? answered : null;
    const { local, clock, watch } = this.#options;
    // The store may have refused to note what was heard before.
    const { skew: known, clock: before } = this.#heard;
    const sample = told === null ? before : watch.take(told);
    // A slow answer tells only roughly.
    const isNews = told !== null && (known === null || Math.abs(told.offsetMs - known) > SKEW_NOISE_MS + told.errorMs);
    const current = isNews ? told.offsetMs : known;
    const at = Math.round(clock.now() - (current ?? 0));
    this.#latest = { lastContact: at, skew: current, clock: sample };
    this.#before = local.view.sync.lastContact;
  }
}
