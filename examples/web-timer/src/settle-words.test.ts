import { describe, expect, it } from 'vitest';
import type { ChoiceProblem, ResolutionPreview } from '@syncline/core';
import { changeLines, dayOf, minuteWords, previewDay, refusalWords, settleProblem, summaryWords, UNSUPPORTED, waysFor } from './settle-words.ts';

const at = (hour: number, minute = 0, day = 10): number => new Date(2026, 5, day, hour, minute).getTime();
const refused = (code: string, message?: string, why?: ChoiceProblem): Error =>
  Object.assign(new Error('said by the engine'), { name: 'EngineError', code, retry: 'never', details: message === undefined ? [] : [{ path: 'choice', message, code: why }] });

const trimmed: ResolutionPreview = {
  sessions: [
    { id: 'a', before: { startTime: at(9), endTime: at(10) }, after: { startTime: at(9), endTime: at(9, 40) } },
    { id: 'b', before: { startTime: at(9, 40), endTime: at(11) }, after: { startTime: at(9, 40), endTime: at(11) } },
    { id: 'c', before: { startTime: at(9), endTime: at(10) }, after: null },
    { id: 'd', before: null, after: { startTime: at(12), endTime: at(13) } },
  ],
  days: [], minutesBefore: 140, minutesAfter: 120, doubleCountedBefore: 20, doubleCountedAfter: 0, minutesRemoved: 0, minutesMoved: 0,
};

describe('the ways to settle an overlap', () => {
  it('are six, and only three ask for a session', () => {
    const ways = waysFor(2);
    expect(ways.map(({ kind }) => kind)).toEqual(['keep_all', 'keep_one', 'trim', 'split', 'merge_span', 'merge_sum']);
    expect(ways.filter(({ asks }) => asks !== null).map(({ kind }) => kind)).toEqual(['keep_one', 'trim', 'split']);
  });

  it('speak of both, or of all', () => {
    expect(waysFor(2)[0]?.title).toBe('Keep both');
    expect(waysFor(3)[0]?.title).toBe('Keep all 3');
    expect(waysFor(2)[1]?.means).toBe('The other is deleted.');
    expect(waysFor(3)[1]?.means).toBe('The others are deleted.');
  });
});

describe('refusalWords', () => {
  it('says for people what the engine says for programs', () => {
    const said = (why: ChoiceProblem): string => refusalWords(refused('invalid_input', 'words of no importance', why));
    expect(said('nothing_left')).toContain('nothing would be left');
    expect(said('split_instead')).toContain('only be split');
    expect(said('trim_instead')).toContain('only be trimmed');
    expect(said('too_long')).toContain('24 hours');
    expect(said('notes_too_long')).toContain('notes');
    expect(said('too_many')).toContain('more than 100');
    expect(said('no_session')).toContain('not part');
    expect(refusalWords(refused('invalid_input', 'is new here'))).toBe('is new here.');
  });

  it('tells a server that cannot from a session that is missing, and from a fault', () => {
    expect(refusalWords(refused('unsupported'))).toBe(UNSUPPORTED);
    expect(refusalWords(refused('not_found'))).toContain('not on this device');
    expect(refusalWords(refused('refused', 'has to be sent again or given up first'))).toBe(settleProblem(refused('refused')));
    expect(refusalWords(refused('refused'))).toContain('refused one of these');
    expect(refusalWords(new TypeError('x'))).toBe('This cannot be worked out right now.');
  });

  it('says that a session changed while a person looked', () => {
    expect(settleProblem(refused('changed'))).toContain('has just changed');
    expect(settleProblem(refused('storage_full'))).toBe('said by the engine.');
    expect(settleProblem(new TypeError('x'))).toBe('Something went wrong. Nothing was changed.');
  });
});

describe('the preview', () => {
  it('is summed up in a line', () => {
    expect(summaryWords(trimmed)).toBe('3 sessions, 2 hours · 20 minutes removed · nothing counted twice');
    expect(summaryWords({ ...trimmed, minutesAfter: 140, doubleCountedAfter: 20 })).toBe('3 sessions, 2 hours 20 minutes · 20 minutes counted twice');
    expect(summaryWords({ ...trimmed, minutesAfter: 140, minutesMoved: 20 })).toBe('3 sessions, 2 hours 20 minutes · 20 minutes moved · nothing counted twice');
  });

  it('tells of each session what becomes of it', () => {
    expect(changeLines(trimmed, (id) => id.toUpperCase()).map(({ name, before, after, change }) => [name, before, after, change])).toEqual([
      ['A', '09:00–10:00', '09:00–09:40', 'changed'],
      ['B', '09:40–11:00', 'unchanged', 'same'],
      ['C', '09:00–10:00', 'deleted', 'deleted'],
      ['D', '–', '12:00–13:00', 'new'],
    ]);
  });

  it('counts days in the calendar of the person', () => {
    expect(dayOf(at(0, 0))).toBe('2026-06-10');
    expect(dayOf(at(23, 59))).toBe('2026-06-10');
    expect(previewDay(dayOf(at(23, 59, 9)), at(1))).toBe('Yesterday');
    expect([minuteWords(0), minuteWords(25)]).toEqual(['none', '25 minutes']);
  });
});
