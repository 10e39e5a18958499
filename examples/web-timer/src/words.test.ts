import { describe, expect, it } from 'vitest';
import type { Session } from '@syncline/core';
import { ago, byDay, clockNote, clockWords, count, dayTotals, dayWords, fieldTime, lengthWords, listed, span } from './words.ts';

describe('words', () => {
  it('counts in one and many', () => {
    expect([0, 1, 2].map((number) => count(number, 'session'))).toEqual(['0 sessions', '1 session', '2 sessions']);
    expect(count(1, 'session needs', 'sessions need')).toBe('1 session needs');
  });

  it('lists', () => {
    expect([['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['a', 'a and b', 'a, b and c']);
  });

  it('prints a clock below and above an hour, and past its end', () => {
    expect([1_500_000, 1_499_999, 1_445_000, 3_729_000, 1, 0, -999, -1_000, -61_000].map(clockWords)).toEqual(
      ['25:00', '25:00', '24:05', '1:02:09', '0:01', '0:00', '0:00', '+0:01', '+1:01'],
    );
  });

  it('says lengths in whole minutes and hours', () => {
    expect([0.5, 1, 25, 60, 75.9].map(lengthWords)).toEqual(['less than a minute', '1 minute', '25 minutes', '1 hour', '1 hour 15 minutes']);
  });

  it('never speaks of the future', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(ago('2026-01-01T00:00:10Z', now)).toBe('just now');
    expect(ago('2025-12-31T23:55:00Z', now)).toBe('5 minutes ago');
    expect(ago(null, 0)).toBe('never');
  });

  it('marks a session that ends on another day', () => {
    const at = (day: number, hour: number): number => new Date(2026, 5, day, hour).getTime();
    expect(span({ startTime: at(10, 9), endTime: at(10, 10) })).toBe('09:00–10:00');
    expect(span({ startTime: at(10, 23), endTime: at(11, 1) })).toBe('23:00–01:00 +1');
    expect(span({ startTime: at(10, 9), endTime: null })).toBe('09:00–now');
  });

  it('says what two clocks that disagree mean', () => {
    expect(clockNote(null)).toBeNull();
    expect(clockNote({ wallMs: 3_600_000, monotonicMs: 1_800_000 })).toBe('Perhaps asleep for 30 minutes');
    expect(clockNote({ wallMs: 0, monotonicMs: 1_800_000 })).toBe('The clock was put back by 30 minutes');
  });

  it('[B13] names days by the calendar, also across a clock change', () => {
    const now = new Date(2026, 2, 30, 0, 30).getTime();
    expect(dayWords(new Date(2026, 2, 29, 0, 10).getTime(), now)).toBe('Yesterday');
    expect(dayWords(new Date(2026, 2, 20).getTime(), now)).toBe('Fri 20 Mar');
    expect(dayWords(new Date(2024, 2, 20).getTime(), now)).toBe('Wed 20 Mar 2024');
  });

  it('groups by day in the order given and leaves cancelled ones out of the totals', () => {
    const now = new Date(2026, 5, 10, 12).getTime();
    const at = (startTime: number, state: Session['state']) => ({ id: String(startTime), startTime, endTime: startTime + 1_500_000, state, duration: 25, conflictId: null }) as Session;
    const groups = byDay([at(now, 'confirmed'), at(now - 3_600_000, 'cancelled'), at(now - 86_400_000, 'queued')], now);
    expect(groups.map((group) => [group.day, group.sessions.length, dayTotals(group)])).toEqual([
      ['Today', 2, '1 session · 25 minutes · 1 cancelled'], ['Yesterday', 1, '1 session · 25 minutes'],
    ]);
    expect(byDay([at(now, 'cancelled')], now).map(dayTotals)).toEqual(['1 cancelled']);
  });

  it('counts what an open overlap shares once, however many sessions share it, and kept ones in full', () => {
    const now = new Date(2026, 5, 10, 18).getTime();
    const session = (id: string, from: number, minutes: number, conflictId: string | null): Session => ({
      id, startTime: now - from * 60_000, endTime: now - (from - minutes) * 60_000, duration: minutes, conflictId, state: 'confirmed',
    }) as Session;
    const totals = (...sessions: readonly Session[]): readonly string[] => byDay(sessions, now).map(dayTotals);
    expect(totals(session('b', 100, 30, 'x'), session('a', 120, 40, 'x'), session('c', 115, 10, 'x'))).toEqual(['3 sessions · 50 minutes']);
    expect(totals(session('b', 100, 30, null), session('a', 120, 40, null))).toEqual(['2 sessions · 1 hour 10 minutes']);
    expect(totals(session('b', 100, 30, 'y'), session('a', 120, 40, 'x'))).toEqual(['2 sessions · 1 hour 10 minutes']);
  });

  it('fills a field with local time that reads back as the same minute', () => {
    const time = new Date(2026, 2, 29, 14, 30).getTime();
    expect(new Date(fieldTime(time)).getTime()).toBe(time);
  });
});
