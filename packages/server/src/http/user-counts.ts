// How many of something each user has under way, and no more than so many.
import { problem } from './problem.ts';

export class UserCounts {
  readonly #most: number;
  readonly #retryAfter: number;
  readonly #counts = new Map<string, number>();

  /** @param retryAfter seconds that a caller too many is told to wait. */
  constructor(most: number, retryAfter: number) {
    this.#most = most;
    this.#retryAfter = retryAfter;
  }

  /** Counts one more. Gives what counts it no longer; calling that twice is harmless. @throws Problem `too_many_requests`. */
  enter(userId: string): () => void {
    const count = this.#counts.get(userId) ?? 0;
    if (count >= this.#most) throw problem('too_many_requests', { headers: { 'Retry-After': String(this.#retryAfter) } });
    this.#counts.set(userId, count + 1);
    let isIn = true;
    return () => {
      if (isIn) this.#leave(userId);
      isIn = false;
    };
  }

  #leave(userId: string): void {
    const left = (this.#counts.get(userId) ?? 1) - 1;
    if (left > 0) this.#counts.set(userId, left);
    else this.#counts.delete(userId);
  }
}
