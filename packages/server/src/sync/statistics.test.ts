// Held against a second way to count: every minute by itself, its day and hour as the platform's calendar names them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../ports.ts';
import { ActivityTally, summarizeRange, summarizeUser } from './statistics.ts';
import { formatDay, ZoneClock } from './zone-clock.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
// Offsets of 45 and 30 minutes, clocks changed by half an hour, at midnight, within a day that was left out; far east and far west.
const ZONES = [
  'UTC', 'America/New_York', 'America/Los_Angeles', 'America/St_Johns', 'America/Havana', 'America/Asuncion', 'America/Sao_Paulo', 'Europe/Berlin', 'Africa/Cairo', 'Asia/Amman',
  'Asia/Beirut', 'Asia/Gaza', 'Asia/Kathmandu', 'Asia/Kolkata', 'Asia/Tehran', 'Atlantic/Azores', 'Australia/Eucla', 'Australia/Lord_Howe', 'Pacific/Apia', 'Pacific/Chatham',
  'Pacific/Kiritimati', 'Pacific/Pago_Pago',
];

/** Local date and hour of an instant. */
function calendarOf(zone: string): (ms: number) => { readonly date: string; readonly hour: number } {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' });
  return (ms) => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    return { date: `${parts['year']}-${parts['month']}-${parts['day']}`, hour: Number(parts['hour']) };
  };
}

/** Instants near which something happens in some zone: clocks change, a year ends, a day is left out. */
const instant = fc.oneof(
  fc.integer({ min: Date.UTC(2000, 0, 2) / MINUTE, max: Date.UTC(2031, 0, 1) / MINUTE }),
  fc.tuple(fc.constantFrom('2011-12-30', '2024-03-10', '2024-10-27', '2019-10-25', '2020-03-29', '2018-11-04', '2021-10-30', '2024-11-03', '2000-01-02', '2024-02-29', '2012-10-21'), fc.integer({ min: -2880, max: 2880 }))
    .map(([date, minutes]) => Date.parse(date) / MINUTE + minutes),
).map((minute) => minute * MINUTE);

const activity = (startTime: number, minutes: number, category: string = 'work', source: string = 'mac_app'): Activity =>
  ({ startTime, endTime: startTime + minutes * MINUTE, duration: minutes, category, source, group: null });

const sessions = fc.array(fc.record({
  startTime: instant, minutes: fc.integer({ min: 1, max: 1440 }), category: fc.constantFrom('work', 'rest', 'read'), source: fc.constantFrom('mac_app', 'web_timer'),
}), { maxLength: 4 }).map((all) => all.map(({ startTime, minutes, category, source }) => activity(startTime, minutes, category, source))
  .sort((a, b) => a.startTime - b.startTime));

describe('statistics', () => {
  it('[B13] days and hours are those of the calendar, in every zone', () => {
    fc.assert(fc.property(fc.constantFrom(...ZONES), sessions, instant, (name, all, now) => {
      const zone = new ZoneClock(name);
      const calendar = calendarOf(name);
      const tally = new ActivityTally(zone);
      tally.add(all);
      const hours = Array.from<number>({ length: 24 }).fill(0);
      const dates = new Map<string, number>();
      for (const { startTime, endTime } of all) {
        const { date } = calendar(startTime);
        dates.set(date, (dates.get(date) ?? 0) + (endTime - startTime) / MINUTE);
        for (let at = startTime; at < endTime; at += MINUTE) hours[calendar(at).hour] = (hours[calendar(at).hour] ?? 0) + 1;
      }
      expect(tally.byHour.map(Math.round)).toEqual(hours);
      expect([...tally.byDay].map(([day, { minutes }]) => [formatDay(day), minutes])).toEqual([...dates]);
      const { points } = summarizeUser(tally, zone.dayAt(now));
      expect(points.today).toBe(Math.round((dates.get(calendar(now).date) ?? 0) / 2.5) / 10);
    }), { numRuns: 300, examples: [['America/St_Johns', [activity(Date.UTC(2004, 9, 30, 6, 35), 1197)], 0]] });
  });

  it('[B13] a day begins with the first instant that has its date', () => {
    fc.assert(fc.property(fc.constantFrom(...ZONES), instant, (name, near) => {
      const zone = new ZoneClock(name);
      const calendar = calendarOf(name);
      const day = zone.dayAt(near);
      const start = zone.startOfDay(day);
      expect([calendar(start).date, calendar(start - MINUTE).date < formatDay(day)]).toEqual([formatDay(day), true]);
    }), { numRuns: 3000 });
  });

  it('a range counts what began within it, and the time that an open conflict shares once, in whatever parts the sessions come', () => {
    const zone = new ZoneClock('UTC');
    const at = (from: number, minutes: number, group: number | null): Activity => ({ startTime: 20_000 * DAY + from * MINUTE, endTime: 20_000 * DAY + (from + minutes) * MINUTE, duration: minutes, category: 'work', source: 'mac_app', group });
    const all = [at(-30, 60, 1), at(0, 60, 1), at(10, 20, 2), at(15, 10, null), at(40, 30, 1), at(1440, 5, null)];
    const whole = new ActivityTally(zone, 20_000, 20_000);
    whole.add(all);
    const parts = new ActivityTally(zone, 20_000, 20_000);
    for (const one of all) parts.add([one]);
    const range = summarizeRange(parts, 20_000, 20_000);
    expect(range).toEqual(summarizeRange(whole, 20_000, 20_000));
    expect([range.totals, range.by_day]).toEqual([{ sessions: 4, minutes: 70 }, [{ date: '2024-10-04', sessions: 4, minutes: 70 }]]);
  });
});
