// Runs costly work a few at a time and turns callers away rather than letting a line grow without end.

/** Thrown when the line is full. Compare `code`. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
  readonly code = 'queue_full';
}

export interface WorkQueue {
  /** Starts the work when its turn comes; rejects with `QueueFull` at once when the line is full. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

class BoundedQueue implements WorkQueue {
  readonly #atOnce: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(atOnce: number, waitingMax: number) {
    this.#atOnce = atOnce;
    this.#waitingMax = waitingMax;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #turn(): Promise<void> {
    if (this.#running < this.#atOnce) {
      this.#running += 1;
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#waitingMax) return Promise.reject(new QueueFull('too much work is waiting'));
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the place on without giving it up in between, so that no newcomer overtakes. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}

/** At most `atOnce` works run and at most `waitingMax` wait. */
export function createWorkQueue(atOnce: number, waitingMax: number): WorkQueue {
  return new BoundedQueue(atOnce, waitingMax);
}
