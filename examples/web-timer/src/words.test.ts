import { describe, expect, it } from 'vitest';
import type { Session } from '@syncline/core';
import { ago, byDay, clockWords, count, deviceName, fieldTime } from './words.ts';

describe('words', () => {
  it('counts in one and many', () => {
    expect([0, 1, 2].map((number) => count(number, 'session'))).toEqual(['0 sessions', '1 session', '2 sessions']);
  });

  it('names devices, known and unknown', () => {
    expect(['mac_app', 'ios_app'].map(deviceName)).toEqual(['Mac app', 'Ios app']);
  });

  it('prints a clock below and above an hour, and past its end', () => {
    expect([1_445_000, 3_729_000, -61_000, 0].map(clockWords)).toEqual(['24:05', '1:02:09', '+1:01', '0:00']);
  });

  it('never speaks of the future', () => {
    expect(ago('2026-01-01T00:00:10Z', Date.UTC(2026, 0, 1))).toBe('0 seconds ago');
    expect(ago(null, 0)).toBe('never');
  });

  it('groups by day in the order given', () => {
    const now = new Date(2026, 5, 10, 12).getTime();
    const at = (startTime: number) => ({ startTime }) as Session;
    const groups = byDay([at(now), at(now - 3_600_000), at(now - 86_400_000)], now);
    expect(groups.map(({ day, sessions }) => [day, sessions.length])).toEqual([['Today', 2], ['Yesterday', 1]]);
  });

  it('fills a field with local time that reads back as the same minute', () => {
    const time = new Date(2026, 2, 29, 14, 30).getTime();
    expect(new Date(fieldTime(time)).getTime()).toBe(time);
  });
});
