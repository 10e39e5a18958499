import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedPauseMs, backOffMs, parseHttpDate } from './backoff.ts';
import { endOf, isOver, sooner, spanOf } from './span.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the pause after a failure', () => {
  it('lies between one second and five minutes, and its ceiling doubles', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), random, (failures, chance) => {
      const pause = backOffMs(failures, chance);
      expect(pause).toBeGreaterThanOrEqual(1000);
      expect(pause).toBeLessThanOrEqual(Math.min(300_000, 1000 * 2 ** failures));
    }));
    expect([1, 2, 3, 8, 9, 50].map((failures) => backOffMs(failures, 0.999_999))).toEqual([2000, 4000, 8000, 256_000, 300_000, 300_000]);
    expect(backOffMs(9, 0)).toBe(1000);
  });
  it('asked for by the server is never shortened and hardly lengthened', () => {
    fc.assert(fc.property(fc.integer({ min: 1000, max: 3_600_000 }), random, (asked, chance) => {
      expect(askedPauseMs(asked, chance)).toBeGreaterThanOrEqual(asked);
      expect(askedPauseMs(asked, chance)).toBeLessThanOrEqual(asked * 1.1 + 1);
    }));
  });
  it('is over when the clock shows less than at its beginning', () => {
    const span = spanOf(1000, 500);
    expect([0, 999, 1000, 1499, 1500, 9999].map((now) => isOver(span, now))).toEqual([true, true, false, false, true, true]);
    expect(endOf(span, 1200)).toBe(1500);
    expect(sooner(span, 1200, 1300)).toEqual({ from: 1200, until: 1300 });
    expect(isOver(null, 7)).toBe(true);
  });
});

describe('an HTTP-date', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', 784_111_777_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', null],
    ['Sun, 06 Nov 1994 08:49:37 UTC', null],
    ['Sun, 06 Foo 1994 08:49:37 GMT', null],
    ['Sun, 6  Nov 1994 08:49:37 GMT', null],
    ['Sun, 06 Nov 1994 25:49:37 GMT', null],
    ['120', null],
  ])('%s', (text, expected) => {
    expect(parseHttpDate(text)).toBe(expected);
  });
});
