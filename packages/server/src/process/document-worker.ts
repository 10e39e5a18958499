// Decodes documents from outside in a worker thread, so that bytes made to be slow or large cost that thread and nobody else.
import { Worker } from 'node:worker_threads';
import { LIMITS } from '@syncline/protocol';
import type { AnnotationJob, MergedAnnotation } from '../documents/annotation-document.ts';
import type { PreferencesOutcome } from '../documents/preferences-document.ts';
import type { Documents } from '../ports.ts';
import { storeError } from '../store/store-error.ts';
import type { DocumentJob } from './document-thread.ts';

const JOB_MS = 250;
const STEPS = 10;
const MEMORY_MB = 64;
const START_MS = 15_000;
const QUEUE_MAX = 1_000;
const IS_SOURCE: boolean = import.meta.url.endsWith('.ts');
const THREAD: URL = new URL(IS_SOURCE ? './document-thread.ts' : './document-thread.js', import.meta.url);

/** What a thread may take. */
export interface DocumentLimits {
  readonly jobMs?: number | undefined;
  /** Script to run in place of the real one. */
  readonly thread?: URL | undefined;
}

/** The real adapter. Its thread starts with the first document and does not keep the process. */
export interface DocumentWorker extends Documents {
  close(): Promise<void>;
}

class Thread implements DocumentWorker {
  readonly rewriteAbove: number = LIMITS.preferencesRewriteBytes;
  readonly #limits: DocumentLimits;
  #worker: Promise<Worker> | null = null;
  /** Last piece of work; the next one waits for it, whatever became of it. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(limits: DocumentLimits) {
    this.#limits = limits;
  }

  syncPreferences(job: Parameters<Documents['syncPreferences']>[0]): Promise<PreferencesOutcome | null> {
    return this.#inTurn({ kind: 'preferences', job }) as Promise<PreferencesOutcome | null>;
  }

  async makeAnnotation(job: AnnotationJob): Promise<MergedAnnotation | null> {
    const outcome = (await this.#inTurn({ kind: 'annotation', job })) as { readonly made: MergedAnnotation | null } | null;
    // Without the edit, what is stored would no longer say what is shown.
    if (outcome === null && job.kind === 'edit') throw storeError('unavailable', undefined, 'a document takes too long');
    return outcome?.made ?? null;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await (await worker?.catch(() => null))?.terminate();
  }

  #inTurn(job: DocumentJob): Promise<unknown> {
    if (this.#waiting >= QUEUE_MAX) return Promise.reject(storeError('unavailable', undefined, 'too many documents are waiting'));
    this.#waiting += 1;
    // A busy machine can make an honest document late, so each gets a second chance.
    const turn = this.#last.then(async () => (await this.#attempt(job)) ?? this.#attempt(job));
    this.#last = turn.catch(() => undefined).finally(() => (this.#waiting -= 1));
    return turn;
  }

  /** Null when a limit was passed: the thread is gone then. */
  async #attempt(job: DocumentJob): Promise<unknown> {
    this.#worker ??= this.#start();
    const starting = this.#worker;
    const worker = await starting.catch(() => null);
    if (worker === null) {
      this.#worker = null;
      throw storeError('unavailable', undefined, 'no thread for documents');
    }
    const result = await resultOf(worker, job, this.#limits.jobMs ?? JOB_MS);
    if (result !== undefined) return result;
    this.#worker = null;
    await worker.terminate();
    return null;
  }

  #start(): Promise<Worker> {
    const worker = createThread(this.#limits.thread ?? THREAD);
    worker.unref();
    worker.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error('late'));
        void worker.terminate();
      }, START_MS);
      worker.once('message', () => {
        clearTimeout(late);
        resolve(worker);
      });
      worker.once('exit', () => {
        clearTimeout(late);
        reject(new Error('ended'));
      });
    });
  }
}

function createThread(url: URL): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
  if (!IS_SOURCE || url.protocol !== 'file:') return new Worker(url, { resourceLimits, env: {} });
  // In development the sources run as they are. A thread has no loader for them unless it brings its own.
  const script = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(url.href)}); })`;
  return new Worker(script, { eval: true, resourceLimits, env: {}, execArgv: ['--conditions=@syncline/source'] });
}

/** What the thread answers; undefined when it ended or took too long. */
function resultOf(worker: Worker, job: DocumentJob, ms: number): Promise<unknown> {
  return new Promise((resolve) => {
    const done = (result: unknown): void => {
      clearInterval(late);
      worker.off('message', done);
      worker.off('exit', ended);
      resolve(result);
    };
    const ended = (): void => done(undefined);
    // Counted in short steps: on a busy machine this thread gets its steps as late as the other gets its work done.
    let steps = 0;
    const late = setInterval(() => (steps += 1) >= STEPS && ended(), ms / STEPS);
    worker.on('message', done);
    worker.on('exit', ended);
    worker.postMessage(job, []);
  });
}

/** Limits are for tests; a server takes the defaults. */
export function documentWorker(limits: DocumentLimits = {}): DocumentWorker {
  return new Thread(limits);
}
