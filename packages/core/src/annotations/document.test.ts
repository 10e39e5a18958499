import { LIMITS } from '@syncline/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';
import type { AnnotateInput } from '../api-annotations.ts';
import { fromBase64, toBase64 } from '../preferences/base64.ts';
import { type Annotated, type AnnotationEdit, editAnnotation } from './document.ts';

const ID = '00000000-0000-4000-8000-0000000000aa';
const STORED = { note: 'a note', tags: [] };

function edit(documents: readonly string[], input: AnnotateInput, more: Partial<AnnotationEdit> = {}): Annotated {
  const edited = editAnnotation({ sessionId: ID, stored: STORED, documents, input, author: 7, written: 0, ...more });
  if (edited === null || edited === 'behind') throw new Error(String(edited));
  return edited;
}

const documentOf = ({ annotation }: Annotated): string => annotation ?? '';

describe('an edit of a note and tags', () => {
  it('begins with the stored text, the same on every device, so that it is there once after merging', () => {
    const [one, other] = [edit([], { note: 'Mine: a note' }, { author: 1 }), edit([], { note: 'a note, theirs', tags: ['calm'] }, { author: 2 })];
    const merged = edit([documentOf(one), documentOf(other)], { tags: ['calm', 'deep'] }, { author: 3 });
    expect(merged).toMatchObject({ note: 'Mine: a note, theirs', tags: ['calm', 'deep'] });
  });

  it('of nothing is none', () => {
    expect(editAnnotation({ sessionId: ID, stored: STORED, documents: [], input: { note: 'a note', tags: [] }, author: 1, written: 0 })).toBeNull();
  });

  it('[D04] asks for another author where a store went back behind what was written', () => {
    const first = edit([], { note: 'a note 1' });
    expect(editAnnotation({ sessionId: ID, stored: STORED, documents: [], input: { note: 'x' }, author: 7, written: first.written })).toBe('behind');
  });

  it('[S-22] passes over what is no document, and says so when one may grow no more', () => {
    const ended = edit([], { note: 'x'.repeat(4000) });
    let documents = [documentOf(ended)];
    let now = ended;
    for (let i = 0; now.annotation !== undefined && i < 200; i += 1) {
      now = edit(documents, { note: String.fromCharCode(97 + (i % 26)).repeat(4000) }, { author: 100 + i * 1000 });
      documents = [now.annotation ?? ''];
    }
    expect(edit(['@@'], { note: 'y' }).note).toBe('y');
    // Removed text leaves next to nothing behind.
    expect(documentOf(now).length).toBeLessThan(LIMITS.yjsUpdateBytesMax);
  });

  it('says what was written where another device put something into the text that is none, and nothing new where nothing is', () => {
    const doc = new Doc();
    applyUpdate(doc, fromBase64(documentOf(edit([], { note: 'one two' }))) ?? new Uint8Array());
    doc.getText('note').insertEmbed(3, { image: 'x' });
    const documents = [toBase64(encodeStateAsUpdate(doc))];
    const stored = { note: 'one two', tags: [] };
    expect(edit(documents, { note: 'one three' }, { stored, author: 8 }).note).toBe('one three');
    expect(editAnnotation({ sessionId: ID, stored, documents, input: { note: 'one two' }, author: 8, written: 0 })).toBeNull();
  });

  it('[S-22] passes over a document that can be read and not be written again', () => {
    const damaged = 'AwKKzajX66eZAwABAQRub3RlBgEBBHRhZ3MBAgYAxIrNqNfrp5kDBQUACG5vdGUgbQ1yiAUFAXcBeAIFAISKzajX66eZAwUFIG1vcmWIis2o1+unmVsGAXcBdQGKzajX66eZAwEABw==';
    for (const documents of [[damaged], [documentOf(edit([], { note: 'theirs' })), damaged]]) {
      expect(edit(documents, { note: 'y' }, { author: 8 })).toMatchObject({ note: 'y', annotation: undefined });
    }
  });

  it('[I-09] says the same in whichever order documents meet', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 8 });
    fc.assert(fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (notes) => {
      const documents = notes.flatMap((note, i) => editAnnotation({ sessionId: ID, stored: STORED, documents: [], input: { note }, author: i + 1, written: 0 }) ?? [])
        .map((edited) => documentOf(edited as Annotated));
      const show = (list: readonly string[]) => editAnnotation({ sessionId: ID, stored: STORED, documents: list, input: { tags: ['z'] }, author: 99, written: 0 });
      expect(show(documents)).toEqual(show([...documents].reverse()));
    }), { numRuns: 100 });
  });
});
