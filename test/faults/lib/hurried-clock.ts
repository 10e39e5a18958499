// A clock that never waits: while nothing is under way it jumps to the next timer. Requests over real sockets take no time on it.
import type { Cancel, Clock } from '@syncline/core';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Turns of the event loop in which nothing may begin before nothing is believed to be under way. */
const QUIET_TURNS = 3;

export class HurriedClock implements Clock {
  readonly #start: number;
  readonly #timers = new Set<Timer>();
  #now: number;
  #underWay = 0;
  #begun = 0;

  constructor(start: number) {
    this.#start = this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  setTimer(delayMs: number, run: () => void): Cancel {
    const timer = { at: this.#now + Math.max(0, delayMs), run };
    this.#begun += 1;
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Work of the real world, during which no time is skipped. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    this.#begun += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      this.#begun += 1;
    }
  }

  /** Time that real work took, as far as this clock is concerned. */
  skip(ms: number): void {
    this.#now += ms;
  }

  /** Lets time pass until the condition holds at a quiet moment. Rejects when it does not hold after `limitMs` of this clock. */
  async until(holds: () => boolean, limitMs: number, wanted: string): Promise<void> {
    const end = this.#now + limitMs;
    for (;;) {
      await this.#quiet();
      if (holds()) return;
      const next = [...this.#timers].reduce<Timer | null>((first, timer) => (first === null || timer.at < first.at ? timer : first), null);
      if (next === null) throw new Error(`nothing is planned any more, and still not: ${wanted}`);
      if (next.at > end) throw new Error(`not within ${limitMs} ms: ${wanted}`);
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
  }

  /** Lets that much time pass. */
  async pass(ms: number): Promise<void> {
    let isOver = false;
    this.setTimer(ms, () => void (isOver = true));
    await this.until(() => isOver, ms + 1, 'the time is over');
  }

  async #quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
      const before = this.#begun;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#underWay > 0 || this.#begun !== before) turns = -1;
    }
  }
}
