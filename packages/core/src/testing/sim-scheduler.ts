// The one order of events in a simulated world: a heap of what happens when, and virtual time.
// Nothing in a world may wait for anything else: a promise that is not settled by an event here never settles.
import type { Cancel } from '../ports.ts';

/** Options of a scheduler. */
export interface SimSchedulerOptions {
  /** Virtual time at the beginning, in milliseconds since the epoch. Default 2026-01-05T09:00:00Z. */
  readonly start?: number | undefined;
  /**
   * Resolves when every microtask is done. `() => new Promise((done) => setImmediate(done))` is exact and is needed where web
   * streams or other platform promises take part; the default lets `HOPS` microtasks pass, which needs no platform.
   */
  readonly settle?: (() => Promise<void>) | undefined;
  /** Order among events of one instant: the smaller first. Equal by default, which keeps the order of scheduling. */
  readonly tieBreak?: (() => number) | undefined;
}

interface SimEvent {
  readonly at: number;
  readonly tie: number;
  readonly order: number;
  run: (() => void) | null;
}

const HOPS = 64;
const START = Date.UTC(2026, 0, 5, 9);

async function letMicrotasksPass(): Promise<void> {
  for (let hop = 0; hop < HOPS; hop += 1) await null;
}

export class SimScheduler {
  readonly #settle: () => Promise<void>;
  readonly #tieBreak: () => number;
  readonly #heap: SimEvent[] = [];
  #now: number;
  #order = 0;
  #waiting = 0;

  constructor(options: SimSchedulerOptions = {}) {
    this.#now = options.start ?? START;
    this.#settle = options.settle ?? letMicrotasksPass;
    this.#tieBreak = options.tieBreak ?? ((): number => 0);
  }

  /** True virtual time. What a device believes is its own clock's matter. */
  get now(): number {
    return this.#now;
  }

  /** Events waiting, cancelled ones not counted. */
  get pending(): number {
    return this.#waiting;
  }

  /** When the next event is due; null when nothing waits. */
  get nextAt(): number | null {
    this.#dropCancelled();
    return this.#heap[0]?.at ?? null;
  }

  /** Runs `run` at that time, or now if it has passed. Events of one time run in the order in which they were scheduled. Throws where the time is no number. */
  schedule(at: number, run: () => void): Cancel {
    if (Number.isNaN(Number(at))) throw new RangeError(`nothing can happen at ${at}`);
    const event: SimEvent = { at: Math.max(at, this.#now), tie: this.#tieBreak(), order: (this.#order += 1), run };
    this.#push(event);
    this.#waiting += 1;
    return () => {
      if (event.run === null) return;
      event.run = null;
      this.#waiting -= 1;
    };
  }

  /** Runs the next event and nothing else; false when none waits. Microtasks are left to the caller. */
  step(): boolean {
    this.#dropCancelled();
    const event = this.#pop();
    if (!event?.run) return false;
    const run = event.run;
    event.run = null;
    this.#waiting -= 1;
    this.#now = event.at;
    run();
    return true;
  }

  /** Lets the microtasks finish that are due now. */
  settle(): Promise<void> {
    return this.#settle();
  }

  /** Runs the next event and the microtasks after it; false when none waits. */
  async runNext(): Promise<boolean> {
    if (!this.step()) return false;
    await this.#settle();
    return true;
  }

  /** Runs everything due up to that time, then stands at it. Rejects for a time that never comes. */
  async runUntil(at: number): Promise<void> {
    if (!Number.isFinite(at)) throw new RangeError(`no world ever stands at ${at}`);
    await this.#settle();
    for (let next = this.nextAt; next !== null && next <= at; next = this.nextAt) await this.runNext();
    this.#now = Math.max(this.#now, at);
  }

  /** Runs everything due within that many milliseconds. */
  runFor(ms: number): Promise<void> {
    return this.runUntil(this.#now + ms);
  }

  /** Runs events until the promise settles, and passes on how. Rejects when events run out first, or `maxEvents` were not enough. */
  async drive<T>(promise: Promise<T>, maxEvents = 100_000): Promise<T> {
    let settled = false;
    const mark = (): void => void (settled = true);
    promise.then(mark, mark);
    await this.#settle();
    for (let events = 0; !settled; events += 1) {
      if (events >= maxEvents) throw new Error(`not settled after ${maxEvents} events, at ${this.#now}`);
      if (!(await this.runNext())) throw new Error(`nothing left to happen, and the promise is not settled, at ${this.#now}`);
    }
    return promise;
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.run === null) this.#pop();
  }

  #push(event: SimEvent): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const other = heap[parent];
      if (other === undefined || !before(event, other)) break;
      heap[index] = other;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): SimEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || last === first) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const right = heap[child + 1];
      let least = heap[child];
      if (least === undefined) break;
      if (right !== undefined && before(right, least)) {
        least = right;
        child += 1;
      }
      if (!before(least, last)) break;
      heap[index] = least;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function before(a: SimEvent, b: SimEvent): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.tie !== b.tie) return a.tie < b.tie;
  return a.order < b.order;
}

/** A world's time and order of events. */
export function createSimScheduler(options?: SimSchedulerOptions): SimScheduler {
  return new SimScheduler(options);
}
