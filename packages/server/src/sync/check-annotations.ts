// Nothing foreign is merged before it was decoded within limits.
import { fromBase64 } from '../documents/base64.ts';
import type { Documents } from '../ports.ts';
import { opIdOf, type SentOperation, seqOf } from './operation-batch.ts';

/** Looks at every update of a note and tags before any is merged, each within its limits. One that does not pass is refused alone. */
export async function checkAnnotations(sent: readonly SentOperation[], documents: Documents): Promise<readonly SentOperation[]> {
  const checked: SentOperation[] = [];
  for (const one of sent) {
    const [faulty] = await faultyPaths(one, documents);
    checked.push(faulty === undefined ? one : { operation: null, opId: opIdOf(one), seq: seqOf(one), details: [{ path: faulty, message: 'must be a Yjs V1 update of a note and tags' }] });
  }
  return checked;
}

async function faultyPaths({ operation }: SentOperation, documents: Documents): Promise<string[]> {
  if (operation === null) return [];
  const updates = operation.type === 'amend'
    ? [{ path: 'edit.annotation', update: operation.edit.annotation }]
    : operation.type === 'resolve'
      ? operation.plan.edits.map(({ edit }, i) => ({ path: `plan.edits[${i}].edit.annotation`, update: edit.annotation }))
      : [];
  const faulty: string[] = [];
  for (const { path, update } of updates) {
    if (update !== undefined && !(await documents.isAnnotation(fromBase64(update)))) faulty.push(path);
  }
  return faulty;
}
