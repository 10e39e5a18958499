// Where notes and tags that merge plug into the engine. The engine carries their documents as text and never looks into them,
// so that an app that edits none carries no code that could.
import type { AnnotateInput, AnnotationsPlugin } from '../api-annotations.ts';
import type { Changes } from '../model/effect.ts';
import type { FinishedSession } from '../model/session.ts';
import type { Ids, Store } from '../ports.ts';
import type { Draft } from './draft.ts';
import type { Stamp, Written } from './record.ts';

export interface AnnotationWish {
  readonly id: string;
  readonly input: AnnotateInput;
  /** What the same operation changes besides. */
  readonly otherOf: (session: FinishedSession) => Changes;
}

export interface AnnotationsPart {
  /** A copy of an edit that is fit, which the app does not hold. Throws `invalid_input` for anything else. */
  read(input: AnnotateInput): AnnotateInput;
  /** Writes the edit; the session itself when it would change nothing. Throws `not_found`. */
  plan(draft: Draft, store: Store, packed: ReadonlyMap<string, FinishedSession>, wish: AnnotationWish, stamp: Stamp): Written | FinishedSession;
}

/** The one kind of plug-in there is. */
export interface AnnotationsFactory extends AnnotationsPlugin {
  readonly create: (ids: Ids) => AnnotationsPart;
}

export function isAnnotationsFactory(plugin: Partial<AnnotationsFactory> | undefined): plugin is AnnotationsFactory {
  return plugin?.kind === 'annotations' && typeof plugin.create === 'function';
}
