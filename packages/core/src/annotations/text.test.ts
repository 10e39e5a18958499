import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf, mergeText } from './text.ts';

const texts = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '🙂', 'é'), maxLength: 12 });

describe('merging texts', () => {
  it.each([
    ['a note', 'Mine: a note', 'a note, theirs', 'Mine: a note, theirs'],
    ['a note', 'a note, mine', 'Theirs: a note', 'Theirs: a note, mine'],
    ['a note', 'a good note', 'a bad note', 'a good bad note'],
    ['one two three', 'one three', 'one two 3', 'one t3'],
    ['', 'mine', 'theirs', 'minetheirs'],
    ['gone', '', 'gone', ''],
    ['read', 'read on', 'read on', 'read on'],
    ['teh end', 'the end', 'the end', 'the end'],
  ])('%j became %j here and %j there: %j', (seen, mine, theirs, merged) => {
    expect(mergeText(seen, mine, theirs)).toBe(merged);
  });

  it('a difference, put back, makes the other text, and never cuts a character in two', () => {
    fc.assert(fc.property(texts, texts, (before, after) => {
      const { start, removed, inserted } = differenceOf(before, after);
      expect(before.slice(0, start) + inserted + before.slice(start + removed)).toBe(after);
      expect(() => encodeURIComponent(inserted)).not.toThrow();
    }));
  });

  it('keeps either text where the other did not change, and loses nothing that was put in', () => {
    fc.assert(fc.property(texts, texts, texts, (seen, mine, theirs) => {
      expect(mergeText(seen, mine, seen)).toBe(mine);
      expect(mergeText(seen, seen, theirs)).toBe(theirs);
      const merged = mergeText(seen, mine, theirs);
      expect(merged).toContain(differenceOf(seen, mine).inserted);
      expect(merged).toContain(differenceOf(seen, theirs).inserted);
      expect(() => encodeURIComponent(merged)).not.toThrow();
    }));
  });
});
