import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextStatusChangeAt } from './next-status-change.ts';
import { deriveSyncStatus } from './status.ts';
import type { SyncFacts } from './sync-facts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2025, 7, 24, 15, 0, 0);

/** What a screen shows of a status, the seconds of a lag left out. */
function shown(facts: SyncFacts, at: number, lastHours: number): string {
  const status = deriveSyncStatus(facts, at, { lastHours });
  return JSON.stringify({ ...status, sync_lag: status.sync_lag?.replace(/^\d+ seconds?$/, 'under a minute') });
}

/** The first change by stepping minute by minute, then millisecond by bisection inside the minute. */
function nextByStepping(facts: SyncFacts, now: number, lastHours: number, horizon: number): number | null {
  const before = shown(facts, now, lastHours);
  for (let at = now; at < now + horizon; at += MINUTE) {
    if (shown(facts, at + MINUTE, lastHours) === before) continue;
    let [same, other] = [at, at + MINUTE];
    while (other - same > 1) {
      const middle = Math.floor((same + other) / 2);
      if (shown(facts, middle, lastHours) === before) same = middle;
      else other = middle;
    }
    return other;
  }
  return null;
}

const anyAge = fc.oneof(
  fc.integer({ min: -10 * MINUTE, max: 3 * HOUR }),
  fc.integer({ min: -2 * MINUTE, max: 2 * MINUTE }).chain((off) => fc.constantFrom(HOUR, 5 * HOUR, DAY, 90 * DAY).map((edge) => edge + off)),
  fc.integer({ min: 0, max: 95 * DAY }),
);
const anyFacts: fc.Arbitrary<SyncFacts> = fc
  .array(fc.record({ age: fc.option(anyAge), sessionsPending: fc.constantFrom(0, 0, 2) }), { maxLength: 3 })
  .map((rows) => ({
    devices: rows.map(({ age, sessionsPending }, i) => ({
      deviceId: `d${i}`, deviceType: 'mac_app', version: '1', sessionsPending, lastSeen: age === null ? null : NOW - age,
    })),
    totalSessions: 1, lastSession: null, preferencesUpdated: null, openConflicts: 0,
  }));

describe('nextStatusChangeAt', () => {
  it('equals stepping by the minute', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(1, 5, 24, 8760), (facts, lastHours) => {
        const next = nextStatusChangeAt(facts, NOW, { lastHours });
        const stepped = nextByStepping(facts, NOW, lastHours, 25 * HOUR);
        if (stepped !== null) expect(next).toBe(stepped);
        else expect(next === null || next > NOW + 24 * HOUR).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('gives null when time alone will never change anything', () => {
    const facts: SyncFacts = {
      devices: [
        { deviceId: 'new', deviceType: 'mac_app', version: '1', lastSeen: null, sessionsPending: 1 },
        { deviceId: 'retired', deviceType: 'mac_app', version: '1', lastSeen: NOW - 100 * DAY, sessionsPending: 0 },
      ],
      totalSessions: 0, lastSession: null, preferencesUpdated: null, openConflicts: 0,
    };
    expect(nextStatusChangeAt(facts, NOW)).toBeNull();
  });
});
