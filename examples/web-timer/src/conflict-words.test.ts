import { describe, expect, it } from 'vitest';
import type { Session } from '@syncline/core';
import type { Conflict } from '@syncline/protocol';
import { conflictView } from './conflict-words.ts';
import { whereWords } from './device-words.ts';

const at = (hour: number, minute = 0): number => new Date(2026, 5, 10, hour, minute).getTime();
const session = (id: string, startTime: number, endTime: number, source: string): Session =>
  ({ id, startTime, endTime, duration: (endTime - startTime) / 60_000, category: 'writing', project: 'thesis', source }) as Session;
const conflict: Conflict = { id: 'c', kind: 'partial', sessionIds: ['a', 'b'], deviceTypes: ['mac_app', 'web_timer'], severalDevices: true, certainty: 'possible' };

const whereOf = (of: Session): string => whereWords(of, 'own', new Map());

describe('conflictView', () => {
  it('tells how long two known sessions overlap, and both of them', () => {
    const known = new Map([['a', session('a', at(9), at(10), 'mac_app')], ['b', session('b', at(9, 40), at(11), 'web_timer')]]);
    const view = conflictView(conflict, known, at(12), whereOf);
    expect(view.title).toBe('Two sessions on Mac app and Web timer share 20 minutes');
    expect(view.advice).toBeNull();
    expect(view.lines.map(({ text, detail }) => `${text}: ${detail}`)).toEqual([
      'writing for thesis: Today 09:00–10:00 · 1 hour · Mac app',
      'writing for thesis: Today 09:40–11:00 · 1 hour 20 minutes · Web timer',
    ]);
  });

  it('names the device of a session that is not here', () => {
    const view = conflictView(conflict, new Map(), at(12), whereOf);
    expect(view.title).toBe('2 sessions at the same time on Mac app and Web timer');
    expect(view.lines.map(({ text }) => text)).toEqual(['A session recorded by Mac app', 'A session recorded by Web timer']);
    expect(view.lines[0]?.detail).toContain('this device has not been told');
    expect(view.advice).toContain('sync now');
  });

  it('does not guess the device when several sessions share one', () => {
    const view = conflictView({ ...conflict, sessionIds: ['a', 'b', 'c'] }, new Map(), at(12), whereOf);
    expect(view.lines.map(({ text }) => text)).toEqual(Array.from({ length: 3 }, () => 'A session recorded by another device'));
  });

  it('calls a duplicate one', () => {
    expect(conflictView({ ...conflict, kind: 'duplicate', severalDevices: false }, new Map(), at(12), whereOf).title).toBe('The same session, recorded 2 times on one device');
  });

  it('says how sure it is', () => {
    const words = (['certain', 'possible', 'within_clock_error'] as const).map((certainty) => conflictView({ ...conflict, certainty }, new Map(), at(12), whereOf).certainty);
    expect(words).toEqual([expect.stringMatching(/certain/), expect.stringMatching(/possible/), expect.stringMatching(/^Perhaps they do not overlap/)]);
  });
});
