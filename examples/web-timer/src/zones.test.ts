// The two days of the year on which clocks are changed, as Berlin changes them.
import type { Session } from '@syncline/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timeOf, timesOf } from './session-fields.tsx';
import { daysOf, hoursOf, isEven, lanesOf, marksOf, type Shown, stretchOf } from './timeline-view.ts';
import { fieldTime, localTime } from './words.ts';

const HOUR = 3_600_000;
const before = process.env['TZ'];
beforeAll(() => void (process.env['TZ'] = 'Europe/Berlin'));
afterAll(() => {
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
});

/** A session from one clock time to another, each with its offset. */
function session(from: string, to: string): Session {
  const [startTime, endTime] = [Date.parse(from), Date.parse(to)];
  return {
    id: from, displayId: null, state: 'confirmed', pending: false, startTime, endTime, duration: (endTime - startTime) / 60_000, plannedDuration: null, category: 'c', project: 'p',
    note: '', tags: [], source: 'web_timer', deviceId: 'own', deletedAt: null, conflictId: null, parked: null, clock: null, clockBound: null,
  };
}

function dayOf(noon: string, ...sessions: readonly Session[]) {
  const days = daysOf('day', Date.parse(noon));
  const [start, end] = days as [number, number];
  const shown: Shown = { sessions, elsewhere: [], ownId: 'own', now: end, names: new Map() };
  const hours = hoursOf(shown, days);
  const stretch = stretchOf(start, end, hours);
  const blocks = lanesOf(shown, start, end, stretch).flatMap((lane) => lane.blocks);
  const markAt = (word: string) => marksOf(stretch).find(({ words }) => words === word)?.left;
  return { hours, stretch, blocks, markAt, marks: marksOf(stretch).map(({ words }) => words) };
}

describe('a day on which the clocks are put forward', () => {
  const day = dayOf.bind(null, '2026-03-29T12:00:00+02:00');

  it('shows the working day by the clock, not counted from midnight', () => {
    const { hours, stretch, blocks, markAt } = day(session('2026-03-29T10:00:00+02:00', '2026-03-29T12:00:00+02:00'));
    expect([hours, isEven(stretch, hours), fieldTime(stretch.from), fieldTime(stretch.to)]).toEqual([[8, 18], true, '2026-03-29T08:00', '2026-03-29T18:00']);
    expect(blocks[0]).toMatchObject({ left: markAt('10'), width: 20 });
  });

  it('has an hour less when it is shown from the night on, and every session stands under its own hour', () => {
    const { hours, stretch, blocks, marks, markAt } = day(session('2026-03-29T00:30:00+01:00', '2026-03-29T03:30:00+02:00'), session('2026-03-29T08:00:00+02:00', '2026-03-29T12:00:00+02:00'));
    expect([hours, isEven(stretch, hours), (stretch.to - stretch.from) / HOUR]).toEqual([[0, 18], false, 17]);
    expect(marks).toEqual(['00', '04', '08', '12', '16']);
    expect(blocks[1]?.left).toBeCloseTo(markAt('08') ?? 0);
    expect((blocks[1]?.left ?? 0) + (blocks[1]?.width ?? 0)).toBeCloseTo(markAt('12') ?? 0);
    expect(blocks[0]?.width).toBeCloseTo((2 / 17) * 100);
  });
});

describe('a day on which the clocks are put back', () => {
  it('has the hour twice, and nothing is drawn over what came later', () => {
    const { hours, stretch, blocks, marks, markAt } = dayOf(
      '2026-10-25T12:00:00+01:00', session('2026-10-25T02:00:00+02:00', '2026-10-25T02:00:00+01:00'), session('2026-10-25T02:00:00+01:00', '2026-10-25T03:00:00+01:00'),
      session('2026-10-25T22:00:00+01:00', '2026-10-26T00:00:00+01:00'),
    );
    expect([hours, (stretch.to - stretch.from) / HOUR]).toEqual([[2, 24], 23]);
    expect(marks).toEqual(['04', '08', '12', '16', '20']);
    expect(blocks.map(({ row }) => row)).toEqual([0, 0, 0]);
    expect(blocks[1]?.left).toBeCloseTo(100 / 23);
    expect((markAt('20') ?? 0) + (2 * 100) / 23).toBeCloseTo(blocks[2]?.left ?? 0);
    expect((blocks[2]?.left ?? 0) + (blocks[2]?.width ?? 0)).toBeCloseTo(100);
  });
});

describe('the times of a session whose clock time comes twice', () => {
  const [first, second] = ['+02:00', '+01:00'].map((offset) => (time: string): number => Date.parse(`2026-10-25T${time}:00${offset}`)) as [(time: string) => number, (time: string) => number];
  const read = (start: string, end: string, shown: { startTime: number; endTime: number }, isKnown: boolean) => {
    const form = new FormData();
    form.set('start', `2026-10-25T${start}`);
    form.set('end', `2026-10-25T${end}`);
    return timesOf(form, shown, isKnown);
  };

  it('are what they were where they were not touched, and stay in the hour that they were in', () => {
    const known = { startTime: second('02:30'), endTime: second('02:50') };
    expect(read('02:30', '02:50', known, true)).toEqual(known);
    expect(read('02:35', '02:50', known, true)).toEqual({ ...known, startTime: second('02:35') });
    const early = { startTime: first('02:30'), endTime: first('02:50') };
    expect(read('02:30', '02:55', early, true)).toEqual({ ...early, endTime: first('02:55') });
    const over = { startTime: first('01:30'), endTime: second('02:20') };
    expect(read('01:30', '02:25', over, true)).toEqual({ ...over, endTime: second('02:25') });
  });

  it('of a session that is added, are those that can be meant, the first of them where both can', () => {
    const shown = { startTime: first('02:55'), endTime: second('02:20') };
    expect(read('02:55', '02:20', shown, false)).toEqual(shown);
    expect(read('02:50', '02:10', shown, false)).toEqual({ startTime: first('02:50'), endTime: second('02:10') });
    expect(read('01:50', '02:10', { startTime: second('08:00'), endTime: second('08:25') }, false)).toEqual({ startTime: first('01:50'), endTime: first('02:10') });
  });
});

describe('a local time in a form', () => {
  const read = (text: string) => {
    const form = new FormData();
    form.set('start', text);
    return timeOf(form, 'start', 'The start time');
  };

  it('that the clocks passed over is refused, and says why; all others are taken', () => {
    expect(read('2026-03-29T02:30')).toEqual({ time: null, problem: 'The start time does not exist: the clocks were put forward over 02:30 on that day.' });
    expect(read('2026-03-29T01:59').time).toBe(Date.parse('2026-03-29T01:59:00+01:00'));
    expect(read('2026-03-29T03:00').time).toBe(Date.parse('2026-03-29T03:00:00+02:00'));
    expect(fieldTime(read('2026-10-25T02:30').time ?? 0)).toBe('2026-10-25T02:30');
    expect(read('').problem).toBe('The start time is not a date and time.');
    expect(localTime('2026-03-28T02:30')).toBe(Date.parse('2026-03-28T02:30:00+01:00'));
  });
});
