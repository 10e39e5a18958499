import type { Cancel, Clock } from '../ports.ts';

/** Something to wait for: a time, or being rung. A ring that comes before the waiting is not lost. */
export class Bell {
  readonly #clock: Clock;
  #wake: (() => void) | null = null;
  #isRung = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }

  /** Resolves when rung or after `delayMs`; null waits for the ring alone. */
  async wait(delayMs: number | null): Promise<void> {
    if (!this.#isRung) {
      let cancel: Cancel = () => undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (delayMs !== null) cancel = this.#clock.setTimer(Math.max(0, Math.ceil(delayMs)), resolve);
      });
      cancel();
      this.#wake = null;
    }
    this.#isRung = false;
  }
}
