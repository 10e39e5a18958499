import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRecord, checkStart, finishTimes, type RunningSession } from './session.ts';

const START = Date.UTC(2026, 0, 5, 9);
const MIN = 60_000;
const running: RunningSession = { id: 'a', startTime: START, plannedDuration: 25, category: 'work', project: 'p', note: '', tab: 'tab-1', monotonicStart: 500, notice: null };
const marks = (wall: number, monotonic: number, tab = 'tab-1') => ({ now: START + wall, monotonic: 500 + monotonic, tab });

describe('when a session ended', () => {
  it('is the wall clock while both agree', () => {
    expect(finishTimes(running, marks(25 * MIN, 25 * MIN))).toEqual({ endTime: START + 25 * MIN, clock: null });
    expect(finishTimes(running, marks(25 * MIN + 2000, 25 * MIN))).toMatchObject({ clock: null });
  });
  it('counts sleep, in which the monotonic clock stood still, and keeps both', () => {
    expect(finishTimes(running, marks(60 * MIN, 20 * MIN))).toEqual({ endTime: START + 60 * MIN, clock: { wallMs: 60 * MIN, monotonicMs: 20 * MIN } });
  });
  it('is the monotonic clock when the wall clock was put back', () => {
    expect(finishTimes(running, marks(-30 * MIN, 25 * MIN))).toEqual({ endTime: START + 25 * MIN, clock: { wallMs: -30 * MIN, monotonicMs: 25 * MIN } });
  });
  it('is after the start, whatever the clocks say, also in another tab', () => {
    fc.assert(fc.property(fc.integer(), fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.constantFrom('tab-1', 'tab-2'), (wall, monotonic, tab) => {
      const { endTime } = finishTimes(running, marks(wall, monotonic, tab));
      expect(endTime).toBeGreaterThan(START);
      expect(Number.isInteger(endTime)).toBe(true);
    }));
  });
});

describe('an input', () => {
  const input = { startTime: START, endTime: START + 25 * MIN, category: 'work', project: 'Personal' };
  const paths = (more: object) => checkRecord({ ...input, ...more }).map(({ path }) => path);
  it('is accepted at each cap and refused one above, with every faulty field named', () => {
    expect(paths({})).toEqual([]);
    expect(paths({ endTime: START + 24 * 60 * MIN })).toEqual([]);
    expect(paths({ endTime: START + 24 * 60 * MIN + 1 })).toEqual(['endTime']);
    expect(paths({ endTime: START })).toEqual(['endTime']);
    expect(paths({ note: 'x'.repeat(4096) })).toEqual([]);
    expect(paths({ note: 'x'.repeat(4097) })).toEqual(['note']);
    expect(paths({ note: '€'.repeat(1366) })).toEqual(['note']);
    expect(paths({ startTime: 1.5 })).toEqual(['startTime']);
    expect(paths({ startTime: Number.NaN, category: '', project: '', note: '\u0000', id: 'no' })).toEqual(['startTime', 'category', 'project', 'note', 'id']);
    expect(paths({ category: '   ', project: '\n' })).toEqual(['category', 'project']);
    expect(paths({ category: undefined, project: 7 })).toEqual(['category', 'project']);
    expect(paths({ startTime: Date.UTC(1999, 11, 31), endTime: Date.UTC(1999, 11, 31, 1) })).toEqual(['startTime']);
  });
  it('that ends in the future is none of our business: this clock may be wrong', () => {
    expect(paths({ startTime: START + 1e11, endTime: START + 1e11 + 1 })).toEqual([]);
  });
  it('of a start has a plan of a minute to a day', () => {
    const start = (plannedDuration: number) => checkStart({ plannedDuration, category: 'work' }).length;
    expect([1, 25, 1440].map(start)).toEqual([0, 0, 0]);
    expect([0, 0.5, 1441, Number.NaN, Number.POSITIVE_INFINITY].map(start)).toEqual([1, 1, 1, 1, 1]);
  });
});
