import { describe, expect, it } from 'vitest';
import type { Session } from '@syncline/core';
import { daysOf, firstDay, hoursOf, lanesOf, type Shown, stretchOf } from './timeline-view.ts';

const MONDAY = new Date(2025, 7, 25).getTime();
const HOUR = 3_600_000;

function session(id: string, hour: number, hours: number, more: Partial<Session> = {}): Session {
  const startTime = MONDAY + hour * HOUR;
  return {
    id, displayId: null, state: 'confirmed', pending: false, startTime, endTime: startTime + hours * HOUR, duration: hours * 60, plannedDuration: null, category: 'writing',
    project: 'book', note: '', tags: [], source: 'web_timer', deviceId: 'own', deletedAt: null, conflictId: null, parked: null, clock: null, clockBound: null, ...more,
  };
}

const shown = (sessions: readonly Session[], more: Partial<Shown> = {}): Shown => ({ sessions, elsewhere: [], ownId: 'own', now: MONDAY + 17 * HOUR, names: new Map(), ...more });
const [start = 0, end = 0] = daysOf('day', MONDAY + 12 * HOUR);

describe('the days shown', () => {
  it('are the day itself, or its week from Monday on', () => {
    expect([start, end]).toEqual([MONDAY, MONDAY + 24 * HOUR]);
    expect(daysOf('week', MONDAY + 3 * 24 * HOUR)).toHaveLength(8);
    expect(daysOf('week', MONDAY + 3 * 24 * HOUR)[0]).toBe(MONDAY);
  });

  it('show the working day, and more when there is more', () => {
    expect(hoursOf(shown([session('a', 9, 1)]), [start, end])).toEqual([8, 18]);
    expect(hoursOf(shown([session('a', 6.5, 1), session('b', 21, 1.5)]), [start, end])).toEqual([6, 23]);
    expect(hoursOf(shown([session('a', 23, 3)]), [start, end])).toEqual([8, 24]);
  });
});

describe('the lanes of a day', () => {
  it('are one for each device, this one first, with what overlaps marked and below one another', () => {
    const lanes = lanesOf(shown([
      session('m', 9, 1, { deviceId: 'mac', source: 'mac_app' }), session('a', 8, 2, { conflictId: 'c' }), session('b', 9, 2, { conflictId: 'c' }), session('x', 24, 1),
    ]), start, end, stretchOf(start, end, [8, 18]));
    expect(lanes.map(({ title, rows }) => [title, rows])).toEqual([['This device', 2], ['Mac app', 1]]);
    expect(lanes[0]?.blocks.map(({ id, left, width, row, overlaps }) => ({ id, left, width, row, overlaps }))).toEqual([
      { id: 'a', left: 0, width: 20, row: 0, overlaps: true }, { id: 'b', left: 10, width: 20, row: 1, overlaps: true },
    ]);
    expect(lanes[0]?.blocks[1]?.label).toBe('writing for book, 09:00 to 11:00, 2 hours, This device, overlaps another session');
  });

  it('cut what goes over midnight, and draw what runs up to now, here and elsewhere', () => {
    const running = session('r', 16, 0, { state: 'running', endTime: null });
    const other = { id: 'e', deviceId: 'mac', deviceType: 'mac_app', deviceName: null, startTime: MONDAY + 15 * HOUR, plannedDuration: null, category: 'reading', project: null };
    const lanes = lanesOf(shown([running, session('n', -2, 4)], { elsewhere: [other] }), start, end, stretchOf(start, end, [0, 24]));
    const blocks = lanes.flatMap((lane) => lane.blocks);
    expect(blocks.find(({ id }) => id === 'n')).toMatchObject({ left: 0, width: (2 / 24) * 100 });
    expect(blocks.find(({ id }) => id === 'r')).toMatchObject({ isRunning: true, width: (1 / 24) * 100, label: 'writing for book, since 16:00, running, This device' });
    expect(blocks.find(({ id }) => id === 'e')?.label).toBe('reading, since 15:00, running, Mac app');
  });
});

describe('devices of one kind', () => {
  const two = [session('a', 9, 1, { deviceId: 'f00dcafe', source: 'web_timer' }), session('b', 10, 1, { deviceId: 'beefcafe', source: 'web_timer' })];
  const titles = (names: ReadonlyMap<string, string>) => lanesOf(shown(two, { names }), start, end, stretchOf(start, end, [8, 18])).map(({ title }) => title);

  it('have lanes that can be told apart: by their names, or by the beginning of their ids', () => {
    expect(titles(new Map())).toEqual(['Web timer beef', 'Web timer f00d']);
    expect(titles(new Map([['f00dcafe', 'Kitchen'], ['beefcafe', 'Office']]))).toEqual(['Kitchen', 'Office']);
    expect(titles(new Map([['f00dcafe', 'Web timer']]))).toEqual(['Web timer beef', 'Web timer f00d']);
  });
});

describe('the day to open on', () => {
  it('is today when it has something or nothing has, else the newest that has', () => {
    const now = MONDAY + 17 * HOUR;
    expect(firstDay(null, now)).toBe(now);
    expect(firstDay(MONDAY + HOUR, now)).toBe(now);
    expect(firstDay(MONDAY - 60 * HOUR, now)).toBe(MONDAY - 60 * HOUR);
  });
});
