// Documents are merged where they may take only so long, and that takes a moment; rules decide at once. So a rule that needs a document
// which nobody made yet is given up, the document is made, and the rule decides again.
import { createHash } from 'node:crypto';
import type { AnnotationJob, Documents, MergedAnnotation } from '../ports.ts';

/** Thrown by a rule that cannot decide before this was made. */
export class DocumentNeeded extends Error {
  override readonly name = 'DocumentNeeded';
  readonly job: AnnotationJob;

  constructor(job: AnnotationJob) {
    super('a document is needed');
    this.job = job;
  }
}

export class MadeDocuments {
  readonly #made = new Map<string, MergedAnnotation | null>();

  /** @throws DocumentNeeded when nobody made it yet. */
  get(job: AnnotationJob): MergedAnnotation | null {
    const made = this.#made.get(keyOf(job));
    if (made === undefined) throw new DocumentNeeded(job);
    return made;
  }

  async make(documents: Documents, job: AnnotationJob): Promise<void> {
    this.#made.set(keyOf(job), await documents.makeAnnotation(job));
  }
}

function keyOf(job: AnnotationJob): string {
  const hash = createHash('sha256').update(`${job.document.byteLength} `).update(job.document);
  return (job.kind === 'merge' ? hash.update(job.update) : hash.update(JSON.stringify([job.next.note, job.next.tags, job.author]))).digest('base64url') + job.kind;
}
