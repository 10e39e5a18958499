// Documents are merged where they may take only so long, and that takes a moment; rules decide at once. So a rule that needs a document
// which nobody made yet is given up, the document is made, and the rule decides again. One that changes several sessions asks for those of all together.
import { createHash } from 'node:crypto';
import type { AnnotationJob, Documents, MergedAnnotation } from '../ports.ts';

/** Thrown by a rule that cannot decide before this was made. */
export class DocumentNeeded extends Error {
  override readonly name = 'DocumentNeeded';
  readonly jobs: readonly AnnotationJob[];

  constructor(jobs: readonly AnnotationJob[]) {
    super('documents are needed');
    this.jobs = jobs;
  }
}

/** Changes each of them, none of which looks at another, and asks for the documents of all together. */
export function changeEach<T, R>(items: readonly T[], change: (item: T) => R): R[] {
  const needed: AnnotationJob[] = [];
  const changed = items.flatMap((item) => {
    try {
      return [change(item)];
    } catch (error) {
      if (!(error instanceof DocumentNeeded)) throw error;
      needed.push(...error.jobs);
      return [];
    }
  });
  if (needed.length > 0) throw new DocumentNeeded(needed);
  return changed;
}

export class MadeDocuments {
  readonly #made = new Map<string, MergedAnnotation | null>();

  /** @throws DocumentNeeded when nobody made it yet. */
  get(job: AnnotationJob): MergedAnnotation | null {
    const made = this.#made.get(keyOf(job));
    if (made === undefined) throw new DocumentNeeded([job]);
    return made;
  }

  /** One after another: others wait for the same thread. */
  async make(documents: Documents, jobs: readonly AnnotationJob[]): Promise<void> {
    for (const job of jobs) this.#made.set(keyOf(job), await documents.makeAnnotation(job));
  }
}

function keyOf(job: AnnotationJob): string {
  const hash = createHash('sha256').update(`${job.document.byteLength} `).update(job.document);
  return (job.kind === 'merge' ? hash.update(job.update) : hash.update(JSON.stringify([job.next.note, job.next.tags, job.author]))).digest('base64url') + job.kind;
}
