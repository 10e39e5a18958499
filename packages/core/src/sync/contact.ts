// When the server last answered, and how far its clock is from ours. Every tab shows what is written down, so that all show the same;
// it is written with whatever else is written, and by itself only now and then, so that an idle device is quiet.
import type { ClockBound } from '@syncline/protocol';
import type { Clock } from '../ports.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { Draft } from './draft.ts';
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
  #latest: (Pick<SyncState, 'skew' | 'clock'> & { readonly lastContact: number }) | null = null;

  constructor(options: ContactOptions) {
    this.#options = options;
  }

  /** To be written along with something else; nothing where another tab has heard from the server since. */
  get latest(): Partial<SyncState> {
    const { lastContact } = this.#options.local.view.sync;
    return this.#latest !== null && this.#latest.lastContact >= (lastContact ?? 0) ? this.#latest : {};
  }

  /** @param answered how far this device's clock is ahead, as one answer tells it; null when it tells no time. */
  heard(answered: ClockBound | null): void {
    // A clock that is ages away tells no time: some print the year 1 where they have none.
    const told = answered !== null && Math.abs(answered.offsetMs) < OFFSET_MAX_MS ? answered : null;
    const { local, clock, watch } = this.#options;
    const sample = told === null ? local.view.sync.clock : watch.take(told);
    const known = local.view.sync.skew;
    // A slow answer tells only roughly.
    const isNews = told !== null && (known === null || Math.abs(told.offsetMs - known) > SKEW_NOISE_MS + told.errorMs);
    const current = isNews ? told.offsetMs : known;
    const at = Math.round(clock.now() - (current ?? 0));
    const latest = (this.#latest = { lastContact: at, skew: current, clock: sample });
    const written = local.view.sync.lastContact;
    if (!isNews && written !== null && Math.abs(at - written) < WRITE_EVERY_MS) return;
    // Not worth a word when it fails: the next contact writes it.
    const plan = (draft: Draft): void => {
      draft.setSync(latest);
      if (isNews) planAskHeldAgain(draft);
    };
    local.commit(plan, 'relaxed').catch(() => undefined);
  }
}
