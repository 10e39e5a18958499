// An edit of the note and tags of a recorded session: an operation that carries the session's document. While it was never sent, the next
// edit takes its place, so that a note that is edited offline for a week is one operation.
import type { AnnotateInput } from '../api-annotations.ts';
import { engineError } from '../errors.ts';
import { applyEffects, type Changes, told } from '../model/effect.ts';
import { isDocumented, type Operation } from '../model/operation.ts';
import type { FinishedSession } from '../model/session.ts';
import type { Ids, Store } from '../ports.ts';
import type { AnnotationsPart, AnnotationWish } from '../sync/annotations-part.ts';
import { refuse } from '../sync/check-call.ts';
import type { Draft } from '../sync/draft.ts';
import { planEdit } from '../sync/edit.ts';
import type { Stamp, Written } from '../sync/record.ts';
import type { View } from '../sync/view.ts';
import { checkAnnotate } from './check.ts';
import { type Annotated, editAnnotation } from './document.ts';

export class Annotator implements AnnotationsPart {
  readonly #ids: Ids;
  /** Fresh for each run, and never stored: a copied profile or another tab cannot share it. */
  #author: number | null = null;
  /** How much was written under it, by session. */
  #written = new Map<string, number>();

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  read(input: AnnotateInput): AnnotateInput {
    refuse(checkAnnotate(input));
    const { note, tags, seen } = input;
    return { note, tags: tags && [...tags], seen: seen && { note: seen.note, tags: [...seen.tags] } };
  }

  plan(draft: Draft, store: Store, packed: ReadonlyMap<string, FinishedSession>, { id, input, otherOf }: AnnotationWish, stamp: Stamp): Written | FinishedSession {
    const { view } = draft;
    const session = view.near(id) ?? packed.get(id) ?? null;
    if (session === null || session.cancelled !== null || session.deletedAt !== null) throw engineError('not_found');
    const other = otherOf(session);
    const edited = this.#edit(id, session, documentsOf(view, packed, id), input);
    if (edited === null && Object.keys(other).length === 0) return session;
    const { note, tags, annotation } = edited ?? {};
    const changes: Changes = { ...other, ...told({ note, tags, annotation }) };
    const waiting = Object.keys(other).length === 0 ? untouched(view, id) : null;
    if (waiting !== null) return replace(draft, waiting, session, changes, stamp);
    const effects = [{ kind: 'edit', id, changes }] as const;
    return planEdit(draft, store, packed, { kind: 'amend', session, effects, looked: [id], settlement: null }, stamp);
  }

  #edit(sessionId: string, { note, tags = [] }: FinishedSession, documents: readonly string[], input: AnnotateInput): Annotated | null {
    const edit = { sessionId, stored: { note, tags }, documents, input };
    this.#author ??= this.#newAuthor();
    let edited = editAnnotation({ ...edit, author: this.#author, written: this.#written.get(sessionId) ?? 0 });
    // The store went back behind what was written, and perhaps sent: nothing may go out under the same numbers again.
    if (edited === 'behind') {
      this.#author = this.#newAuthor();
      edited = editAnnotation({ ...edit, author: this.#author, written: 0 });
    }
    if (edited === null || edited === 'behind') return null;
    this.#written.set(sessionId, edited.written);
    return edited;
  }

  #newAuthor(): number {
    this.#written = new Map();
    return 1 + Number.parseInt(this.#ids.uuid().slice(0, 8), 16);
  }
}

/** What the server told, and what waits to be told. */
function documentsOf(view: View, packed: ReadonlyMap<string, FinishedSession>, id: string): readonly string[] {
  const overlaid = view.overlay.get(id);
  const server = overlaid === undefined ? packed.get(id) : overlaid.server;
  const waiting = view.operationsOf(id).flatMap((operation) => (isDocumented(operation) ? [operation.session.annotation] : annotationsIn(operation, id)));
  return [server?.annotation, ...waiting].filter((text) => text !== undefined);
}

function annotationsIn({ change }: Operation, id: string): readonly (string | undefined)[] {
  return (change?.effects ?? []).map((effect) => (effect.kind === 'edit' && effect.id === id ? effect.changes.annotation : undefined));
}

const NOTE_FIELDS: ReadonlySet<string> = new Set(['note', 'tags', 'annotation']);

/** The last operation on that session, when it edits the note and tags alone and nobody can have heard of it. */
function untouched(view: View, id: string): number | null {
  const seq = view.seqsOf(id).at(-1);
  const operation = seq === undefined ? undefined : view.operations.get(seq);
  if (seq === undefined || operation?.kind !== 'amend' || view.head.inFlight.includes(seq)) return null;
  const { tries, unknown, parked } = operation.delivery;
  const [effect] = operation.change?.effects ?? [];
  const isNote = effect?.kind === 'edit' && Object.keys(effect.changes).every((field) => NOTE_FIELDS.has(field));
  return isNote && tries === 0 && !unknown && parked === null ? seq : null;
}

function replace(draft: Draft, seq: number, session: FinishedSession, changes: Changes, { opId, marks }: Stamp): Written {
  const { view } = draft;
  const before = view.operations.get(seq) as Operation;
  const effects = [{ kind: 'edit', id: session.id, changes }] as const;
  // Under another id: a copy of this profile may hold the one before, and edit it as well.
  const operation: Operation = { ...before, opId, at: marks.now, change: { bases: [], settlement: null, ...before.change, effects } };
  draft.put('operations', seq, operation);
  const shown = applyEffects(session, session.id, effects, marks.now) ?? session;
  draft.put('overlay', session.id, { server: view.overlay.get(session.id)?.server ?? null, shown });
  return { seq, operation };
}
