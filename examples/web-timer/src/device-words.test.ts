import { describe, expect, it } from 'vitest';
import type { DeviceInfo } from '@syncline/core';
import { deviceNote, deviceTitle, whereWords } from './device-words.ts';

const NOW = Date.UTC(2025, 7, 24, 18);
const device: DeviceInfo = {
  deviceId: 'd', deviceType: 'mac_app', version: 'mac-1.0', name: null, status: 'pending', lastSeen: NOW - 300_000, sessionsPending: 0, pendingAsOf: NOW - 300_000,
  oldestPending: null, createdAt: 0, signedIn: true, isThisDevice: false,
};

describe('a device to look after', () => {
  it('goes by the name somebody gave it, else by its type', () => {
    expect([deviceTitle(device), deviceTitle({ ...device, name: 'Study' })]).toEqual(['Mac app', 'Study']);
  });

  it('is named where a session was recorded, or its kind where nobody knows its name', () => {
    const names = new Map([['mac', 'Study']]);
    const at = (deviceId: string | null): string => whereWords({ deviceId, source: 'mac_app' }, 'own', names);
    expect(['own', 'mac', 'other', null].map(at)).toEqual(['This device', 'Study', 'Mac app', 'Mac app']);
  });

  it('is told with when it was seen, what it held and since when that is known', () => {
    expect(deviceNote(device, NOW)).toBe('mac-1.0 · seen 5 minutes ago');
    expect(deviceNote({ ...device, name: 'Study', sessionsPending: 2, signedIn: false }, NOW)).toBe('Mac app · mac-1.0 · seen 5 minutes ago · 2 sessions waiting, as of 5 minutes ago · signed out');
    expect(deviceNote({ ...device, version: '', lastSeen: null }, NOW)).toBe('never seen');
  });
});
