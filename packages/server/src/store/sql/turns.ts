// Turns at something scarce, so that whoever asks for much of it leaves the others some.
import { E_TIMEOUT, Semaphore, type SemaphoreInterface, withTimeout } from 'async-mutex';
import { storeError } from '../store-error.ts';

export class Turns {
  readonly #atOnce: number;
  readonly #waitMs: number;
  readonly #lines = new Map<string, SemaphoreInterface>();

  /** @param atOnce works in one line that run at once. @param waitMs how long the others wait for them at most. */
  constructor(atOnce: number, waitMs: number) {
    this.#atOnce = atOnce;
    this.#waitMs = waitMs;
  }

  /** Runs the work when its turn in that line comes. Rejects with a `ServerStoreError` when it does not come in time. */
  async run<T>(line: string, work: () => Promise<T>): Promise<T> {
    const turns = this.#lines.get(line) ?? withTimeout(new Semaphore(this.#atOnce), this.#waitMs);
    this.#lines.set(line, turns);
    try {
      return await turns.runExclusive(work);
    } catch (error) {
      throw error === E_TIMEOUT ? storeError('conflict', undefined, 'others before it take too long') : error;
    } finally {
      if (turns.getValue() === this.#atOnce) this.#lines.delete(line);
    }
  }
}
