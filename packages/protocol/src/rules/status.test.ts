import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import conflictsFixture from '../fixtures/sync-status.conflicts.json' with { type: 'json' };
import healthyFixture from '../fixtures/sync-status.healthy.json' with { type: 'json' };
import { groupConflicts, isEveryDuplicate } from './conflict.ts';
import { parseInstant } from './instant.ts';
import { deriveSyncStatus, deviceWord, overallWord } from './status.ts';
import type { DeviceFacts, SyncFacts } from './sync-facts.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2025, 7, 24, 15, 32, 45);

describe('deriveSyncStatus', () => {
  it('gives the documented healthy sample, every key in its order', () => {
    const { given, expect: expected } = healthyFixture;
    const facts: SyncFacts = {
      devices: given.devices.map((row) => ({
        deviceId: row.device_id,
        deviceType: row.device_type,
        version: row.version,
        lastSeen: ms(row.last_seen),
        sessionsPending: row.sessions_pending,
      })),
      totalSessions: given.total_sessions,
      lastSession: ms(given.last_session),
      preferencesUpdated: ms(given.preferences_updated),
      openConflicts: 0,
    };
    const status = deriveSyncStatus(facts, ms(given.now));
    expect(JSON.stringify(status)).toBe(JSON.stringify(expected));
    // The order the facts came in does not matter.
    expect(deriveSyncStatus({ ...facts, devices: [...facts.devices].reverse() }, ms(given.now))).toEqual(expected);
  });

  it('gives the documented conflicts sample, with exactly its keys and lengths', () => {
    const { given, expect_subset: expected } = conflictsFixture;
    const sessions = given.sessions.map((session) => ({
      id: session.session_id,
      deviceType: session.device_type,
      startTime: ms(session.start_time),
      endTime: ms(session.end_time),
    }));
    const conflicts = groupConflicts(sessions);
    const facts = factsWith([], { conflicts, openConflicts: conflicts.length, everyConflictDuplicate: isEveryDuplicate(conflicts) });
    const status = deriveSyncStatus(facts, ms(given.now), {
      checkConflicts: given.query.check_conflicts === 'true',
      supportContact: given.support_contact,
    });
    expect(status.sync_status).toBe('conflicts');
    expect(JSON.stringify(status.conflicts)).toBe(JSON.stringify(expected.conflicts));
    expect(JSON.stringify(status.conflict_resolution)).toBe(JSON.stringify(expected.conflict_resolution));
    expect(status.conflicts).toHaveLength(1);
    expect(status.data_summary.conflicts_detected).toBe(1);
    expect(Object.keys(status)).toEqual([
      'sync_status', 'last_sync', 'sync_lag', 'total_devices', 'active_devices', 'pending_syncs', 'devices',
      'data_summary', 'recommendations', 'conflicts', 'conflict_resolution',
    ]);
    expect(status.recommendations).toContain('Review overlapping sessions and delete duplicates');
  });

  it('leaves devices and conflicts out when they are not asked for, and counts them all the same', () => {
    const facts = factsWith([device('a', 0, 1)], { openConflicts: 2 });
    const status = deriveSyncStatus(facts, NOW, { includeDevices: false });
    expect(Object.keys(status)).not.toContain('devices');
    expect(Object.keys(status)).not.toContain('conflicts');
    expect(Object.keys(status)).not.toContain('conflict_resolution');
    expect(status.data_summary.conflicts_detected).toBe(2);
    expect(status.sync_status).toBe('conflicts');
  });

  it('lists no conflicts as an empty list without advice', () => {
    const status = deriveSyncStatus(factsWith([]), NOW, { checkConflicts: true });
    expect(status.conflicts).toEqual([]);
    expect(Object.keys(status)).not.toContain('conflict_resolution');
  });

  it('offers to delete duplicates only when every open conflict is one', () => {
    const twin = { category: 'x', project: 'p', deviceType: 'mac_app', startTime: 0, endTime: 10 };
    const conflicts = groupConflicts([{ id: 'a', ...twin }, { id: 'b', ...twin }]);
    const facts = factsWith([], { conflicts, openConflicts: 1, everyConflictDuplicate: true });
    const status = deriveSyncStatus(facts, NOW, { checkConflicts: true });
    expect(status.conflicts?.[0]?.resolution).toBe('delete_duplicate');
    expect(status.conflict_resolution?.auto_resolvable).toBe(true);
    const mixed = deriveSyncStatus({ ...facts, everyConflictDuplicate: false }, NOW, { checkConflicts: true });
    expect(mixed.conflicts?.[0]?.resolution).toBe('manual_review_required');
    expect(mixed.conflict_resolution?.auto_resolvable).toBe(false);
  });

  it('[I-05] [I-13] agrees with a second, naive reading of the rules on random facts', () => {
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 1, max: 8760 }), (facts, lastHours) => {
        const status = deriveSyncStatus(facts, NOW, { lastHours });
        const shown = facts.devices.filter((d) => d.lastSeen === null || d.sessionsPending > 0 || NOW - d.lastSeen < 90 * DAY);
        const ages = shown.map((d) => (d.lastSeen === null ? Number.POSITIVE_INFINITY : Math.max(0, NOW - d.lastSeen)));
        const pending = (limit: number) => shown.reduce((sum, d, i) => sum + ((ages[i] ?? 0) < limit ? d.sessionsPending : 0), 0);
        expect(status.total_devices).toBe(shown.length);
        expect(status.active_devices).toBe(ages.filter((age) => age < HOUR).length);
        expect(status.pending_syncs).toBe(pending(HOUR));
        expect(status.data_summary.unsynced_sessions).toBe(shown.reduce((sum, d) => sum + d.sessionsPending, 0));
        expect(status.devices?.reduce((sum, row) => sum + row.sessions_pending, 0)).toBe(status.data_summary.unsynced_sessions);
        const seen = shown.map((d) => d.lastSeen).filter((at) => at !== null);
        expect(status.last_sync === null ? null : ms(status.last_sync)).toBe(seen.length === 0 ? null : Math.max(...seen));
        expect(status.sync_lag === null).toBe(status.last_sync === null);
        const order = status.devices?.map((row) => (row.last_seen === null ? Number.NEGATIVE_INFINITY : ms(row.last_seen))) ?? [];
        expect(order).toEqual([...order].sort((a, b) => b - a));
        const waiting = facts.preferencesPending === true || (facts.settlementsPending ?? 0) > 0;
        const word =
          facts.openConflicts > 0 ? 'conflicts'
          : !ages.some((age) => age <= lastHours * HOUR) ? 'offline'
          : pending(HOUR) > 0 || !ages.some((age) => age < HOUR) || waiting ? 'delayed'
          : 'healthy';
        expect(status.sync_status).toBe(word);
      }),
      { numRuns: 500 },
    );
  });

  it('breaks ties between devices by id, whatever order they come in', () => {
    const rows = ['c', 'a', 'b'].map((id) => device(id, 5000, 0));
    for (const devices of [rows, [...rows].reverse()]) {
      expect(deriveSyncStatus(factsWith(devices), NOW).devices?.map((row) => row.device_id)).toEqual(['a', 'b', 'c']);
    }
  });

  it('lists a device never seen as offline, last, and never retires it', () => {
    const status = deriveSyncStatus(factsWith([{ ...device('new', 0, 0), lastSeen: null }, device('old', 2 * HOUR, 0)]), NOW);
    expect(status.devices?.map((row) => [row.device_id, row.sync_status, row.last_seen === null])).toEqual([['old', 'stale', false], ['new', 'offline', true]]);
  });
});

describe('deviceWord', () => {
  // Every combination of an age on each side of each threshold, pending or not, and three windows.
  const ages = [-5 * HOUR, 0, 1, HOUR - 1, HOUR, HOUR + 1, DAY - 1, DAY, DAY + 1, 8760 * HOUR, 8760 * HOUR + 1];
  for (const lastHours of [1, 24, 8760]) {
    for (const pending of [0, 1]) {
      it.each(ages)(`window ${lastHours} h, ${pending} pending, age %i ms`, (age) => {
        const word = age > lastHours * HOUR ? 'offline' : age >= HOUR ? 'stale' : pending > 0 ? 'pending' : 'up_to_date';
        expect(deviceWord({ lastSeen: NOW - age, sessionsPending: pending }, NOW, lastHours)).toBe(word);
      });
    }
  }

  it('is offline before the first contact', () => {
    expect(deviceWord({ lastSeen: null, sessionsPending: 3 }, NOW)).toBe('offline');
  });
});

describe('overallWord', () => {
  // The truth table: conflicts × freshest device × its pending × a stale device's pending × preferences × settlements.
  const ages = { none: null, active: 0, stale: 2 * HOUR, edge: DAY, gone: DAY + 1 };
  for (const conflicts of [0, 1]) {
    for (const [name, age] of Object.entries(ages)) {
      for (const pending of [0, 2]) {
        for (const elsewhere of [0, 2]) {
          for (const waiting of ['nothing', 'preferences', 'settlement']) {
            it(`${conflicts} conflicts, device ${name} with ${pending}, another long gone with ${elsewhere}, ${waiting} waiting`, () => {
              const devices = [device('other', 40 * DAY, elsewhere), ...(age === null ? [] : [device('this', age, pending)])];
              const facts = factsWith(devices, {
                openConflicts: conflicts,
                preferencesPending: waiting === 'preferences',
                settlementsPending: waiting === 'settlement' ? 1 : 0,
              });
              const isSeen = name !== 'none' && name !== 'gone';
              const isHealthy = name === 'active' && pending === 0 && waiting === 'nothing';
              const expected = conflicts > 0 ? 'conflicts' : isSeen ? (isHealthy ? 'healthy' : 'delayed') : 'offline';
              expect(overallWord(facts, NOW)).toBe(expected);
            });
          }
        }
      }
    }
  }

  it('is offline with no device at all', () => {
    expect(overallWord(factsWith([]), NOW)).toBe('offline');
    expect(deriveSyncStatus(factsWith([]), NOW)).toMatchObject({ last_sync: null, sync_lag: null, total_devices: 0, devices: [] });
  });
});

describe('retirement', () => {
  it('begins at 90 days with nothing pending, whatever the window', () => {
    const total = (age: number, pending: number) =>
      deriveSyncStatus(factsWith([device('a', age, pending)]), NOW, { lastHours: 8760 });
    expect(total(90 * DAY - 1, 0).total_devices).toBe(1);
    expect(total(90 * DAY, 0)).toMatchObject({ total_devices: 0, sync_status: 'offline', last_sync: null });
    expect(total(400 * DAY, 1).total_devices).toBe(1);
  });
});

const anyDevice: fc.Arbitrary<DeviceFacts> = fc
  .record({
    age: fc.oneof(fc.constant(null), fc.integer({ min: -HOUR, max: 3 * HOUR }), fc.integer({ min: 0, max: 400 * 24 }).map((h) => h * HOUR)),
    sessionsPending: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 })),
    deviceType: fc.constantFrom('mac_app', 'web_timer', 'cli'),
  })
  .map(({ age, ...rest }) => ({ ...rest, deviceId: `d${age}`, version: '1', lastSeen: age === null ? null : NOW - age }));

const anyFacts: fc.Arbitrary<SyncFacts> = fc.record({
  devices: fc.array(anyDevice, { maxLength: 5 }),
  totalSessions: fc.nat(),
  lastSession: fc.constantFrom(null, NOW),
  preferencesUpdated: fc.constantFrom(null, NOW),
  openConflicts: fc.constantFrom(0, 0, 0, 2),
  preferencesPending: fc.constantFrom(undefined, false, true),
  settlementsPending: fc.constantFrom(undefined, 0, 0, 1),
});

function device(deviceId: string, age: number, sessionsPending: number): DeviceFacts {
  return { deviceId, deviceType: 'mac_app', version: '1', lastSeen: NOW - age, sessionsPending };
}

function factsWith(devices: readonly DeviceFacts[], more: Partial<SyncFacts> = {}): SyncFacts {
  return { devices, totalSessions: 0, lastSession: null, preferencesUpdated: null, openConflicts: 0, ...more };
}

function ms(text: string): number {
  const instant = parseInstant(text);
  if (instant === null) throw new Error(`not an instant: ${text}`);
  return instant;
}
