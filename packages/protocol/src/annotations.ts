// How an edited session's note and tags lie in their Yjs document, for both ends. Knows nothing of Yjs.
//
// Two roots and nothing else: the note is a text, the tags are a list. A session nobody edited has no document; the first edit makes one
// out of the note and tags that are stored. Two devices may do that at once, so the first state is written by an author whose number is
// made from the content: both write the very same bytes, and merging them is merging a thing with itself.
import { conflictId } from './rules/conflict.ts';
import { LIMITS } from './rules/limits.ts';
import { textProblem, utf8Length } from './rules/text.ts';

/** Names of the roots: a `Y.Text` and a `Y.Array` of texts. A document with another root is refused. */
export const ANNOTATION_ROOTS = { note: 'note', tags: 'tags' } as const;

/** Note and tags as everybody shows them. */
export interface Annotation {
  readonly note: string;
  readonly tags: readonly string[];
}

/** What is written to the roots; a `Y.Text` and a `Y.Array` fit. */
export interface AnnotationRoots {
  readonly note: { insert(at: number, text: string): unknown };
  readonly tags: { push(tags: string[]): unknown };
}

const AUTHOR_DIGITS = 13;

/**
 * The `clientID` under which the first state of a session's document is written, and nothing after it. Equal for equal content, 52 bits.
 * @param stored note and tags as the device holds them before the edit.
 */
export function firstAuthor(sessionId: string, stored: Annotation): number {
  return Number.parseInt(conflictId([JSON.stringify([sessionId, stored.note, stored.tags])]).slice(0, AUTHOR_DIGITS), 16);
}

/** Writes the first state, in one Yjs transaction of a fresh document whose `clientID` is {@link firstAuthor}. */
export function writeFirstState(roots: AnnotationRoots, stored: Annotation): void {
  if (stored.note !== '') roots.note.insert(0, stored.note);
  if (stored.tags.length > 0) roots.tags.push([...stored.tags]);
}

/**
 * What a document shows. Merging can make more than one device ever wrote: a note is shown up to its limit (the document keeps the rest),
 * a tag twice in the list is one tag, and tags above their number or no tags at all are left out. The same for the same document everywhere.
 */
export function readAnnotation(note: string, tags: Iterable<unknown>): Annotation {
  const distinct = new Set([...tags].filter((tag): tag is string => typeof tag === 'string' && textProblem(tag, LIMITS.tagBytesMax, 1) === null));
  return { note: clip(note), tags: [...distinct].slice(0, LIMITS.tagsMax) };
}

/** The longest beginning within the limit, of whole characters; what no store keeps unchanged becomes the replacement character. */
function clip(note: string): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const character of note) {
    const storable = textProblem(character, LIMITS.noteBytesMax) === null ? character : '\uFFFD';
    bytes += utf8Length(storable);
    if (bytes > LIMITS.noteBytesMax) break;
    kept.push(storable);
  }
  return kept.join('');
}
