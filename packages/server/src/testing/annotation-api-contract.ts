// Notes and tags that are edited for ever and merge, over any store.
import type { OperationResult, SessionRecord } from '@syncline/protocol';
import { ANNOTATION_ROOTS, firstAuthor, readAnnotation, writeFirstState } from '@syncline/protocol/annotations';
import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import { fromBase64, toBase64 } from '../documents/base64.ts';
import type { ApiWorld } from './api-world.ts';
import { casesOf, check, checkEqual, type ContractCase } from './contract-case.ts';
import { devicesOf, submit } from './exchange-api-contract.ts';
import type { OperationBody, TestDevice } from './test-device.ts';

/** A note and tags on one device, begun from the session's record as an engine would. */
class Note {
  readonly doc: Doc = new Doc();
  readonly #record: SessionRecord;

  constructor(record: SessionRecord) {
    this.#record = record;
    const own = this.doc.clientID;
    if (record.annotation === undefined) {
      const { note, tags = [] } = record;
      this.doc.clientID = firstAuthor(record.session_id, { note, tags });
      this.doc.transact(() => writeFirstState({ note: this.note, tags: this.tags }, { note, tags }));
    } else applyUpdate(this.doc, fromBase64(record.annotation));
    this.doc.clientID = own;
  }

  get note(): ReturnType<Doc['getText']> {
    return this.doc.getText(ANNOTATION_ROOTS.note);
  }

  get tags(): ReturnType<Doc['getArray']> {
    return this.doc.getArray(ANNOTATION_ROOTS.tags);
  }

  /** The edit, with the merged text of this device beside it. */
  amend(more: object = {}): OperationBody {
    const { note, tags } = readAnnotation(this.note.toString(), this.tags.toArray());
    const edit = { note, tags, annotation: toBase64(encodeStateAsUpdate(this.doc)), ...more };
    return { type: 'amend', session_id: this.#record.session_id, base_version: this.#record.version, edit };
  }
}

async function recorded(w: ApiWorld, note = 'a note'): Promise<{ userId: string; id: string; mac: TestDevice; web: TestDevice; record: (device: TestDevice) => SessionRecord }> {
  const { user: { userId }, devices: [mac, web] } = await devicesOf(w, 2);
  if (mac === undefined || web === undefined) throw new Error('no devices');
  const id = w.newId();
  await mac.apply(submit(id, 0, 25, { note }));
  await web.catchUp();
  // Its own submit tells a device nothing; it walks once to hold the record.
  mac.cursor = null;
  await mac.catchUp();
  return { userId, id, mac, web, record: (device) => device.known.get(id)?.session as SessionRecord };
}

export function annotationApiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, CASES);
}

const CASES: Readonly<Record<string, (w: ApiWorld) => Promise<void>>> = {
  'a session nobody edited has no document, and a plain edit makes none': async (w) => {
    const { id, mac, web, record } = await recorded(w);
    checkEqual(record(web).annotation, undefined);
    await mac.apply({ type: 'amend', session_id: id, base_version: 1, edit: { note: 'plain' } });
    await web.catchUp();
    checkEqual([record(web).note, record(web).annotation], ['plain', undefined]);
  },
  'two devices that edit one note offline keep both edits, and the first text once': async (w) => {
    const { mac, web, record } = await recorded(w);
    const [here, there] = [new Note(record(mac)), new Note(record(web))];
    here.note.insert(0, 'Before: ');
    here.tags.push(['deep']);
    there.note.insert(there.note.length, '. After');
    there.tags.push(['deep', 'calm']);
    const [first] = await mac.apply(here.amend());
    const [second] = await web.apply(there.amend());
    checkEqual([first?.status, second?.status, second?.session?.note], ['applied', 'applied', 'Before: a note. After']);
    checkEqual([...(second?.session?.tags ?? [])].sort(), ['calm', 'deep']);
    await mac.catchUp();
    checkEqual([record(mac).note, record(mac).tags, record(mac).annotation], [second?.session?.note, second?.session?.tags, second?.session?.annotation]);
  },
  'an edit that is late for the category still merges its note': async (w) => {
    const { id, mac, web, record } = await recorded(w);
    const late = new Note(record(web));
    late.note.insert(0, 'mine: ');
    await mac.apply({ type: 'amend', session_id: id, base_version: 1, edit: { category: 'rest' } });
    const [result] = await web.apply(late.amend({ category: 'sport' }));
    checkEqual([result?.status, result?.session?.category, result?.session?.note], ['superseded', 'rest', 'mine: a note']);
  },
  'an edit without an update is one of the document, so both survive': async (w) => {
    const { id, mac, web, record } = await recorded(w);
    const first = new Note(record(mac));
    first.note.insert(0, '1 ');
    await mac.apply(first.amend());
    await web.catchUp();
    const offline = new Note(record(web));
    offline.note.insert(offline.note.length, ' (web)');
    mac.cursor = null;
    await mac.catchUp();
    const [plain] = await mac.apply({ type: 'amend', session_id: id, base_version: 2, edit: { note: '1 a longer note', tags: ['t'] } });
    checkEqual([plain?.status, plain?.version], ['applied', 3]);
    const [merged] = await web.apply(offline.amend());
    checkEqual([merged?.session?.note, merged?.session?.tags], ['1 a longer note (web)', ['t']]);
  },
  'two tags are not the one that holds both, a line each': async (w) => {
    const { id, mac, web, record } = await recorded(w);
    const first = new Note(record(mac));
    first.tags.push(['a\nb']);
    await mac.apply(first.amend());
    await web.catchUp();
    const offline = new Note(record(web));
    offline.note.insert(0, 'mine: ');
    await mac.apply({ type: 'amend', session_id: id, base_version: 2, edit: { tags: ['a', 'b'] } });
    const [merged] = await web.apply(offline.amend());
    checkEqual([merged?.session?.note, merged?.session?.tags], ['mine: a note', ['a', 'b']]);
  },
  'undoing a settlement takes its note back in the document too': async (w) => {
    const { id, mac, web, record } = await recorded(w);
    const other = w.newId();
    await mac.apply(submit(other, 10, 35));
    const note = new Note(record(mac));
    note.note.insert(0, 'X');
    await mac.apply(note.amend());
    const [resolve] = mac.number({
      type: 'resolve', kind: 'merge_sum', sessions: [{ session_id: id, version: 2 }, { session_id: other, version: 1 }],
      plan: { edits: [{ session_id: id, edit: { note: 'both' } }], deletes: [other], creates: [] },
    });
    checkEqual((await mac.exchange([resolve as never])).results[0]?.status, 'applied');
    await mac.apply({ type: 'unresolve', settlement_id: (resolve as { op_id: string }).op_id });
    await web.catchUp();
    checkEqual([record(web).note, new Note(record(web)).note.toString()], ['Xa note', 'Xa note']);
  },
  '[S-22] an update that is none is refused alone': async (w) => {
    const { id, mac, web, record } = await recorded(w);
    const smuggled = new Doc();
    smuggled.getMap('smuggled').set('x', 1);
    const bad = [toBase64(new Uint8Array([255, 255, 255, 255, 15, 1])), toBase64(encodeStateAsUpdate(smuggled)), ''];
    const amend = (annotation: string): OperationBody => ({ type: 'amend', session_id: id, base_version: 1, edit: { annotation } });
    for (const annotation of bad) {
      const results = await mac.apply(amend(annotation), submit(w.newId(), 60, 61));
      checkEqual(results.map(({ status }) => status), ['rejected', 'applied']);
      checkEqual(results[0]?.details?.map(({ path }) => path), ['edit.annotation']);
    }
    await web.catchUp();
    checkEqual([record(web).version, record(web).annotation], [1, undefined]);
  },
  'a merged note longer than its limit is cut where it is shown, and kept whole': async (w) => {
    const { mac, web, record } = await recorded(w, 'x'.repeat(4000));
    const [here, there] = [new Note(record(mac)), new Note(record(web))];
    here.note.insert(0, 'a'.repeat(90));
    there.note.insert(there.note.length, 'b'.repeat(90));
    await mac.apply(here.amend());
    const [result] = await web.apply(there.amend());
    checkEqual(result?.session?.note, `${'a'.repeat(90)}${'x'.repeat(4000)}${'b'.repeat(6)}`);
    check(result?.session !== undefined && new Note(result.session).note.length === 4180, 'the rest is gone');
  },
  'many edits of one note come to one document in the answer and to none in what is kept; a repeat is told the note as it is then': async (w) => {
    const { userId, mac, web, record } = await recorded(w);
    const [here, there] = [new Note(record(mac)), new Note(record(web))];
    here.note.insert(0, 'y'.repeat(20_000));
    await mac.apply(here.amend());
    const edits = Array.from({ length: 20 }, () => {
      const before = encodeStateVector(here.doc);
      here.note.insert(0, 'z');
      return here.amend({ annotation: toBase64(encodeStateAsUpdate(here.doc, before)) });
    });
    const operations = mac.number(...edits);
    const request = mac.request(operations);
    const first = await mac.exchange(operations);
    const told = (results: readonly OperationResult[]): unknown => results.map(({ version, session }) => [version, session?.version, session?.annotation === undefined]);
    checkEqual(told(first.results), edits.map((_, i) => [i + 3, i + 3, i < 19]));
    const kept = await w.store.readUser(userId, (tx) => tx.results(operations.map(({ op_id: id }) => id)));
    checkEqual(kept.filter(({ result }) => result.length > 400).length, 0);
    there.note.insert(0, 'web: ');
    await web.apply(there.amend());
    const again = (await mac.send(request)).body['results'] as unknown as readonly OperationResult[];
    checkEqual(told(again), edits.map((_, i) => [i + 3, 23, i < 19]));
    checkEqual([again[0]?.status, again.at(-1)?.session?.annotation], ['duplicate', record(web).annotation]);
  },
  'an answer that would be too large is refused whole, and fewer operations are taken': async (w) => {
    const { mac } = await recorded(w);
    const large = Array.from({ length: 110 }, () => w.newId());
    await mac.apply(...large.map((id, i) => submit(id, i, i + 1, { note: '' })));
    mac.cursor = null;
    await mac.catchUp();
    const notes = large.map((id) => new Note(mac.known.get(id)?.session as SessionRecord));
    for (const { note } of notes) note.insert(0, 'y'.repeat(62_000));
    for (let i = 0; i < notes.length; i += 10) await mac.apply(...notes.slice(i, i + 10).map((note) => note.amend()));
    const operations = mac.number(...notes.map((note) => {
      const before = encodeStateVector(note.doc);
      note.note.insert(0, 'z');
      return note.amend({ annotation: toBase64(encodeStateAsUpdate(note.doc, before)) });
    }));
    // An engine waits only so long for an answer and reads only so much: what is larger it would ask for again and again.
    for (const count of [110, 50]) {
      const { status, body } = await mac.send(mac.request(operations.slice(0, count)));
      checkEqual([status, body['code']], [413, 'body_too_large']);
    }
    const some = await mac.exchange(operations.slice(0, 25));
    checkEqual(new Set(some.results.map((result) => `${result.status} ${result.version}`)), new Set(['applied 3']));
  },
};
