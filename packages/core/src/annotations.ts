// @syncline/core/annotations: notes and tags that are edited after recording and merge. An entry of its own, so that an app without them carries no Yjs.
import { Annotator } from './annotations/annotator.ts';
import type { AnnotationsPlugin } from './api-annotations.ts';
import type { AnnotationsFactory } from './sync/annotations-part.ts';

export { mergeText } from './annotations/text.ts';

/** Gives an engine `sessions.annotate`: hand it to `createSyncEngine` as `annotations`. */
export function yjsAnnotations(): AnnotationsPlugin {
  const factory: AnnotationsFactory = { kind: 'annotations', create: (ids) => new Annotator(ids) };
  return factory;
}
