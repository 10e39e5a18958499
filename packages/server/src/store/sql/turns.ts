// Turns for the users of one store, so that whoever asks much takes few of its connections and the others find theirs.
import { storeError } from '../store-error.ts';

interface Line {
  running: number;
  readonly waiting: Set<() => void>;
}

export class UserTurns {
  readonly #atOnce: number;
  readonly #waitMs: number;
  readonly #lines = new Map<string, Line>();

  /** @param atOnce works of one user that run at once. @param waitMs how long the others wait for them at most. */
  constructor(atOnce: number, waitMs: number) {
    this.#atOnce = atOnce;
    this.#waitMs = waitMs;
  }

  /** Runs the work when its turn comes. Rejects with a `ServerStoreError` when it does not come in time. */
  async run<T>(userId: string, work: () => Promise<T>): Promise<T> {
    await this.#turn(userId);
    try {
      return await work();
    } finally {
      this.#next(userId);
    }
  }

  #turn(userId: string): Promise<void> {
    const line = this.#lines.get(userId) ?? { running: 0, waiting: new Set() };
    this.#lines.set(userId, line);
    if (line.running < this.#atOnce) {
      line.running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        line.waiting.delete(go);
        reject(storeError('conflict', undefined, 'others of this user take too long'));
      }, this.#waitMs);
      const go = (): void => {
        clearTimeout(late);
        resolve();
      };
      line.waiting.add(go);
    });
  }

  /** Hands the place on without giving it up in between, so that no newcomer overtakes. */
  #next(userId: string): void {
    const line = this.#lines.get(userId);
    if (line === undefined) return;
    const [next] = line.waiting;
    if (next !== undefined) {
      line.waiting.delete(next);
      next();
      return;
    }
    line.running -= 1;
    if (line.running === 0) this.#lines.delete(userId);
  }
}
