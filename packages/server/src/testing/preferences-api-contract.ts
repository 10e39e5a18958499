// Preferences over any store: the document and the documented values are one thing, whichever way they are changed.
import { encodeStateAsUpdateV2, type Doc, encodeStateAsUpdate, Map as SharedMap } from 'yjs';
import { toBase64 } from '../documents/base64.ts';
import type { ApiUser, ApiWorld } from './api-world.ts';
import { casesOf, check, checkEqual, type ContractCase } from './contract-case.ts';
import { devicesOf, submit } from './exchange-api-contract.ts';
import { TestDocument, updateOf } from './test-document.ts';

async function valuesOf(user: ApiUser): Promise<unknown> {
  return (await user.call('userData')).body['preferences'];
}

async function documentsOf(w: ApiWorld, count: number): Promise<{ user: ApiUser; documents: TestDocument[] }> {
  const { user, devices } = await devicesOf(w, count);
  return { user, documents: devices.map((device) => new TestDocument(device)) };
}

export function preferencesApiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return [...casesOf(world, MERGING), ...casesOf(world, OLD_CALLS), ...casesOf(world, REFUSED)];
}

const MERGING: Readonly<Record<string, (w: ApiWorld) => Promise<void>>> = {
  '[I-09] devices that set different keys offline all see them all': async (w) => {
    const { user, documents: [a, b] } = await documentsOf(w, 2);
    a?.set('daily_goal', 9, 5);
    b?.set('notification_sound', 'bell', 6);
    for (const document of [a, b, a, b]) await document?.sync();
    const values = { daily_goal: 9, timezone: 'UTC', notification_sound: 'bell' };
    checkEqual([await valuesOf(user), a?.view.values, b?.view.values], [values, values, values]);
    checkEqual(b?.view.origins, { daily_goal: { device_id: 'device-0', at: 5 }, notification_sound: { device_id: 'device-1', at: 6 }, timezone: { device_id: null, at: 0 } });
    checkEqual([a?.vector, (await a?.sync())?.state_vector], [b?.vector, b?.vector]);
  },
  '[I-09] one key set on two devices has one winner everywhere': async (w) => {
    const { user, documents: [a, b] } = await documentsOf(w, 2);
    a?.set('daily_goal', 9);
    b?.set('daily_goal', 12);
    for (const document of [a, b, a]) await document?.sync();
    checkEqual([await valuesOf(user), a?.view.values], [b?.view.values, b?.view.values]);
  },
  'what a device set before it ever synced wins over what the server began with': async (w) => {
    for (let i = 0; i < 8; i += 1) {
      const { user, documents: [a] } = await documentsOf(w, 1);
      a?.set('timezone', 'Europe/Berlin');
      await a?.sync();
      checkEqual(await valuesOf(user), { timezone: 'Europe/Berlin' });
    }
  },
  'a device that is level is told nothing and nothing is written': async (w) => {
    const { user, documents: [a] } = await documentsOf(w, 1);
    await a?.sync();
    const before = await w.store.readUser(user.userId, async (tx) => [await tx.preferences(), (await tx.overview()).summary]);
    checkEqual(Object.keys((await a?.sync()) ?? {}), ['state_vector']);
    checkEqual(await w.store.readUser(user.userId, async (tx) => [await tx.preferences(), (await tx.overview()).summary]), before);
  },
  'an exchange that does not talk of preferences is not answered about them': async (w) => {
    const { devices: [mac] } = await devicesOf(w, 1);
    checkEqual((await mac?.exchange())?.preferences, undefined);
  },
  'a lost answer is no loss, and a repeated update no change': async (w) => {
    const { documents: [a, b] } = await documentsOf(w, 2);
    a?.set('daily_goal', 9);
    const sent = a?.sent;
    await a?.sync(sent);
    const first = await b?.sync();
    await a?.sync(sent);
    checkEqual((await b?.sync())?.state_vector, first?.state_vector);
    checkEqual(b?.view.values.daily_goal, 9);
  },
  'each change moves the status tag, two in one millisecond as well': async (w) => {
    const { devices: [mac, web] } = await devicesOf(w, 2);
    const document = new TestDocument(mac as never);
    const tags = new Set<string | undefined>();
    for (const goal of [1, 2, 3]) {
      document.set('daily_goal', goal);
      await document.sync();
      tags.add((await web?.exchange())?.status_tag);
    }
    checkEqual(tags.size, 3);
  },
  '[D01] a server put back in time is given what it lost': async (w) => {
    const { user, documents: [a] } = await documentsOf(w, 1);
    await a?.sync();
    const backup = await w.store.readUser(user.userId, (tx) => tx.preferences());
    a?.set('daily_goal', 9);
    await a?.sync();
    await w.store.withUser(user.userId, (tx) => tx.write({ preferences: backup }));
    await a?.sync();
    checkEqual((await a?.sync())?.state_vector, a?.vector);
    checkEqual(await valuesOf(user), { daily_goal: 9, timezone: 'UTC' });
  },
};

const OLD_CALLS: Readonly<Record<string, (w: ApiWorld) => Promise<void>>> = {
  'a documented PUT is an edit of the document by its device': async (w) => {
    const { user, documents: [a] } = await documentsOf(w, 1);
    a?.set('daily_goal', 9, 5);
    await a?.sync();
    const headers = { 'X-Device-Id': 'old-mac', 'X-App-Identifier': 'RegardingWork-Mac-v1.0' };
    checkEqual((await user.call('preferences', { body: { daily_goal: 9, notification_sound: 'soft' }, headers })).status, 200);
    await a?.sync();
    checkEqual([a?.view.values, await valuesOf(user)], [{ daily_goal: 9, timezone: 'UTC', notification_sound: 'soft' }, { daily_goal: 9, timezone: 'UTC', notification_sound: 'soft' }]);
    checkEqual([a?.view.origins.daily_goal, a?.view.origins.notification_sound], [{ device_id: 'device-0', at: 5 }, { device_id: 'old-mac', at: w.clock.now() }], 'what did not change keeps its origin');
    a?.set('notification_sound', 'bell', 7);
    await a?.sync();
    checkEqual(await valuesOf(user), { daily_goal: 9, timezone: 'UTC', notification_sound: 'bell' }, 'and the other way round');
  },
  'a PUT from before the first document is in it': async (w) => {
    const { user, documents: [a] } = await documentsOf(w, 1);
    await user.call('preferences', { body: { daily_goal: 4 } });
    await a?.sync();
    checkEqual(a?.view, { values: { daily_goal: 4, timezone: 'UTC' }, origins: { daily_goal: { device_id: null, at: w.clock.now() }, timezone: { device_id: null, at: 0 } }, issues: [] });
  },
  '[S-23] every update is kept with its digest, for thirty days': async (w) => {
    const { user, documents: [a] } = await documentsOf(w, 1);
    const kept = () => w.store.readUser(user.userId, (tx) => tx.preferencesUpdates());
    a?.set('daily_goal', 9);
    await a?.sync();
    await user.call('preferences', { body: { daily_goal: 4 } });
    const updates = await kept();
    checkEqual(updates.map(({ deviceId, digest }) => [deviceId, digest.length]), [['device-0', 64], [null, 64]]);
    w.clock.set(w.clock.now() + 31 * 86_400_000);
    await user.call('preferences', { body: { daily_goal: 5 } });
    checkEqual((await kept()).map(({ at }) => at), [w.clock.now()]);
  },
  '[S-22] a document whose bytes are not those that were stored is made again out of the values': async (w) => {
    const { user, documents: [a, b] } = await documentsOf(w, 2);
    a?.set('daily_goal', 9);
    await a?.sync();
    await w.store.withUser(user.userId, async (tx) => {
      const stored = await tx.preferences();
      const document = (stored.document ?? new Uint8Array()).slice();
      document[document.length - 2] = 0xff;
      await tx.write({ preferences: { ...stored, document } });
    });
    await b?.sync();
    checkEqual(b?.view.values, { daily_goal: 9, timezone: 'UTC' });
    a?.set('short_break_duration', 3);
    for (const document of [a, a, b]) await document?.sync();
    checkEqual([await valuesOf(user), b?.view.values, b?.vector], [a?.view.values, a?.view.values, a?.vector]);
  },
};

const anyMap = (doc: Doc, name = 'preferences') => doc.getMap<unknown>(name);
const HOSTILE: Readonly<Record<string, string>> = {
  '__proto__': updateOf((doc) => anyMap(doc).set('__proto__', { polluted: 1 })),
  'constructor': updateOf((doc) => anyMap(doc).set('constructor', 1)),
  'an unknown key': updateOf((doc) => anyMap(doc).set('volume', 3)),
  'an unknown origin': updateOf((doc) => anyMap(doc, 'origins').set('volume', { device_id: null, at: 1 })),
  'a value out of its limits': updateOf((doc) => anyMap(doc).set('default_duration', 121)),
  'a nested map': updateOf((doc) => anyMap(doc).set('default_duration', new SharedMap())),
  'an origin with more in it': updateOf((doc) => anyMap(doc, 'origins').set('default_duration', { device_id: null, at: 1, note: 'x'.repeat(9000) })),
  'another root': updateOf((doc) => doc.getText('smuggled').insert(0, 'x')),
  'a sequence behind the map': updateOf((doc) => doc.getArray('preferences').push(['x'.repeat(9000)])),
  'keys taken back again': updateOf((doc) => {
    for (let i = 0; i < 300; i += 1) anyMap(doc).set(`k${i}`, 1);
    for (let i = 0; i < 300; i += 1) anyMap(doc).delete(`k${i}`);
  }),
  'bytes of nothing': toBase64(new Uint8Array([255, 255, 255, 255, 15, 1, 2, 3])),
  'no bytes': '',
};

const REFUSED: Readonly<Record<string, (w: ApiWorld) => Promise<void>>> = {
  '[S-21, S-22] what may not be stored is refused whole, and changes nothing': async (w) => {
    const { user, devices: [mac] } = await devicesOf(w, 1);
    const document = new TestDocument(mac as never);
    document.set('daily_goal', 9);
    await document.sync();
    const stored = () => w.store.readUser(user.userId, (tx) => tx.preferences());
    const before = await stored();
    for (const [what, update] of Object.entries(HOSTILE)) {
      const operation = mac?.number(submit(w.newId(), 0, 1)) ?? [];
      const answer = await mac?.exchange(operation, { preferences: { state_vector: document.vector, update } });
      checkEqual([answer?.preferences?.rejected?.code, answer?.preferences?.state_vector], ['invalid_request', document.vector], what);
      checkEqual(answer?.results.map(({ status }) => status), ['applied'], `${what}: operations go on`);
      checkEqual(await stored(), before, what);
    }
    checkEqual(Reflect.get({}, 'polluted'), undefined);
  },
  '[S-22] V2 bytes are not taken for V1': async (w) => {
    const { user, documents: [a, b] } = await documentsOf(w, 2);
    a?.set('daily_goal', 9);
    const { rejected } = (await b?.sync({ state_vector: b.vector, update: toBase64(encodeStateAsUpdateV2((a as TestDocument).doc)) })) ?? {};
    check(rejected !== undefined || (await valuesOf(user) as { daily_goal?: number }).daily_goal === undefined, 'taken');
  },
  'an update that leans on one that never came is not stored, and the vector says what is missing': async (w) => {
    const { user, documents: [a] } = await documentsOf(w, 1);
    await a?.sync();
    const level = a?.vector ?? '';
    a?.set('daily_goal', 9);
    const between = encodeStateVectorOf(a as TestDocument);
    a?.set('daily_goal', 10);
    const answer = await a?.sync({ state_vector: a.vector, update: toBase64(encodeStateAsUpdate(a.doc, between)) });
    checkEqual([answer?.rejected, answer?.state_vector], [undefined, level]);
    await a?.sync();
    checkEqual(await valuesOf(user), { daily_goal: 10, timezone: 'UTC' });
  },
  'a state vector nobody can read is refused': async (w) => {
    const { documents: [a] } = await documentsOf(w, 1);
    const answer = await a?.sync({ state_vector: toBase64(new Uint8Array([200, 1])) });
    checkEqual(answer?.rejected?.details?.map(({ path }) => path), ['state_vector']);
  },
  '[S-22] an update above 64 KiB is refused by its size, before anybody reads it': async (w) => {
    const { devices: [mac] } = await devicesOf(w, 1);
    const answer = await mac?.send(mac.request([], { preferences: { state_vector: 'AA==', update: toBase64(new Uint8Array(65_537)) } }));
    checkEqual([answer?.status, (answer?.body['details'] as unknown as { path: string }[] | undefined)?.[0]?.path], [400, 'preferences.update']);
  },
};

function encodeStateVectorOf({ vector }: TestDocument): Uint8Array {
  return new Uint8Array(Buffer.from(vector, 'base64'));
}
