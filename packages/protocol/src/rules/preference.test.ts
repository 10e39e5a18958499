import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWith } from '../wire/parse.ts';
import { preferencesRequest } from '../wire/user-calls.ts';
import { preferenceFault, PREFERENCE_NAMES } from './preference.ts';

const name = fc.oneof(
  fc.constantFrom<string>(...PREFERENCE_NAMES),
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', 'theme', 'Daily_goal'),
);
const value = fc.oneof(
  fc.integer({ min: -1, max: 125 }),
  fc.constantFrom<unknown>(0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '', null, true, false, [], {}, ['dark'], new Date(0)),
  fc.constantFrom('dark', 'light', 'auto', 'chime', 'bell', 'soft', 'none', 'relaxed', 'normal', 'strict', 'Dark', 'Europe/Berlin', 'Nowhere/At', '+01:00', 'Etc/UTC'),
  fc.string({ maxLength: 80 }),
);

describe('preferenceFault', () => {
  it('accepts what the schema of the documented call accepts, and nothing else', () => {
    fc.assert(
      fc.property(name, value, (key, content) => {
        const body = Object.fromEntries([[key, content]]);
        expect(preferenceFault(key, content) === null).toBe(parseWith(preferencesRequest, body).ok);
      }),
      { numRuns: 3000 },
    );
  });

  it('knows every documented name, and the two ends of each range', () => {
    const ends = { daily_goal: [1, 20], default_duration: [5, 120], short_break_duration: [1, 30], long_break_duration: [5, 60] };
    for (const [key, [min = 0, max = 0]] of Object.entries(ends)) {
      expect([min - 1, min, max, max + 1].map((number) => preferenceFault(key, number) === null)).toEqual([false, true, true, false]);
    }
    expect(PREFERENCE_NAMES.map((key) => preferenceFault(key, undefined)).filter((fault) => fault === 'is not a known preference')).toEqual([]);
  });

  it('[S-21] refuses names that reach an object’s prototype', () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) expect(preferenceFault(key, true)).toBe('is not a known preference');
  });
});
