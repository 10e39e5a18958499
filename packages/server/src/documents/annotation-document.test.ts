import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';
import { editAnnotation, firstAnnotation, mergeAnnotation } from './annotation-document.ts';

const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('\0'));
const tags = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });

describe('the document of a note and tags', () => {
  it('[D04] begins the same wherever it is made', () => {
    fc.assert(fc.property(text, tags, (note, list) => {
      const [one, other] = [firstAnnotation(id, { note, tags: list }), firstAnnotation(id, { note, tags: list })];
      expect(one).toEqual(other);
      expect(mergeAnnotation(one, other)).toMatchObject({ note, tags: list });
    }), { numRuns: 60 });
  });

  it('says what a whole edit set, whatever was there', () => {
    fc.assert(fc.property(text, tags, text, tags, (note, list, nextNote, nextTags) => {
      const edited = editAnnotation(firstAnnotation(id, { note, tags: list }), { note: nextNote, tags: nextTags }, 70_000);
      expect(edited?.note).toBe(nextNote);
      expect([...(edited?.tags ?? [])].sort()).toEqual([...nextTags].sort());
    }), { numRuns: 100 });
  });

  it('says so too where a device put something into the text that is none', () => {
    const doc = new Doc();
    applyUpdate(doc, firstAnnotation(id, { note: 'one two', tags: [] }));
    doc.getText('note').insertEmbed(3, { image: 'x' });
    const withImage = mergeAnnotation(firstAnnotation(id, { note: 'one two', tags: [] }), encodeStateAsUpdate(doc));
    expect(withImage?.note).toBe('one two');
    expect(editAnnotation(withImage?.document ?? new Uint8Array(), { note: 'one three', tags: [] }, 70_000)?.note).toBe('one three');
  });

  it('keeps what two whole edits set at different places', () => {
    const first = firstAnnotation(id, { note: 'one two three', tags: [] });
    const [a, b] = [editAnnotation(first, { note: 'ONE two three', tags: ['x'] }, 70_001), editAnnotation(first, { note: 'one two THREE', tags: ['y'] }, 70_002)];
    expect(mergeAnnotation(a?.document ?? first, b?.document ?? first)).toMatchObject({ note: 'ONE two THREE' });
  });

  it('[S-22] never throws on any bytes', () => {
    const good = firstAnnotation(id, { note: 'a note', tags: ['a', 'b'] });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), (bytes, at, byte) => {
      const mutated = good.slice();
      mutated[at] = byte;
      for (const update of [bytes, mutated]) mergeAnnotation(good, update);
    }), { numRuns: 2_000 });
  });

  it('can be read back', () => {
    const doc = new Doc();
    applyUpdate(doc, firstAnnotation(id, { note: 'n', tags: ['t'] }));
    expect([doc.getText('note').toString(), doc.getArray('tags').toArray()]).toEqual(['n', ['t']]);
  });
});
