import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certaintyOf, type ClockBound } from './certainty.ts';
import { type ConflictSession, groupConflicts, pairKey } from './conflict.ts';

const at = (id: string, startTime: number, endTime: number, clock?: ClockBound): ConflictSession => ({ id, startTime, endTime, deviceType: 'web_timer', clock });
const exact: ClockBound = { offsetMs: 0, errorMs: 0 };

describe('how sure an overlap is', () => {
  it.each<[string, ClockBound | undefined, ClockBound | undefined, string]>([
    ['two good clocks', exact, exact, 'certain'],
    ['errors that together are shorter than the overlap', { offsetMs: 0, errorMs: 4 }, { offsetMs: 0, errorMs: 5 }, 'certain'],
    ['errors that together are as long as the overlap', { offsetMs: 0, errorMs: 5 }, { offsetMs: 0, errorMs: 5 }, 'within_clock_error'],
    ['a clock that was ahead by more than the overlap', { offsetMs: 40, errorMs: 1 }, exact, 'within_clock_error'],
    ['clocks that were ahead alike', { offsetMs: 4000, errorMs: 1 }, { offsetMs: 4000, errorMs: 1 }, 'certain'],
    ['a clock nobody measured', exact, undefined, 'possible'],
    ['two clocks nobody measured', undefined, undefined, 'possible'],
  ])('%s', (_, first, second, word) => {
    expect(groupConflicts([at('a', 0, 100, first), at('b', 90, 200, second)]).map(({ certainty }) => certainty)).toEqual([word]);
  });

  it('one certain pair makes its group certain, unless somebody chose to keep it', () => {
    const sessions = [at('a', 0, 100, exact), at('b', 50, 150, exact), at('c', 149, 300)];
    expect(groupConflicts(sessions)).toMatchObject([{ sessionIds: ['a', 'b', 'c'], certainty: 'certain' }]);
    expect(groupConflicts([...sessions, at('d', 40, 200)], new Set([pairKey('a', 'b')]))).toMatchObject([{ sessionIds: ['a', 'd', 'b', 'c'], certainty: 'possible' }]);
  });

  it('[I-06] is never certain of what did not happen, whatever the true times within the bounds', () => {
    const span = fc.record({ start: fc.integer({ min: 0, max: 400 }), length: fc.integer({ min: 1, max: 200 }) });
    const error = fc.integer({ min: -60, max: 60 });
    const recorded = fc.record({ span, offsetMs: fc.integer({ min: -500, max: 500 }), errorMs: fc.integer({ min: 0, max: 60 }), startOff: error, endOff: error, isMeasured: fc.boolean() });
    fc.assert(fc.property(fc.array(recorded, { minLength: 2, maxLength: 6 }), (all) => {
      const within = all.map((one) => ({ ...one, startOff: Math.max(-one.errorMs, Math.min(one.errorMs, one.startOff)), endOff: Math.max(-one.errorMs, Math.min(one.errorMs, one.endOff)) }));
      const shown = within.map(({ span: { start, length }, offsetMs, errorMs, startOff, endOff, isMeasured }, i) =>
        at(String(i), start + offsetMs + startOff, start + length + offsetMs + endOff, isMeasured ? { offsetMs, errorMs } : undefined));
      const didOverlap = within.some(({ span: a }, i) => within.some(({ span: b }, j) => i < j && a.start < b.start + b.length && b.start < a.start + a.length));
      const word = certaintyOf(shown);
      expect(word === 'certain' && !didOverlap).toBe(false);
      // Perfect clocks are sure of everything.
      const perfect = certaintyOf(within.map(({ span: { start, length } }, i) => at(String(i), start, start + length, exact)));
      expect(perfect === 'certain').toBe(didOverlap);
    }), { numRuns: 500 });
  });
});
