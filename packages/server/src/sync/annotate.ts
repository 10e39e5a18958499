// The note and tags of a session, and the document in which edits of them merge. A session nobody edited has none.
import type { SessionEdit } from '@syncline/protocol';
import { firstAnnotation } from '../documents/annotation-document.ts';
import { authorOver } from '../documents/author.ts';
import { fromBase64 } from '../documents/base64.ts';
import type { MergedAnnotation, StoredSession } from '../ports.ts';
import type { MadeDocuments } from './made-documents.ts';

/** A document without anything in it. */
const NOTHING: Uint8Array = new Uint8Array([0, 0]);

export type Annotated = Pick<StoredSession, 'note' | 'tags' | 'annotation'>;

/** What an edit makes of them; null when its update cannot be merged. With an update, the merged text counts and not the one beside it. */
export function annotate(session: StoredSession, edit: SessionEdit, made: MadeDocuments): Annotated | null {
  if (edit.annotation === undefined) return { note: edit.note ?? session.note, tags: edit.tags ?? session.tags, annotation: session.annotation };
  const update = fromBase64(edit.annotation);
  const merged = adopted(session, update, made) ?? made.get({ kind: 'merge', document: session.annotation ?? firstAnnotation(session.id, session), update });
  return merged === null ? null : { note: merged.note, tags: merged.tags, annotation: merged.document };
}

/** A whole document of a session that has none here, and says what is stored: a device gives back what this server has forgotten. */
function adopted(session: StoredSession, update: Uint8Array, made: MadeDocuments): MergedAnnotation | null {
  const alone = session.annotation === null ? made.get({ kind: 'merge', document: NOTHING, update }) : null;
  return alone !== null && isSameText(alone, session) ? alone : null;
}

/** A change of the note or tags that came without an update, as an edit of the document, where there is one. */
export function followInDocument<T extends Annotated>(before: Annotated | null, next: T, author: number, made: MadeDocuments): T {
  const isKept = before === null || next.annotation === null || next.annotation !== before.annotation;
  if (isKept || isSameText(before, next)) return next;
  const edited = made.get({ kind: 'edit', document: next.annotation, next: { note: next.note, tags: next.tags }, author: authorOver(author, next.annotation) });
  // A document that can hold no more is begun anew out of what is shown.
  return { ...next, annotation: edited?.document ?? null };
}

function isSameText(a: Pick<Annotated, 'note' | 'tags'>, b: Pick<Annotated, 'note' | 'tags'>): boolean {
  return a.note === b.note && JSON.stringify(a.tags) === JSON.stringify(b.tags);
}
