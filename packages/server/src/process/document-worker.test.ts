import { afterEach, describe, expect, it } from 'vitest';
import { type AnnotationJob, firstAnnotation } from '../documents/annotation-document.ts';
import { firstPreferences } from '../documents/preferences-document.ts';
import { type DocumentLimits, type DocumentWorker, documentWorker } from './document-worker.ts';

const MADE = { note: 'made', tags: [], document: new Uint8Array([0, 0]) };
const DONE = `parentPort.postMessage({ made: { note: 'made', tags: [], document: new Uint8Array([0, 0]) } });`;
const merge = (update: Uint8Array): AnnotationJob => ({ kind: 'merge', document: new Uint8Array([0, 0]), update });

/** A thread that does this with each job. */
function doing(script: string): URL {
  const source = `import { parentPort } from 'node:worker_threads'; let jobs = 0; parentPort.on('message', (job) => { jobs += 1; ${script} }); parentPort.postMessage('ready');`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

const opened: DocumentWorker[] = [];
function open(limits: DocumentLimits): DocumentWorker {
  const worker = documentWorker(limits);
  opened.push(worker);
  return worker;
}
afterEach(async () => {
  for (const worker of opened.splice(0)) await worker.close();
});

const job = (update: Uint8Array | null = null) => ({ document: firstPreferences({ timezone: 'UTC' }, 0).document, stateVector: new Uint8Array([0]), update, retired: null, rewriteAbove: 8192 });

describe('the thread that decodes documents', () => {
  it('does what is asked, in order', async () => {
    const worker = open({ jobMs: 10_000 });
    const update = firstPreferences({ daily_goal: 3 }, 1).document;
    const [synced, note, none] = await Promise.all([worker.syncPreferences(job(update)), worker.makeAnnotation(merge(firstAnnotation('id', { note: 'a note', tags: [] }))), worker.makeAnnotation(merge(new Uint8Array([1, 2, 3])))]);
    expect(synced?.merged?.values).toEqual({ daily_goal: 3, timezone: 'UTC' });
    expect([note?.note, none]).toEqual(['a note', null]);
  });

  it('[S-22] is ended when it takes too long, and the next job gets another one', async () => {
    const worker = open({ thread: doing(`if (job.job.update?.length !== 1) for (;;); ${DONE}`), jobMs: 250 });
    expect(await Promise.all([worker.makeAnnotation(merge(new Uint8Array(2))), worker.makeAnnotation(merge(new Uint8Array(1)))])).toEqual([null, MADE]);
    const edit = worker.makeAnnotation({ kind: 'edit', document: new Uint8Array([0, 0]), next: { note: '', tags: [] }, author: 1 });
    await expect(edit).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('[S-22] is ended when it takes too much memory', async () => {
    const worker = open({ thread: doing('if (job.kind === "preferences") { const all = []; for (;;) all.push(new Array(1e5).fill(jobs)); } ' + DONE), jobMs: 60_000 });
    expect(await worker.syncPreferences(job())).toBeNull();
    expect(await worker.makeAnnotation(merge(new Uint8Array(1)))).toEqual(MADE);
  });

  it('may fail without harm', async () => {
    const worker = open({ thread: doing('if (job.kind === "preferences") throw new Error("unreadable"); ' + DONE), jobMs: 10_000 });
    expect(await worker.syncPreferences(job())).toBeNull();
    expect(await worker.makeAnnotation(merge(new Uint8Array(1)))).toEqual(MADE);
  });

  it('that does not come up makes the call one to repeat', async () => {
    const worker = open({ thread: new URL('data:text/javascript,throw new Error()') });
    await expect(worker.makeAnnotation(merge(new Uint8Array(1)))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
