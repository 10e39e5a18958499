import { describe, expect, it } from 'vitest';
import { explainDevice, explainOverall } from './explain.ts';
import { type DeviceWord, deviceWord, overallWord } from './status.ts';
import type { DeviceFacts, SyncFacts } from './sync-facts.ts';

const NOW = Date.UTC(2025, 7, 24, 18);
const HOUR = 3_600_000;
const AGES = { never: null, now: 0, almost: HOUR - 1, hour: HOUR, day: 24 * HOUR, over: 24 * HOUR + 1, retired: 90 * 24 * HOUR } as const;

function device(age: number | null, sessionsPending: number, deviceId = 'a'): DeviceFacts {
  return { deviceId, deviceType: 'mac_app', version: '1', lastSeen: age === null ? null : NOW - age, sessionsPending };
}

const EVERY_DEVICE = Object.values(AGES).flatMap((age) => [0, 1, 7].map((pending) => device(age, pending)));

function facts(devices: readonly DeviceFacts[], more: Partial<SyncFacts> = {}): SyncFacts {
  return { devices, totalSessions: 0, lastSession: null, preferencesUpdated: null, openConflicts: 0, ...more };
}

describe('a device’s word', () => {
  it.each(EVERY_DEVICE)('is explained by the rule that fits: seen %o', (one) => {
    const word = deviceWord(one, NOW);
    for (const isOwn of [true, false]) {
      const found = explainDevice(one, NOW, isOwn);
      expect(found.state).toBe(word);
      // What was measured is on the side of the limit that the word says.
      const holds = found.value === null || found.threshold === null ? null : found.value >= found.threshold;
      const expected: Record<DeviceWord, boolean | null> = { offline: one.lastSeen === null ? null : true, stale: true, pending: true, up_to_date: false };
      expect(holds).toBe(expected[word]);
      expect(found.action).toBe(word === 'up_to_date' ? 'none' : isOwn ? 'sync' : 'open_device');
      // It holds since then: a moment earlier by the clock it was another word.
      if (found.cause === 'not_seen') expect(deviceWord(one, (found.since ?? 0) - 1)).not.toBe(word);
    }
  });
});

describe('the overall word', () => {
  it('is explained by the rule that fits, for every pair of devices and everything that waits', () => {
    const seen = new Set<string>();
    for (const first of [undefined, ...EVERY_DEVICE]) for (const second of [undefined, ...EVERY_DEVICE]) {
      for (const openConflicts of [0, 3]) for (const settlementsPending of [0, 2]) for (const preferencesPending of [false, true]) {
        const devices = [first, second && { ...second, deviceId: 'b' }].filter((one) => one !== undefined);
        const all = facts(devices, { openConflicts, settlementsPending, preferencesPending });
        const found = explainOverall(all, NOW);
        expect(found.state).toBe(overallWord(all, NOW));
        expect(found.action === 'none').toBe(found.state === 'healthy');
        if (found.value !== null && found.threshold !== null) expect(found.value >= found.threshold).toBe(found.state !== 'healthy' && found.cause !== 'no_device');
        seen.add(`${found.state} ${found.cause}`);
      }
    }
    expect([...seen].sort()).toEqual([
      'conflicts open_conflicts', 'delayed changes_waiting', 'delayed no_device_active', 'delayed sessions_waiting', 'healthy all_delivered',
      'offline never_seen', 'offline no_device', 'offline not_seen',
    ]);
  });
});
