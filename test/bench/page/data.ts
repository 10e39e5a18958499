// The same sessions for every contender: deterministic, about 300 bytes each, a few of a hundred overlap.
import type { BenchSession, Overlapping } from './contender.ts';

const FIRST = Date.UTC(2015, 0, 1);
const MINUTE = 60_000;
/** Where the sessions begin that a benchmark records itself: behind all the others, and none of those overlaps one of these. */
const RECORDED = Date.UTC(2025, 0, 1);
const PACE_MINUTES = 50;
const DEVICES = ['5f0d7a52-6a3c-4d0e-9b1e-0a1b2c3d4e01', '5f0d7a52-6a3c-4d0e-9b1e-0a1b2c3d4e02', '5f0d7a52-6a3c-4d0e-9b1e-0a1b2c3d4e03'] as const;

export const OWN_DEVICE = DEVICES[0];
export const PENDING = 95;
export const ACKNOWLEDGED = 500;
/** Whatever is asked of a history, so many sessions can tell. */
export const HISTORY_MIN = 1000;

function uuid(kind: number, n: number): string {
  const mixed = Math.imul(n + 1, 2_654_435_761) >>> 0;
  return `${mixed.toString(16).padStart(8, '0')}-${kind.toString(16).padStart(4, '0')}-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** A number in [0, 1) that depends on `n` alone. */
function chance(n: number): number {
  let mixed = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** How far apart the sessions of a history begin: as many as there are, all of them end before {@link RECORDED}. */
function paceOf(count: number): number {
  return Math.min(PACE_MINUTES, Math.floor((RECORDED - FIRST) / MINUTE / (count + 10))) * MINUTE;
}

function session(kind: number, n: number, startTime: number, deviceId: string, pace = PACE_MINUTES * MINUTE): BenchSession {
  const minutes = 15 + Math.floor(chance(n * 3 + 1) * 30);
  return {
    id: uuid(kind, n), startTime, endTime: startTime + (minutes * pace) / PACE_MINUTES, category: ['Deep work', 'Meeting', 'Reading'][n % 3] ?? '', project: `Project ${n % 17}`,
    note: `Wrote part ${n} of the report, checked the figures and sent it on to the others`, deviceId,
  };
}

/** Session `n` of a history of `whole`: most often fifty minutes apart, and about one of thirty overlaps the one before. */
export function historical(n: number, whole: number): BenchSession {
  const pace = paceOf(whole);
  const startTime = FIRST + n * pace + Math.floor(chance(n * 3) * 0.16 * pace);
  return session(1, n, chance(n * 3 + 2) < 0.03 ? startTime - 0.6 * pace : startTime, DEVICES[n % 3] ?? OWN_DEVICE, pace);
}

/** Sessions [from, to) of a history of `whole`. */
export function history(whole: number, from = 0, to = whole): BenchSession[] {
  return Array.from({ length: to - from }, (_, i) => historical(from + i, whole));
}

/** The `n`th session that this device records. */
export function recorded(n: number): BenchSession {
  return session(2, n, RECORDED + n * PACE_MINUTES * MINUTE, OWN_DEVICE);
}

/** A span to look for overlaps in, anywhere in a history of `count`. */
export function span(n: number, count: number): { readonly from: number; readonly to: number } {
  const pace = paceOf(count);
  const from = FIRST + Math.floor(chance(n + 7_000_000) * count) * pace;
  return { from, to: from + 1.8 * pace };
}

/** By looking at those that may touch the span, straight from the rule. */
export function expectedOverlaps(n: number, count: number): Overlapping {
  const { from, to } = span(n, count);
  const middle = Math.round((from - FIRST) / paceOf(count));
  let found: Overlapping = { count: 0, sum: 0 };
  for (let i = Math.max(0, middle - 40); i < Math.min(count, middle + 40); i += 1) {
    const { startTime, endTime } = historical(i, count);
    if (startTime < to && from < endTime) found = { count: found.count + 1, sum: found.sum + startTime };
  }
  return found;
}

export function add(found: Overlapping, startTime: number): Overlapping {
  return { count: found.count + 1, sum: found.sum + startTime };
}

/** No session is longer. */
export const LONGEST = 24 * 60 * MINUTE;

/** Overlapping pairs of a history, by comparing near neighbours: farther ones start hours apart. Costs both contenders the same. */
export function expectedPairs(count: number): number {
  let pairs = 0;
  for (let n = 0; n < count; n += 1) {
    const { startTime, endTime } = historical(n, count);
    for (let other = n + 1; other < Math.min(count, n + 4); other += 1) {
      const next = historical(other, count);
      if (next.startTime < endTime && startTime < next.endTime) pairs += 1;
    }
  }
  return pairs;
}
