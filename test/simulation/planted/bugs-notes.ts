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
    find: 'document: session.annotation ?? firstAnnotation(session.id, session), update',
    replace: 'document: NOTHING, update',
  },
  {
    id: 'twins-edit-under-one-id', rows: ['D03', 'C05'], file: 'packages/core/src/annotations/annotator.ts', plan: 'note-edited-on-two-copies',
    says: 'two copies of a profile send different edits under one operation id',
    find: 'const operation: Operation = { ...before, opId, at',
    replace: 'const operation: Operation = { ...before, opId: opId && before.opId, at',
  },
  {
    id: 'former-id-disowned', rows: ['D03', 'I-09'], file: 'packages/core/src/preferences/meeting.ts', plan: 'preference-set-under-a-former-id',
    says: 'takes what it set under its former device id for somebody else’s',
    find: 'const isWaiting = held?.value === edit.value && ',
    replace: 'const isWaiting = held?.value === edit.value && held.at === -1 && ',
  },
  {
    id: 'note-brought-back-by-version', rows: ['D01', 'I-20'], file: 'packages/core/src/sync/reoffer-steps.ts', plan: 'note-brought-back-in-part',
    says: 'does not offer an edit of a note again where the server has as high a version',
    find: 'if (ours.version <= version) return amend(id, version, annotationOf(ours, theirs));',
    replace: 'if (ours.version <= version) return [];',
  },
  {
    id: 'brought-back-as-first-sent', rows: ['D01', 'C16'], file: 'packages/server/src/sync/submit.ts', plan: 'sent-after-it-was-brought-back',
    says: 'the server takes the state in which a session was brought back for the one it was first sent in',
    find: 'fingerprint: context.version === undefined ? fingerprint : null,',
    replace: 'fingerprint,',
  },
];
