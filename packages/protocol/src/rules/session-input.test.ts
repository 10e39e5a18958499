import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMinutes, validateSessionTimes } from './session-input.ts';

const NOW = Date.UTC(2025, 7, 24, 15, 0, 0);
const HOUR = 3_600_000;
const paths = (startTime: number, endTime: number, minutes: number) =>
  validateSessionTimes({ startTime, endTime, durationMinutes: minutes }, NOW).map((issue) => `${issue.path}:${issue.code}`);

describe('[S-24] validateSessionTimes', () => {
  it.each([
    ['an ordinary session', NOW - HOUR, NOW, 60, []],
    ['one millisecond', NOW - 1, NOW, 0, []],
    ['exactly 24 h', NOW - 24 * HOUR, NOW, 1440, []],
    ['a millisecond over 24 h', NOW - 24 * HOUR - 1, NOW, 1440, ['end_time:invalid_request']],
    ['no length', NOW, NOW, 0, ['end_time:invalid_request']],
    ['reversed', NOW, NOW - 1, 0, ['end_time:invalid_request']],
    ['duration 60 s too long', NOW - HOUR, NOW, 61, []],
    ['duration 60 s too short', NOW - HOUR, NOW, 59, []],
    ['duration more than 60 s off', NOW - HOUR, NOW, 61.001, ['duration:invalid_request']],
    ['the first instant of 2000', Date.UTC(2000), Date.UTC(2000) + HOUR, 60, []],
    ['before 2000', Date.UTC(2000) - 1, Date.UTC(2000) - 1 + HOUR, 60, ['start_time:invalid_request']],
    ['5 min ahead', NOW + 300_000 - HOUR, NOW + 300_000, 60, []],
    ['more than 5 min ahead', NOW + 300_001 - HOUR, NOW + 300_001, 60, ['end_time:time_in_future']],
    ['not a number', Number.NaN, NOW, 60, ['start_time:invalid_request', 'end_time:invalid_request', 'duration:invalid_request']],
    ['everything wrong', NOW + HOUR, NOW + HOUR / 2, 500, ['end_time:invalid_request', 'duration:invalid_request', 'end_time:time_in_future']],
  ])('%s', (_name, start, end, minutes, expected) => {
    expect(paths(start, end, minutes)).toEqual(expected);
  });
});

it('exactly 60 s passes, whatever fraction of a minute says it', () => {
  for (let hundredths = 101; hundredths <= 143_900; hundredths += 1) {
    for (const length of [hundredths * 600 - 60_000, hundredths * 600 + 60_000]) expect(paths(NOW - length, NOW, hundredths / 100), `${hundredths} of ${length}`).toEqual([]);
  }
});

describe('durationMinutes', () => {
  it('is always within tolerance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 * HOUR }), (length) => {
        expect(paths(NOW - length, NOW, durationMinutes(NOW - length, NOW))).toEqual([]);
      }),
    );
  });
});
