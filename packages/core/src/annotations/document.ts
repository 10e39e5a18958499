// An edit of a session's note and tags as a change of their Yjs document. A document is passed around as its bytes; the one that is
// changed is made for that and thrown away, so that a store that refuses leaves nothing to be undone.
import { LIMITS } from '@syncline/protocol';
import { type Annotation, ANNOTATION_ROOTS, firstAuthor, readAnnotation, writeFirstState } from '@syncline/protocol/annotations';
import { applyUpdate, type Array as YArray, Doc, encodeStateAsUpdate, getState, type Text as YText } from 'yjs';
import { fromBase64, toBase64 } from '../preferences/base64.ts';
import type { AnnotateInput } from '../api-annotations.ts';
import { differenceOf, mergeText } from './text.ts';

export interface AnnotationEdit {
  readonly sessionId: string;
  /** Note and tags as they are shown: the first state where there is no document. */
  readonly stored: Annotation;
  /** Everything known of the document (Yjs V1, Base64), to be merged; none while nobody edited the session. */
  readonly documents: readonly string[];
  readonly input: AnnotateInput;
  /** Under which number is written, and how much was written under it into this document. */
  readonly author: number;
  readonly written: number;
}

export interface Annotated extends Annotation {
  /** The whole document; undefined when it may grow no more, or cannot be read here. */
  readonly annotation: string | undefined;
  readonly written: number;
}

/** Null when nothing changes. `behind`: the author wrote more than the documents know of, and needs another number. */
export function editAnnotation(edit: AnnotationEdit): Annotated | null | 'behind' {
  const isWhole = isReadable(edit);
  const doc = openAnnotation(isWhole ? edit : { ...edit, documents: [] });
  if (getState(doc.store, edit.author) < edit.written) return 'behind';
  // Afterwards: Yjs takes what it reads under its own name for somebody else's, and would choose another.
  doc.clientID = edit.author;
  const { note, tags } = rootsOf(doc);
  const { input, stored } = edit;
  // Not what the documents hold: a settlement that waits may show more, and less is shown of what came behind an edit that waits.
  const seen = input.seen ?? stored;
  let isChanged = false;
  doc.on('update', () => void (isChanged = true));
  doc.transact(() => {
    if (input.note !== undefined) writeNote(note, mergeText(seen.note, input.note, note.toString()));
    if (input.tags !== undefined) writeTags(tags, seen.tags, input.tags);
  });
  if (!isChanged) return null;
  const bytes = encodeStateAsUpdate(doc);
  // A document that may hold no more, or that this is no change of: the server makes it an edit of its own, or begins anew.
  const annotation = !isWhole || bytes.length > LIMITS.yjsUpdateBytesMax ? undefined : toBase64(bytes);
  return { ...readAnnotation(note.toString(), tags.toArray()), annotation, written: getState(doc.store, edit.author) };
}

/** Some can be read and not be written again. */
function isReadable(edit: AnnotationEdit): boolean {
  try {
    const doc = openAnnotation(edit);
    rootsOf(doc);
    encodeStateAsUpdate(doc);
    return edit.documents.every((text) => fromBase64(text) !== null);
  } catch {
    return false;
  }
}

function openAnnotation({ sessionId, stored, documents }: AnnotationEdit): Doc {
  // A name of its own keeps Yjs from asking the platform for chance.
  const doc = new Doc({ guid: sessionId });
  const readable = documents.flatMap((text) => fromBase64(text) ?? []);
  if (readable.length === 0) {
    doc.clientID = firstAuthor(sessionId, stored);
    doc.transact(() => writeFirstState(rootsOf(doc), stored));
  }
  for (const bytes of readable) applyUpdate(doc, bytes);
  return doc;
}

function rootsOf(doc: Doc): { readonly note: YText; readonly tags: YArray<unknown> } {
  return { note: doc.getText(ANNOTATION_ROOTS.note), tags: doc.getArray(ANNOTATION_ROOTS.tags) };
}

function writeNote(note: YText, next: string): void {
  const shown = note.toString();
  if (shown === next) return;
  // A text may hold what is none and is not shown, which has places of its own: then it is set as a whole.
  const { start, removed, inserted } = note.length === shown.length ? differenceOf(shown, next) : { start: 0, removed: note.length, inserted: next };
  if (removed > 0) note.delete(start, removed);
  if (inserted !== '') note.insert(start, inserted);
}

function writeTags(tags: YArray<unknown>, seen: Annotation['tags'], next: Annotation['tags']): void {
  const removed = new Set<unknown>(seen.filter((tag) => !next.includes(tag)));
  for (let i = tags.length - 1; i >= 0; i -= 1) if (removed.has(tags.get(i))) tags.delete(i, 1);
  const held = new Set(tags.toArray());
  const added = [...new Set(next)].filter((tag) => !seen.includes(tag) && !held.has(tag));
  if (added.length > 0) tags.push(added);
}
