import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findOverlaps, findOverlapsInColumns, intervalsOverlap, type SessionInterval } from './overlap.ts';
import { anyHistory, pairsByHand } from './history.test-support.ts';

const asText = (pairs: readonly (readonly [string, string])[]) => pairs.map((pair) => [...pair].sort().join(' ')).sort();

describe('findOverlaps', () => {
  it('[I-06] finds exactly the pairs that comparing every pair finds', () => {
    fc.assert(
      fc.property(anyHistory, (sessions) => {
        expect(asText(findOverlaps(sessions))).toEqual(asText(pairsByHand(sessions)));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of the input, and lists each pair from the earlier session', () => {
    fc.assert(
      fc.property(anyHistory.chain((sessions) => fc.tuple(fc.constant(sessions), fc.shuffledSubarray(sessions, { minLength: sessions.length }))), ([sessions, shuffled]) => {
        const pairs = findOverlaps(sessions);
        expect(findOverlaps(shuffled)).toEqual(pairs);
        const rank = new Map([...sessions].sort((a, b) => a.startTime - b.startTime || (a.id < b.id ? -1 : 1)).map((s, i) => [s.id, i]));
        const ranks = pairs.map(([a, b]) => [rank.get(a) ?? -1, rank.get(b) ?? -1] as const);
        for (const [a, b] of ranks) expect(a).toBeLessThan(b);
        expect(ranks).toEqual([...ranks].sort((p, q) => p[0] - q[0] || p[1] - q[1]));
      }),
    );
  });

  it('finds all that a long forgotten session covers, not only neighbours', () => {
    const short = Array.from({ length: 20 }, (_, i) => ({ id: `s${i}`, startTime: 100 + i * 10, endTime: 105 + i * 10 }));
    expect(findOverlaps([...short, { id: 'long', startTime: 0, endTime: 1000 }])).toHaveLength(20);
  });

  it('takes touching ends and empty intervals for no overlap', () => {
    const sessions = [
      { id: 'a', startTime: 0, endTime: 10 },
      { id: 'b', startTime: 10, endTime: 20 },
      { id: 'empty', startTime: 5, endTime: 5 },
      { id: 'reversed', startTime: 18, endTime: 3 },
      { id: 'nan', startTime: Number.NaN, endTime: 20 },
    ];
    expect(findOverlaps(sessions)).toEqual([]);
  });

  it('sorts instants of the full range, fractions and negatives too', () => {
    const edge = fc.oneof(
      fc.integer({ min: -(2 ** 44), max: 2 ** 44 }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.constantFrom(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, Number.NEGATIVE_INFINITY),
    );
    const history = fc.array(fc.tuple(edge, fc.integer({ min: 1, max: 2 ** 40 })), { minLength: 60, maxLength: 120 });
    fc.assert(
      fc.property(history, (rows) => {
        const sessions = rows.map(([startTime, length], i) => ({ id: `s${i}`, startTime, endTime: startTime + length }));
        expect(asText(findOverlaps(sessions))).toEqual(asText(pairsByHand(sessions)));
      }),
      { numRuns: 60 },
    );
  });

  it('sorts fractions of a millisecond that lie between whole ones', () => {
    const history = fc.array(fc.tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: 1, max: 9 })), { minLength: 70, maxLength: 120 });
    fc.assert(
      fc.property(history, (rows) => {
        const ends = [[-30, -29.875], [30, 30.125]] as const;
        const inner = rows.map(([quarters, eighths]) => [quarters / 4, quarters / 4 + eighths / 8] as const);
        const sessions = [...inner, ...ends].map(([startTime, endTime], i) => ({ id: `s${i}`, startTime, endTime }));
        expect(asText(findOverlaps(sessions))).toEqual(asText(pairsByHand(sessions)));
      }),
      { numRuns: 60 },
    );
  });

  it('agrees with the columns on tens of thousands of shuffled sessions', () => {
    const sessions = manySessions(30_000);
    const sorted = [...sessions].sort((a, b) => a.startTime - b.startTime || (a.id < b.id ? -1 : 1));
    const columns = findOverlapsInColumns(
      Float64Array.from(sorted, (session) => session.startTime),
      Float64Array.from(sorted, (session) => session.endTime),
    );
    const pairs = findOverlaps(sessions);
    expect(pairs.length).toBeGreaterThan(10_000);
    expect(pairs.length * 2).toBe(columns.length);
    // One place instead of two lists: printing how lists of this length differ takes longer than any test may.
    expect(pairs.findIndex(([a, b], i) => a !== idAt(sorted, columns[2 * i]) || b !== idAt(sorted, columns[2 * i + 1]))).toBe(-1);
  });
});

describe('findOverlapsInColumns', () => {
  it('finds exactly the pairs that comparing every pair finds, empty intervals left out', () => {
    fc.assert(
      fc.property(anyHistory, (sessions) => {
        const sorted = [...sessions].sort((a, b) => a.startTime - b.startTime);
        const found = findOverlapsInColumns(
          Float64Array.from(sorted, (session) => session.startTime),
          Float64Array.from(sorted, (session) => session.endTime),
        );
        const pairs: [string, string][] = [];
        for (let i = 0; i < found.length; i += 2) pairs.push([idAt(sorted, found[i]), idAt(sorted, found[i + 1])]);
        expect(asText(pairs)).toEqual(asText(pairsByHand(sessions)));
      }),
    );
  });
});

describe('intervalsOverlap', () => {
  it('says what the pairs say', () => {
    fc.assert(
      fc.property(anyHistory, (sessions) => {
        const [a, b] = sessions;
        if (a === undefined || b === undefined) return;
        expect(intervalsOverlap(a, b)).toBe(pairsByHand([a, b]).length === 1);
        expect(intervalsOverlap(b, a)).toBe(intervalsOverlap(a, b));
      }),
    );
  });
});

function idAt(sessions: readonly SessionInterval[], place: number | undefined): string {
  return sessions[place ?? -1]?.id ?? 'none';
}

/** A fixed linear congruence: the same sessions each time, in no order. */
function manySessions(count: number): SessionInterval[] {
  let state = 12_345;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state % below;
  };
  return Array.from({ length: count }, (_, i) => {
    const startTime = 1_700_000_000_000 + next(1_000_000) * 10_007;
    return { id: `s${i}`, startTime, endTime: startTime + 1 + next(1_500_000) };
  });
}
