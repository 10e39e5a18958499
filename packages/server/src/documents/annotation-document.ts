// The document of an edited session's note and tags.
import { LIMITS } from '@syncline/protocol';
import { type Annotation, ANNOTATION_ROOTS, firstAuthor, readAnnotation, writeFirstState } from '@syncline/protocol/annotations';
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';

export interface MergedAnnotation extends Annotation {
  readonly document: Uint8Array;
}

/** What is made of a document: an update merged into it, or a note and tags set as a whole. */
export type AnnotationJob =
  | { readonly kind: 'merge'; readonly document: Uint8Array; readonly update: Uint8Array }
  | { readonly kind: 'edit'; readonly document: Uint8Array; readonly next: Annotation; readonly author: number };

export function makeAnnotation(job: AnnotationJob): MergedAnnotation | null {
  return job.kind === 'merge' ? mergeAnnotation(job.document, job.update) : editAnnotation(job.document, job.next, job.author);
}

/** The document a session's stored note and tags make, byte for byte the same wherever it is made. */
export function firstAnnotation(sessionId: string, stored: Annotation): Uint8Array {
  const doc = new Doc();
  doc.clientID = firstAuthor(sessionId, stored);
  doc.transact(() => writeFirstState(rootsOf(doc), stored));
  return encodeStateAsUpdate(doc);
}

/** A document with an update merged in; null when that is not to be stored: it leans on what never came, or grows too large. */
export function mergeAnnotation(document: Uint8Array, update: Uint8Array): MergedAnnotation | null {
  const doc = open(document);
  try {
    applyUpdate(doc, update);
    // Some can be read and, once somebody looked at what they hold, not be written again.
    rootsOf(doc);
    encodeStateAsUpdate(doc);
  } catch {
    return null;
  }
  return doc.store.pendingStructs === null && doc.store.pendingDs === null && hasOnlyRoots(doc) ? toMerged(doc) : null;
}

/**
 * A note and tags set as a whole, by a call that knows no documents, as an edit of what is shown: what stays the same stays untouched.
 * @param author a fresh random number.
 */
export function editAnnotation(document: Uint8Array, next: Annotation, author: number): MergedAnnotation | null {
  const doc = open(document);
  doc.clientID = author;
  const { note, tags } = rootsOf(doc);
  doc.transact(() => {
    const shown = note.toString();
    // A text may hold what is none and is not shown, which has places of its own: then it is set as a whole.
    const { start, removed, inserted } = note.length === shown.length ? differenceOf(shown, next.note) : { start: 0, removed: note.length, inserted: next.note };
    note.delete(start, removed);
    note.insert(start, inserted);
    const listed = readAnnotation('', tags.toArray()).tags;
    if (JSON.stringify(listed) === JSON.stringify(next.tags)) return;
    for (let i = tags.length - 1; i >= 0; i -= 1) if (!next.tags.includes(String(tags.get(i)))) tags.delete(i, 1);
    tags.push(next.tags.filter((tag) => !listed.includes(tag)));
  });
  return toMerged(doc);
}

/** One replacement between what two texts begin and end with alike; never half of a character. */
function differenceOf(before: string, after: string): { readonly start: number; readonly removed: number; readonly inserted: string } {
  const [from, to] = [[...before], [...after]];
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < from.length - head && tail < to.length - head && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1;
  return {
    start: from.slice(0, head).join('').length,
    removed: from.slice(head, from.length - tail).join('').length,
    inserted: to.slice(head, to.length - tail).join(''),
  };
}

function toMerged(doc: Doc): MergedAnnotation | null {
  const document = encodeStateAsUpdate(doc);
  const { note, tags } = rootsOf(doc);
  return document.byteLength > LIMITS.yjsUpdateBytesMax ? null : { document, ...readAnnotation(note.toString(), tags.toArray()) };
}

function open(document: Uint8Array): Doc {
  const doc = new Doc();
  applyUpdate(doc, document);
  return doc;
}

function hasOnlyRoots(doc: Doc): boolean {
  const known: readonly string[] = Object.values(ANNOTATION_ROOTS);
  return [...doc.share.keys()].every((name) => known.includes(name));
}

function rootsOf(doc: Doc): { readonly note: ReturnType<Doc['getText']>; readonly tags: ReturnType<Doc['getArray']> } {
  return { note: doc.getText(ANNOTATION_ROOTS.note), tags: doc.getArray(ANNOTATION_ROOTS.tags) };
}
