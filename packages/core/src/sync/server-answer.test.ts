import { describe, expect, it } from 'vitest';
import { parseServerAnswer, readServerAnswer } from './server-answer.ts';
import { mergeConflicts } from './conflict-list.ts';
import { toConflictRows } from './conflict-row.ts';

const device = { device_id: 'mac-app-v1.2.3', device_type: 'mac_app', last_seen: '2025-08-24T15:30:45Z', sync_status: 'up_to_date', version: '1.2.3', sessions_pending: 0 };
const sample = {
  sync_status: 'healthy', last_sync: '2025-08-24T15:30:45Z', sync_lag: '2 minutes', total_devices: 3, active_devices: 2, pending_syncs: 0,
  devices: [
    device,
    { ...device, device_id: 'web-chrome-desktop', device_type: 'web_timer' },
    { ...device, device_id: 'windows-app-v1.1.0', device_type: 'windows_app', sync_status: 'stale', sessions_pending: 2 },
  ],
  data_summary: { total_sessions: 89, unsynced_sessions: 2, last_session: '2025-08-24T15:30:00Z', preferences_updated: '2025-08-23T10:15:30Z', conflicts_detected: 0 },
  recommendations: [],
};
const conflict = { type: 'session_overlap', description: 'x', affected_sessions: ['uuid-1', 'uuid-2'], resolution: 'manual_review_required', devices: ['mac_app', 'web_timer'] };
const summary = (more: object): object => ({ ...sample, data_summary: { ...sample.data_summary, ...more } });

describe('the status answer', () => {
  it('of the documented page is taken, and read back from the store as it was', () => {
    const answer = parseServerAnswer(sample);
    expect(answer).toMatchObject({ totalSessions: 89, openConflicts: 0, lastSession: Date.UTC(2025, 7, 24, 15, 30) });
    expect(answer?.devices.map(({ sessionsPending }) => sessionsPending)).toEqual([0, 0, 2]);
    expect(readServerAnswer(structuredClone(answer))).toEqual(answer);
  });
  it.each([
    ['unknown words and fields', { ...sample, sync_status: 'splendid', devices: sample.devices.map((row) => ({ ...row, sync_status: 'new_word', name: 'x' })) }],
    ['a lag in numbers', { ...sample, sync_lag: 120 }],
    ['no device list', { ...sample, devices: undefined }],
    ['conflicts', { ...summary({ conflicts_detected: 1 }), sync_status: 'conflicts', conflicts: [conflict] }],
    ['conflicts that are only counted', { ...summary({ conflicts_detected: 2 }), sync_status: 'conflicts' }],
    ['a user with nothing', { ...summary({ unsynced_sessions: 0, last_session: null }), total_devices: 0, active_devices: 0, devices: [], last_sync: null }],
  ])('with %s is taken', (_, body) => {
    expect(parseServerAnswer(body)).not.toBeNull();
  });
  it.each([
    ['nothing', null], ['text', 'x'], ['an error', { error: 'no' }],
    ['a negative count', summary({ total_sessions: -1 })], ['a fraction', summary({ total_sessions: 1.5 })],
    ['more active than there are', { ...sample, active_devices: 4 }],
    ['another number of devices than it lists', { ...sample, total_devices: 2 }],
    ['another number of unsent sessions than it lists', summary({ unsynced_sessions: 3 })],
    ['more pending on active devices than on all', { ...sample, pending_syncs: 3 }],
    ['the word conflicts and none', { ...sample, sync_status: 'conflicts' }],
    ['a conflict and another word', summary({ conflicts_detected: 1 })],
    ['more conflicts listed than counted', { ...summary({ conflicts_detected: 1 }), sync_status: 'conflicts', conflicts: [conflict, conflict] }],
    ['one device twice', { ...sample, devices: [device, device, { ...device, device_id: 'c', sessions_pending: 2 }] }],
    ['a date nobody can read', summary({ last_session: '24.08.2025' })],
    ['a device type that is none', { ...sample, devices: sample.devices.map((row) => ({ ...row, device_type: '<b>' })) }],
  ])('with %s is reported and not shown', (_, body) => {
    expect(parseServerAnswer(body)).toBeNull();
  });
});

describe('conflicts of both sides', () => {
  const at = (id: string, start: number, end: number, deviceType = 'web_timer') => ({ id, startTime: start, endTime: end, deviceType });
  it('that are the same are one', () => {
    const local = toConflictRows([at('a', 0, 10), at('b', 5, 15, 'mac_app')]);
    const merged = mergeConflicts(local, [{ affected_sessions: ['a', 'b'], devices: ['web_timer', 'mac_app'] }], false);
    expect(merged).toEqual(local.map(({ conflict: row }) => row));
  });
  it('that share a session are one, and the others stay', () => {
    const local = toConflictRows([at('a', 0, 10), at('b', 5, 15), at('x', 100, 110), at('y', 105, 115)]);
    const merged = mergeConflicts(local, [{ affected_sessions: ['b', 'c'], devices: ['mac_app'] }, { affected_sessions: ['d', 'e'], devices: ['mac_app', 'cli'] }], false);
    expect(merged.map(({ sessionIds }) => [...sessionIds].sort())).toEqual([['a', 'b', 'c'], ['x', 'y'], ['d', 'e']]);
    expect(merged[0]).toMatchObject({ severalDevices: true, deviceTypes: ['mac_app', 'web_timer'] });
    expect(new Set(merged.map(({ id }) => id)).size).toBe(3);
  });
});
