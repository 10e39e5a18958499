import { expect, it } from 'vitest';
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';
import { firstAnnotation, mergeAnnotation } from '../documents/annotation-document.ts';
import { inlineDocuments } from '../documents/inline-documents.ts';
import type { MergedAnnotation } from '../ports.ts';
import { type Annotated, followInDocument } from './annotate.ts';
import { DocumentNeeded, MadeDocuments } from './made-documents.ts';

/** A note set by a call that knows no documents. */
async function setNote(before: MergedAnnotation, note: string, author: number): Promise<Uint8Array> {
  const made = new MadeDocuments();
  const { tags, document: annotation } = before;
  const follow = (): Annotated => followInDocument({ note: before.note, tags, annotation }, { note, tags, annotation }, author, made);
  try {
    follow();
  } catch (error) {
    if (!(error instanceof DocumentNeeded)) throw error;
    await made.make(inlineDocuments(), error.jobs);
  }
  return follow().annotation as Uint8Array;
}

/** Words typed at the beginning by a device. */
function typed(document: Uint8Array, words: string): Uint8Array {
  const doc = new Doc();
  applyUpdate(doc, document);
  doc.getText('note').insert(0, words);
  return encodeStateAsUpdate(doc);
}

const merged = (a: Uint8Array, b: Uint8Array): MergedAnnotation => mergeAnnotation(a, b) as MergedAnnotation;

it('[D04] an edit that is brought again to a server whose time went back is another one over another state, so that all who merge both read the same', async () => {
  const first = firstAnnotation('00000000-0000-4000-8000-000000000001', { note: 'a note', tags: [] });
  const [older, newer] = [merged(first, first), merged(first, typed(first, 'plain '))];
  const [told, again] = [await setNote(newer, 'plain words', 70_000), await setNote(older, 'plain words', 70_000)];
  const server = merged(again, told);
  expect(merged(told, server.document).note).toBe(server.note);
  expect(await setNote(newer, 'plain words', 70_000)).toEqual(told);
});
