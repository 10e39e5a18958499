import { describe, expect, it } from 'vitest';
import type { EngineStatus } from '@syncline/core';
import type { DeviceStatus } from '@syncline/protocol';
import { boardOf, deviceTiles } from './board.ts';

const now = Date.UTC(2025, 7, 24, 15, 30, 45);

function status(change: object = {}): EngineStatus {
  return {
    sync_status: 'delayed', sync_lag: '2 minutes', total_devices: 3, active_devices: 2, recommendations: ['Do this'],
    data_summary: { unsynced_sessions: 1, total_sessions: 89, conflicts_detected: 0 }, local: { connection: 'online' }, ...change,
  } as unknown as EngineStatus;
}

function device(change: object = {}): DeviceStatus {
  return { device_id: 'x', device_type: 'mac_app', last_seen: '2025-08-24T15:28:45Z', sync_status: 'up_to_date', version: '1.2.3', sessions_pending: 0, ...change } as DeviceStatus;
}

const tiles = (devices: readonly DeviceStatus[], names: ReadonlyMap<string, string> = new Map()) => deviceTiles(devices, now, names, 'own');

describe('the board', () => {
  it('says the whole in words', () => {
    expect(boardOf(status(), true)).toEqual({
      word: 'delayed', overall: 'Catching up', waiting: '1 session waiting on other devices', notice: null, advice: ['Do this'],
      facts: [
        { name: 'Newest contact', value: '2 minutes ago' }, { name: 'Active devices', value: '2 of 3' },
        { name: 'Sessions', value: '89' }, { name: 'Overlaps', value: '0' },
      ],
    });
  });

  it('says whose work waits', () => {
    const waiting = (here: number, all: number) => boardOf(status({
      devices: [device({ device_id: 'own', sessions_pending: here })], data_summary: { unsynced_sessions: all, total_sessions: 1, conflicts_detected: 0 },
      local: { connection: 'online', device_id: 'own' },
    }), true).waiting;
    expect([waiting(0, 0), waiting(2, 2), waiting(1, 3)]).toEqual(['Nothing waiting', '2 sessions waiting here', '1 session waiting here, 2 on other devices']);
  });

  it('says when what it shows may be old', () => {
    expect(['offline', 'unreachable', 'auth_required'].map((connection) => boardOf(status({ local: { connection } }), false).notice)).not.toContain(null);
  });

  it('does not deny a network that is there while it only waits for an answer', () => {
    expect(boardOf(status({ local: { connection: 'offline' } }), false).notice).toContain('no network');
    expect(boardOf(status({ local: { connection: 'offline' } }), true).notice).toBe('Connecting. Other devices are shown as they were last seen.');
  });

  it('says never before the first contact, and keeps a word it does not know', () => {
    expect(boardOf(status({ sync_lag: null, sync_status: 'resting' }), true)).toMatchObject({ overall: 'resting', facts: [{ value: 'never' }, {}, {}, {}] });
  });

  it('shows a device with a picture, its words and its age', () => {
    expect(tiles([device({ sync_status: 'stale', sessions_pending: 2, last_seen: '2025-08-24T14:15:22Z' }), device({ last_seen: '2025-08-24T16:00:00Z' })])).toEqual([
      { word: 'stale', icon: expect.stringMatching(/^M8 5/), name: 'Mac app', state: 'Behind, 2 sessions to send', detail: 'Seen 1 hour ago · 1.2.3' },
      { word: 'up_to_date', icon: expect.stringMatching(/^M3/), name: 'Mac app', state: 'Up to date', detail: 'Seen just now · 1.2.3' },
    ]);
  });

  it('tells devices of one type apart by what people call them, and says which is this one', () => {
    const found = tiles([device({ device_id: 'own', device_type: 'web_timer' }), device({ device_type: 'web_timer' })], new Map([['own', 'Hall'], ['x', 'Study']]));
    expect(found.map(({ name, detail }) => [name, detail])).toEqual([
      ['Hall', 'This browser · Seen 2 minutes ago · Web timer · 1.2.3'], ['Study', 'Seen 2 minutes ago · Web timer · 1.2.3'],
    ]);
  });

  it('does not say waiting twice', () => {
    expect(tiles([device({ sync_status: 'pending', sessions_pending: 1 })])[0]?.state).toBe('1 session to send');
  });

  it('keeps words and devices it does not know', () => {
    expect(tiles([device({ device_type: 'smart_watch', sync_status: 'resting', last_seen: null, sessions_pending: 1 })])).toEqual([
      { word: 'resting', icon: expect.stringMatching(/^M8 5/), name: 'Smart watch', state: 'resting, 1 session to send', detail: 'Never seen · 1.2.3' },
    ]);
  });
});
