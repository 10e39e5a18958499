import { describe, expect, it } from 'vitest';
import { boundOfTrip, type ClockSample } from '../model/clock-bound.ts';
import type { Clock } from '../ports.ts';
import { ClockWatch } from './clock-watch.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 5, 12);

/** A device's two clocks, moved by hand. */
function device(): Clock & { pass(ms: number): void; step(ms: number): void; sleep(ms: number): void } {
  let [wall, monotonic] = [NOON, 1000];
  return {
    now: () => wall, monotonic: () => monotonic, setTimer: () => () => undefined,
    pass: (ms) => ((wall += ms), (monotonic += ms)),
    step: (ms) => void (wall += ms),
    sleep: (ms) => void (wall += ms),
  };
}

describe('what a tab knows of its clock', () => {
  it('is nothing before an answer, and grows vaguer with time in both directions', () => {
    const clock = device();
    const watch = new ClockWatch(clock, () => null);
    expect(watch.boundAt(clock.now())).toBeNull();
    clock.pass(10 * MINUTE);
    watch.take({ offsetMs: 40, errorMs: 20 });
    expect(watch.boundAt(clock.now())).toEqual({ offsetMs: 40, errorMs: 20 });
    clock.pass(10 * MINUTE);
    expect(watch.boundAt(clock.now())).toEqual({ offsetMs: 40, errorMs: 320 });
    expect(watch.boundAt(clock.now() - 20 * MINUTE)).toEqual({ offsetMs: 40, errorMs: 320 });
    // Before this tab was there, the clock may have been set.
    expect(watch.boundAt(NOON - 1)).toBeNull();
    expect(watch.boundAt(clock.now() + 1)).toBeNull();
  });

  it('is one zero for a clock that is half a millisecond behind: a status does not change from one to another', () => {
    const { offsetMs } = boundOfTrip(NOON, 0, { wall: NOON, monotonic: 0 }, { wall: NOON, monotonic: 1 });
    expect(Object.is(offsetMs, 0)).toBe(true);
  });

  it('rests on the answer with the shortest trip, until that is too long ago', () => {
    const clock = device();
    const watch = new ClockWatch(clock, () => null);
    watch.take({ offsetMs: 40, errorMs: 20 });
    clock.pass(MINUTE);
    expect(watch.take({ offsetMs: 90, errorMs: 300 })).toMatchObject({ offsetMs: 40 });
    clock.pass(10 * MINUTE);
    expect(watch.take({ offsetMs: 90, errorMs: 300 })).toMatchObject({ offsetMs: 90 });
  });

  it.each([['[B11] a clock that was put back', -MINUTE], ['a clock that was put forward', MINUTE], ['[B09] sleep', MINUTE]])('ends with %s, for what was and for what comes, until the next answer', (_, ms) => {
    const clock = device();
    const watch = new ClockWatch(clock, () => null);
    watch.take({ offsetMs: 40, errorMs: 20 });
    clock.pass(MINUTE);
    const before = clock.now();
    clock.step(ms);
    clock.pass(MINUTE);
    expect(watch.boundAt(clock.now())).toBeNull();
    watch.take({ offsetMs: 7, errorMs: 5 });
    expect(watch.boundAt(clock.now())).toEqual({ offsetMs: 7, errorMs: 5 });
    expect(watch.boundAt(Math.min(before, clock.now()) - 1)).toBeNull();
  });

  it('takes what another tab heard only where it was there then, and saw the clock go on evenly since', () => {
    const clock = device();
    let stored: ClockSample | null = { offsetMs: 40, errorMs: 20, at: NOON - 1 };
    const watch = new ClockWatch(clock, () => stored);
    expect(watch.boundAt(clock.now())).toBeNull();
    clock.pass(MINUTE);
    stored = { offsetMs: 40, errorMs: 20, at: clock.now() };
    expect(watch.boundAt(clock.now())).toEqual({ offsetMs: 40, errorMs: 20 });
    clock.sleep(MINUTE);
    expect(watch.boundAt(clock.now())).toBeNull();
  });

  it('is wrong by as much as the wall clock was seen to waver', () => {
    const clock = device();
    const watch = new ClockWatch(clock, () => null);
    watch.take({ offsetMs: 0, errorMs: 10 });
    for (const ms of [100, -180, 80]) {
      clock.step(ms);
      watch.look();
    }
    expect(watch.boundAt(clock.now())).toEqual({ offsetMs: 0, errorMs: 190 });
  });
});
