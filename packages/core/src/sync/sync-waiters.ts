// Those who wait for a sync, and what they are told.
import type { SyncOutcome } from '../api.ts';
import { reasonOf } from './books.ts';
import type { View } from './view.ts';

export class SyncWaiters {
  readonly #view: () => View;
  #waiting: ((outcome: SyncOutcome) => void)[] = [];
  #sent = 0;
  #sentBefore = 0;

  constructor(view: () => View) {
    this.#view = view;
  }

  /** Resolves with the next release. */
  wait(): Promise<SyncOutcome> {
    if (this.#waiting.length === 0) this.#sentBefore = this.#sent;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  noteSent(count: number): void {
    this.#sent += count;
  }

  release(reason: SyncOutcome['reason'] | null): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    const outcome = this.outcome(reason, this.#sent - this.#sentBefore);
    for (const resolve of waiting) resolve(outcome);
  }

  /** Where sync stands now. */
  outcome(reason: SyncOutcome['reason'] | null, sent: number): SyncOutcome {
    const view = this.#view();
    const why = reason ?? reasonOf(view);
    return { ok: why === 'done', sent, pending: view.sessionsPending, reason: why };
  }
}
