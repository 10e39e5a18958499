import { describe, expect, it } from 'vitest';
import { sleepWays, sleepWords } from './sleep-words.ts';

const at = (hour: number, minute = 0): number => new Date(2025, 7, 25, hour, minute).getTime();
const slept = { asleepMs: at(12) - at(9), gaps: [{ from: at(9), to: at(12) }], endBeforeSleep: at(9), endOfTimeAwake: at(9, 30) };

describe('a timer that slept', () => {
  it('says for how long, and when where that is known', () => {
    expect(sleepWords(slept)).toBe('For 3 hours this device slept, or the page was closed, from 09:00 to 12:00.');
    expect(sleepWords({ ...slept, gaps: [] })).toBe('For 3 hours this device slept, or the page was closed.');
  });

  it('offers the end before it slept, the time awake, and all of it', () => {
    expect(sleepWays(at(8, 30), slept, at(12, 30)).map(({ title, detail, endTime }) => [title, detail, endTime])).toEqual([
      ['It ended at 09:00, before the sleep', '30 minutes', at(9)],
      ['Count the time awake', '1 hour, as if it had ended at 09:30', at(9, 30)],
      ['Count all of it', '4 hours, until now', null],
    ]);
    expect(sleepWays(at(8, 30), { ...slept, endBeforeSleep: null }, at(12, 30)).map(({ key }) => key)).toEqual(['awake', 'all']);
    expect(sleepWays(at(9), slept, at(12, 30)).map(({ key }) => key)).toEqual(['awake', 'all']);
  });
});
