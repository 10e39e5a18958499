// When the server last answered, and how far its clock is from ours. Kept in memory for this tab's screen, written down only now and then.
import type { Clock } from '../ports.ts';
import type { Local } from './local.ts';
import { SKEW_NOISE_MS } from './server-calls.ts';

/** A contact is written down when the written one is older than this: an idle device writes at most so often. */
const WRITE_EVERY_MS = 60_000;

export interface ContactOptions {
  readonly local: Local;
  readonly clock: Clock;
  /** Told of each contact, in the server's time. */
  readonly onContact: (at: number) => void;
}

export class Contact {
  readonly #options: ContactOptions;

  constructor(options: ContactOptions) {
    this.#options = options;
  }

  heard(skew: number | null): void {
    const { local, clock, onContact } = this.#options;
    const known = local.view.sync.skew;
    const isNews = skew !== null && (known === null || Math.abs(skew - known) > SKEW_NOISE_MS);
    const current = isNews ? skew : known;
    const at = clock.now() - (current ?? 0);
    const written = local.view.sync.lastContact;
    if (isNews || written === null || Math.abs(at - written) >= WRITE_EVERY_MS) {
      const write = local.commit((draft) => draft.setSync({ lastContact: at, skew: current }), 'relaxed');
      // Not worth a word: the next contact writes it.
      write.catch(() => undefined);
    }
    onContact(at);
  }
}
