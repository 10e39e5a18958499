import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant, parseInstant } from './instant.ts';

const YEAR_0 = -62_167_219_200_000;
const YEAR_9999 = 253_402_300_799_999;
const anyInstant = fc.integer({ min: YEAR_0, max: YEAR_9999 });

describe('parseInstant', () => {
  it('reads back what the platform writes, for every year it can name', () => {
    fc.assert(
      fc.property(anyInstant, (ms) => {
        expect(parseInstant(new Date(ms).toISOString())).toBe(ms);
        expect(parseInstant(formatInstant(ms))).toBe(ms);
      }),
    );
  });

  it('subtracts the offset in every spelling', () => {
    fc.assert(
      fc.property(anyInstant, fc.integer({ min: -1439, max: 1439 }), (ms, offset) => {
        const local = new Date(ms).toISOString().slice(0, -1);
        const sign = offset < 0 ? '-' : '+';
        const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
        const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
        const at = ms - offset * 60_000;
        // What cannot be written in UTC again is none.
        const expected = at < YEAR_0 || at > YEAR_9999 ? null : at;
        expect(parseInstant(`${local}${sign}${hours}:${minutes}`)).toBe(expected);
        expect(parseInstant(`${local}${sign}${hours}${minutes}`)).toBe(expected);
        if (minutes === '00') expect(parseInstant(`${local}${sign}${hours}`)).toBe(expected);
      }),
    );
  });

  it('reads only what can be written again, wherever its zone is', () => {
    for (const [text, ms] of [['9999-12-31T23:59:59.999+14:00', YEAR_9999 - 14 * 3_600_000], ['0000-01-01T00:00:00-14:00', YEAR_0 + 14 * 3_600_000], ['9999-12-31T23:59:59-00:01', null], ['0000-01-01T00:00:00+00:01', null]] as const) {
      expect(parseInstant(text), text).toBe(ms);
    }
  });

  it('keeps a fraction to the millisecond and cuts the rest', () => {
    const base = Date.UTC(2025, 7, 24, 15, 30, 45);
    expect(parseInstant('2025-08-24T15:30:45.5Z')).toBe(base + 500);
    expect(parseInstant('2025-08-24T15:30:45.25Z')).toBe(base + 250);
    expect(parseInstant('2025-08-24T15:30:45.1239999999Z')).toBe(base + 123);
    expect(parseInstant('2025-08-24T15:30:45.0009Z')).toBe(base);
    expect(parseInstant('2025-08-24t15:30:45z')).toBe(base);
  });

  it('accepts exactly the days the calendar has', () => {
    for (const year of [1900, 2000, 2023, 2024, 2100]) {
      for (let month = 1; month <= 12; month += 1) {
        const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
        for (let day = 0; day <= 32; day += 1) {
          const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T00:00:00Z`;
          const expected = day >= 1 && day <= last ? Date.UTC(year, month - 1, day) : null;
          expect(parseInstant(text), text).toBe(expected);
        }
      }
    }
  });

  it.each([
    '', '2025', '2025-08-24', '2025-08-24T15:30Z', '2025-08-24T15:30:45', '2025-08-24 15:30:45Z', '2025-08-24T15:30:45.Z',
    '2025-08-24T24:00:00Z', '2025-08-24T23:60:00Z', '2025-08-24T23:59:60Z', '2025-13-01T00:00:00Z', '2025-00-01T00:00:00Z',
    '2025-08-24T15:30:45ZZ', '2025-08-24T15:30:45+24:00', '2025-08-24T15:30:45+2', '2025-08-24T15:30:45+02:0',
    '2025-08-24T15:30:45+02:60', '2025-08-24T15:30:45+2:00', ' 2025-08-24T15:30:45Z', '2025-08-24T15:30:45Z ',
    '+2025-08-24T15:30:45Z', '2025/08/24T15:30:45Z', '2025-08-24T15.30.45Z', '２025-08-24T15:30:45Z',
    `2025-08-24T15:30:45.${'1'.repeat(100_000)}Z`,
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('never throws, and takes nothing that the platform would read differently', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40, unit: fc.constantFrom(...'0123456789-:.TZ+z ') }), (text) => {
        const ms = parseInstant(text);
        if (ms !== null) expect(ms).toBe(Date.parse(text));
      }),
    );
  });
});

describe('formatInstant', () => {
  it('prints a fraction only when it is not zero', () => {
    expect(formatInstant(Date.UTC(2025, 7, 24, 15, 30, 45))).toBe('2025-08-24T15:30:45Z');
    expect(formatInstant(Date.UTC(2025, 7, 24, 15, 30, 45, 250))).toBe('2025-08-24T15:30:45.250Z');
  });

  it('refuses what no answer may print', () => {
    for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, YEAR_9999 + 1, YEAR_0 - 1]) {
      expect(() => formatInstant(ms)).toThrow(RangeError);
    }
  });
});
