import { afterAll, expect, it } from 'vitest';
import { firstAnnotation } from '../documents/annotation-document.ts';
import { documentWorker } from '../process/document-worker.ts';
import { createApiWorld, createMemoryStore } from '../testing/index.ts';
import { NOON, submitOf } from '../testing/session-requests.ts';
import { type OperationBody, TestDevice } from '../testing/test-device.ts';
import { changeEach, DocumentNeeded, MadeDocuments } from './made-documents.ts';

const documents = documentWorker();
afterAll(() => documents.close());

const numberOf = (value: number): number[] => (value < 128 ? [value] : [128 | (value & 127), ...numberOf(value >>> 7)]);
const textOf = (value: string): number[] => [...numberOf(value.length), ...new TextEncoder().encode(value)];

/** An update of few bytes that takes long: so many authors write at the beginning of one text, each before another place of it, and everyone has to be compared with all others. */
function slowUpdate(authors: number): Uint8Array {
  const base = [1, 1, 0, 4, 1, ...textOf('note'), ...textOf('x'.repeat(authors))];
  const others = Array.from({ length: authors }, (_, i) => [1, ...numberOf(1000 + authors - i), 0, 0x44, 1, ...numberOf((i * 7) % authors), ...textOf('a')]);
  return new Uint8Array([...numberOf(authors + 1), ...others.flat(), ...base, 0]);
}

it('[S-22] a document that takes long to merge takes the time of the thread for documents, and its edit alone is refused', async () => {
  const w = createApiWorld(createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' }), NOON, 1, documents);
  const user = await w.signIn();
  const device = new TestDevice({ user, newId: w.newId, deviceId: 'd' });
  const [slow, other] = [w.newId(), w.newId()];
  await device.apply(...[slow, other].map((id): OperationBody => ({ type: 'submit', session: submitOf(id, -60, -30) })));
  await w.store.withUser(user.userId, async (tx) => {
    for (const session of await tx.sessions([slow])) await tx.write({ sessions: [{ ...session, annotation: slowUpdate(3000) }] });
  });
  const results = await device.apply(...[slow, other].map((id): OperationBody => ({
    type: 'amend', session_id: id, base_version: 1, edit: { note: 'n', annotation: Buffer.from(firstAnnotation(id, { note: 'n', tags: [] })).toString('base64') },
  })));
  expect(results.map(({ status, details }) => details?.map(({ path }) => path) ?? status)).toEqual([['edit.annotation'], 'applied']);
});

it('[S-22] an exchange says beforehand whether it may wait for documents', async () => {
  const store = createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90d' });
  const paces: unknown[] = [];
  const write = store.withUser.bind(store);
  const w = createApiWorld(Object.assign(store, { withUser: ((userId, work, pace) => (paces.push(pace), write(userId, work))) as typeof write }), NOON, 1, documents);
  const device = new TestDevice({ user: await w.signIn(), newId: w.newId, deviceId: 'd' });
  const id = w.newId();
  const paceOf = async (...operations: readonly OperationBody[]): Promise<unknown> => {
    paces.length = 0;
    await device.apply(...operations);
    return paces.at(-1);
  };
  expect(await paceOf({ type: 'submit', session: submitOf(id, -60, -30) })).toBe('quick');
  expect(await paceOf({ type: 'amend', session_id: id, base_version: 1, edit: { category: 'other' } })).toBe('quick');
  expect(await paceOf({ type: 'amend', session_id: id, base_version: 2, edit: { note: 'n' } })).toBe('waiting');
  expect(await paceOf({ type: 'unresolve', settlement_id: w.newId() })).toBe('waiting');
});

it('a document is made once, and another one for another text, author, update or state', async () => {
  const made = new MadeDocuments();
  const [state, next] = [firstAnnotation('id', { note: 'a note', tags: [] }), firstAnnotation('id', { note: 'another', tags: [] })];
  const jobs = [
    { kind: 'merge', document: state, update: next }, { kind: 'merge', document: next, update: state }, { kind: 'edit', document: state, next: { note: 'x', tags: [] }, author: 70_000 },
    { kind: 'edit', document: state, next: { note: '', tags: ['x'] }, author: 70_000 }, { kind: 'edit', document: state, next: { note: 'x', tags: [] }, author: 70_001 },
  ] as const;
  for (const job of jobs) {
    expect(() => made.get(job)).toThrow(DocumentNeeded);
    await made.make(documents, [job]);
  }
  expect(jobs.map((job) => made.get(job)?.document)).toEqual(await Promise.all(jobs.map(async (job) => (await documents.makeAnnotation(job))?.document)));
});

it('what several sessions need is asked for at once, and made before the first of them counts', async () => {
  const made = new MadeDocuments();
  const jobs = ['a', 'b', 'c'].map((note) => ({ kind: 'merge', document: new Uint8Array([0, 0]), update: firstAnnotation(note, { note, tags: [] }) }) as const);
  const changeAll = (): unknown => changeEach(jobs, (job) => made.get(job)?.note);
  await made.make(documents, jobs.slice(1, 2));
  const asked = catchOf(changeAll);
  expect(asked).toBeInstanceOf(DocumentNeeded);
  expect((asked as DocumentNeeded).jobs).toEqual([jobs[0], jobs[2]]);
  await made.make(documents, (asked as DocumentNeeded).jobs);
  expect(changeAll()).toEqual(['a', 'b', 'c']);
  expect(() => changeEach(jobs, () => { throw new TypeError('a defect'); })).toThrow(TypeError);
});

function catchOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
}
