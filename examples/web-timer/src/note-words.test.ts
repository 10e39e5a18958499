import { describe, expect, it } from 'vitest';
import { caretAfter, isSameNoted, mergeNoted, mergeTags, tagsOf, tagsText } from './note-words.ts';

describe('tags', () => {
  it('are typed between commas, each once', () => {
    expect(tagsOf(' deep, calm ,,deep,')).toEqual(['deep', 'calm']);
    expect(tagsText(['deep', 'calm'])).toBe('deep, calm');
  });

  it.each([
    [[], ['deep'], ['calm'], ['calm', 'deep']],
    [['deep'], [], ['deep', 'calm'], ['calm']],
    [['deep'], ['deep', 'new'], [], ['new']],
    [['deep'], ['deep'], ['deep'], ['deep']],
  ])('%j became %j here and %j elsewhere: %j', (seen, mine, theirs, merged) => {
    expect(mergeTags(seen, mine, theirs)).toEqual(merged);
  });
});

describe('a note that is being typed', () => {
  it('takes in what others wrote', () => {
    const seen = { note: 'a note', tags: [] };
    expect(mergeNoted(seen, { note: 'a note, mine', tags: ['m'] }, { note: 'Theirs: a note', tags: ['t'] })).toEqual({ note: 'Theirs: a note, mine', tags: ['t', 'm'] });
    expect([isSameNoted(seen, { note: 'a note', tags: [] }), isSameNoted(seen, { note: 'a note', tags: ['t'] })]).toEqual([true, false]);
  });

  it.each([['abc', 'Xabc', 2, 3], ['abc', 'abcX', 2, 2], ['abc', 'c', 3, 1], ['abc', 'abc', 3, 3]])('%j became %j: the caret goes from %i to %i', (before, after, caret, next) => {
    expect(caretAfter(before, after, caret)).toBe(next);
  });
});
