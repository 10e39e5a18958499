import { describe, expect, it } from 'vitest';
import { deviceTypeName, recommend } from './recommendations.ts';
import type { DeviceFacts, SyncFacts } from './sync-facts.ts';

const device = (deviceType: string, sessionsPending: number): DeviceFacts => ({
  deviceId: deviceType, deviceType, version: '1', lastSeen: 0, sessionsPending,
});

const facts: SyncFacts = { devices: [], totalSessions: 0, lastSession: null, preferencesUpdated: null, openConflicts: 0 };

describe('recommend', () => {
  it('gives its lines in the documented order', () => {
    const devices = [device('mac_app', 0), device('windows_app', 2), device('web_timer', 1), device('ios_app', 1)];
    const parked = [
      { sessionId: 'uuid-9', session: { startTime: Date.UTC(2025, 7, 24, 15, 30, 45), project: 'team_x' }, message: 'duration must match' },
      { sessionId: 'unknown', message: 'its stored row cannot be read' },
      { sessionId: null, message: 'unknown key' },
    ];
    expect(recommend({ ...facts, devices, parked, openConflicts: 1, preferencesPending: true }, devices)).toEqual([
      'Windows app has 2 pending sessions - sync recommended',
      'Web timer has 1 pending session - sync recommended',
      'Ios app has 1 pending session - sync recommended',
      'The session of 2025-08-24 15:30 UTC (team_x) was not accepted (duration must match) - review needed',
      'Session unknown was not accepted (its stored row cannot be read) - review needed',
      'A preferences change was not accepted (unknown key) - review needed',
      'Review overlapping sessions and delete duplicates',
      'Preferences have changes waiting to sync',
    ]);
  });

  it('speaks of preferences last, and of nothing else when all is well', () => {
    expect(recommend(facts, [device('mac_app', 0)])).toEqual(['All preferences are up to date across devices']);
  });
});

describe('deviceTypeName', () => {
  it.each([
    ['mac_app', 'Mac app'],
    ['windows_app', 'Windows app'],
    ['web_timer', 'Web timer'],
    ['cli', 'Cli'],
    ['my__own_tool_', 'My own tool'],
    ['constructor', 'Constructor'],
    ['', ''],
  ])('%s is %s', (type, name) => {
    expect(deviceTypeName(type)).toBe(name);
  });
});
