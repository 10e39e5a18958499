import { describe, expect, it } from 'vitest';
import { type PreferenceOrigin, readPreferences, writePreference } from './preferences.ts';

const origin: PreferenceOrigin = { device_id: 'mac-1', at: 1_756_050_000_000 };
const noOrigins = new Map<string, unknown>();

describe('a preferences document', () => {
  it('says values and who set them', () => {
    const [values, origins] = [new Map<string, unknown>(), new Map<string, unknown>()];
    writePreference(values, origins, 'daily_goal', 8, origin);
    writePreference(values, origins, 'timezone', 'Europe/Berlin', { device_id: null, at: 0 });
    expect(readPreferences(values, origins)).toEqual({
      values: { daily_goal: 8, timezone: 'Europe/Berlin' },
      origins: { daily_goal: origin, timezone: { device_id: null, at: 0 } },
      issues: [],
    });
  });

  it('[S-21] refuses names that reach into prototypes, and none gets into the view', () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'volume'];
    const view = readPreferences(new Map(names.map((name) => [name, { polluted: 1 }])), new Map(names.map((name) => [name, origin])));
    expect(Object.getPrototypeOf(view.values)).toBe(Object.prototype);
    expect(Object.keys(view.values)).toEqual([]);
    expect(Object.keys(view.origins)).toEqual([]);
    expect(view.issues.map(({ path }) => path)).toEqual([
      ...names.map((name) => `preferences.${name}`), ...names.map((name) => `origins.${name}`),
    ]);
  });

  it.each([
    ['daily_goal', 0], ['daily_goal', 21], ['daily_goal', 1.5], ['daily_goal', '8'], ['daily_goal', null], ['daily_goal', undefined],
    ['focus_mode', 'harsh'], ['timezone', 'Mars/Base'], ['timezone', 'x'.repeat(65)], ['public_leaderboard', 1], ['theme_preference', { toString: 1 }],
  ])('refuses %s = %j and keeps the rest', (name, value) => {
    const view = readPreferences(new Map<string, unknown>([[name, value], ['default_duration', 25]]), noOrigins);
    expect(view.values).toEqual({ default_duration: 25 });
    expect(view.issues).toHaveLength(1);
  });

  it('[S-22] does not walk into what leads back to itself', () => {
    class Shared {
      readonly parent: Shared = this;
    }
    const shared = new Shared();
    const round = { at: 1, device_id: null as unknown };
    round.device_id = round;
    for (const hostile of [shared, round]) {
      const view = readPreferences(new Map([['daily_goal', hostile]]), new Map([['daily_goal', hostile]]));
      expect(view).toMatchObject({ values: {}, origins: {} });
      expect(view.issues).toHaveLength(2);
    }
  });

  it.each([
    [{ ...origin, more: 1 }], [{ at: 1 }], [{ device_id: 'mac-1' }], [{ device_id: 'a b', at: 1 }], [{ device_id: 'x'.repeat(129), at: 1 }],
    [{ device_id: null, at: -1 }], [{ device_id: null, at: 0.5 }], [null], ['mac-1'],
  ])('refuses the origin %j and keeps the value', (mark) => {
    const view = readPreferences(new Map([['daily_goal', 8]]), new Map([['daily_goal', mark]]));
    expect(view).toMatchObject({ values: { daily_goal: 8 }, origins: {} });
    expect(view.issues.map(({ path }) => path.split('.')[0])).toEqual(['origins']);
  });
});
