// Planted where notes merge.
import type { PlantedBug } from './bug.ts';

export const NOTES: readonly PlantedBug[] = [
  {
    id: 'note-forgets-waiting', rows: ['I-09'], file: 'packages/core/src/annotations/annotator.ts',
    says: 'an edit of a note knows nothing of the edits that wait',
    find: '  return [server?.annotation, ...waiting].filter((text) => text !== undefined);',
    replace: '  return [server?.annotation, ...waiting.slice(0, 0)].filter((text) => text !== undefined);',
  },
  {
    id: 'note-replaces', rows: ['I-09'], file: 'packages/server/src/sync/annotate.ts',
    says: 'the server takes the last note for the whole one',
    find: 'mergeAnnotation(session.annotation ?? firstAnnotation(session.id, session), update)',
    replace: 'mergeAnnotation(NOTHING, update)',
  },
];
