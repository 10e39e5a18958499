// Two devices whose clocks are wrong in every way the world knows, near the edge where an overlap turns into none.
import { type Certainty, certaintyOf, type ClockBound } from '@syncline/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundOfTimer, boundOfTrip } from '../model/clock-bound.ts';
import { finishTimes, type RunningSession } from '../model/session.ts';
import type { Clock } from '../ports.ts';
import { ClockWatch } from './clock-watch.ts';

const MINUTE = 60_000;
const DAWN = Date.UTC(2026, 0, 5, 6);

/** True time, which the server shows. */
interface Time {
  now: number;
}

/** A device in it, with a wall clock that drifts and is set, and a monotonic one that may stop in sleep. */
class Device {
  readonly watch: ClockWatch;
  readonly #time: Time;
  readonly #driftPpm: number;
  readonly #goesOnInSleep: boolean;
  readonly #clock: Clock;
  #offset: number;
  #slept = 0;
  readonly #slewPpm: number;

  constructor(time: Time, { offsetMs, driftPpm, slewPpm, goesOnInSleep }: Skew) {
    this.#time = time;
    this.#offset = offsetMs;
    this.#driftPpm = driftPpm;
    this.#slewPpm = slewPpm;
    this.#goesOnInSleep = goesOnInSleep;
    this.#clock = { now: () => this.wall, monotonic: () => this.monotonic, setTimer: () => () => undefined };
    this.watch = new ClockWatch(this.#clock, () => null);
  }

  /** Both clocks tick at the crystal's pace; the wall clock is slewed besides, as time services do. */
  get wall(): number {
    const passed = this.#time.now - DAWN;
    return Math.floor(DAWN + passed + this.#offset + (passed * (this.#driftPpm + this.#slewPpm)) / 1e6);
  }

  get monotonic(): number {
    const passed = this.#time.now - DAWN - this.#slept;
    return passed + (passed * this.#driftPpm) / 1e6;
  }

  step(ms: number): void {
    this.#offset += ms;
  }

  sleep(ms: number): void {
    this.#time.now += ms;
    if (!this.#goesOnInSleep) this.#slept += ms;
  }

  /** A request to the server and back. */
  ask(up: number, down: number): void {
    const before = { wall: this.wall, monotonic: this.monotonic };
    this.#time.now += up;
    const told = Math.floor(this.#time.now);
    this.#time.now += down;
    this.watch.take(boundOfTrip(told, 0, before, { wall: this.wall, monotonic: this.monotonic }));
  }

  start(): RunningSession {
    return {
      id: 'x', startTime: this.wall, plannedDuration: 25, category: '', project: '', note: '', tab: 't', monotonicStart: this.monotonic,
      clockBound: this.watch.boundAt(this.wall), notice: null,
    };
  }

  finish(running: RunningSession): { readonly startTime: number; readonly endTime: number; readonly clock: ClockBound | undefined } {
    const { endTime } = finishTimes(running, { now: this.wall, monotonic: this.monotonic, tab: 't' });
    const clock = boundOfTimer(running.clockBound ?? null, running.startTime, endTime, this.wall, (instant) => this.watch.boundAt(instant));
    return { startTime: running.startTime, endTime, clock: clock ?? undefined };
  }
}

interface Skew {
  readonly offsetMs: number;
  readonly driftPpm: number;
  readonly slewPpm: number;
  readonly goesOnInSleep: boolean;
}

type Event = { readonly kind: 'ask'; readonly up: number; readonly down: number } | { readonly kind: 'step' | 'sleep' | 'wait'; readonly ms: number };

const SKEW: fc.Arbitrary<Skew> = fc.record({
  offsetMs: fc.integer({ min: -90_000, max: 90_000 }), driftPpm: fc.integer({ min: -100, max: 100 }), slewPpm: fc.integer({ min: -300, max: 300 }), goesOnInSleep: fc.boolean(),
});
const LEG = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3000 }));
const ASK: fc.Arbitrary<Event> = fc.record({ kind: fc.constant('ask' as const), up: LEG, down: LEG });
const EVENT: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: ASK },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 90 * MINUTE }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('step' as const), ms: fc.oneof(fc.integer({ min: -240, max: 240 }), fc.integer({ min: -5000, max: 5000 })) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sleep' as const), ms: fc.integer({ min: 0, max: 60 * MINUTE }) }) },
);

function happen(time: Time, device: Device, event: Event): void {
  if (event.kind === 'ask') device.ask(event.up, event.down);
  else if (event.kind === 'step') device.step(event.ms);
  else if (event.kind === 'sleep') device.sleep(event.ms);
  else time.now += event.ms;
  // Something looks at the clock now and then: a poll, a request.
  device.watch.look();
}

describe('an overlap told by two clocks', () => {
  it('[B10] [B11] [B12] is never certain when there was none, in a sweep of skews, drifts, delays, steps and sleep', () => {
    const said: Record<Certainty, number> = { certain: 0, possible: 0, within_clock_error: 0 };
    const events = fc.array(EVENT, { maxLength: 3 });
    const shape = fc.record({
      skews: fc.tuple(SKEW, SKEW), before: fc.tuple(events, events), during: fc.tuple(events, events), last: fc.tuple(ASK, ASK), pause: fc.integer({ min: 0, max: 5000 }),
    });
    fc.assert(fc.property(shape, ({ skews, before, during, last, pause }) => {
      const time: Time = { now: DAWN };
      const [a, b] = [new Device(time, skews[0]), new Device(time, skews[1])];
      for (const event of [...before[0], last[0]]) happen(time, a, event);
      for (const event of [...before[1], last[1]]) happen(time, b, event);
      const first = a.start();
      time.now += MINUTE;
      for (const event of during[0]) happen(time, a, event);
      const one = a.finish(first);
      time.now += pause;
      const second = b.start();
      time.now += MINUTE;
      for (const event of during[1]) happen(time, b, event);
      const other = b.finish(second);
      const word = certaintyOf([{ id: 'a', ...one }, { id: 'b', ...other }]);
      said[word] += 1;
      expect(word).not.toBe('certain');
    }), { numRuns: 20_000, seed: 7 });
    expect(said.within_clock_error).toBeGreaterThan(2000);
    expect(said.possible).toBeGreaterThan(2000);
  });

  it('is certain where both clocks were measured lately and it is longer than both round trips', () => {
    fc.assert(fc.property(fc.tuple(SKEW, SKEW), fc.tuple(LEG, LEG, LEG, LEG), fc.integer({ min: 0, max: 5 * MINUTE }), (skews, [up, down, upToo, downToo], wait) => {
      const time: Time = { now: DAWN };
      const [a, b] = [new Device(time, skews[0]), new Device(time, skews[1])];
      a.ask(up, down);
      b.ask(upToo, downToo);
      time.now += wait;
      const [first, second] = [a.start(), b.start()];
      // Half of each trip at both ends, what both clocks drifted meanwhile, and a little for whole milliseconds.
      time.now += up + down + upToo + downToo + (wait + MINUTE) * 0.004 + 50;
      expect(certaintyOf([{ id: 'a', ...a.finish(first) }, { id: 'b', ...b.finish(second) }])).toBe('certain');
    }), { numRuns: 2000, seed: 7 });
  });
});
