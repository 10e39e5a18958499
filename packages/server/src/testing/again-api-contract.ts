// What devices offer again to a server whose time went back: sessions with the version they had, and settlements as they were told.
import type { RememberedSettlement } from '@syncline/protocol';
import type { ApiWorld } from './api-world.ts';
import { casesOf, check, checkEqual, type ContractCase } from './contract-case.ts';
import { devicesOf, submit } from './exchange-api-contract.ts';
import { submitOf } from './session-requests.ts';
import { checkGroups } from './status-api-contract.ts';
import type { OperationBody, TestDevice } from './test-device.ts';

type Pair = [TestDevice, TestDevice];

const again = (id: string, version: number, note: string): OperationBody => at(id, version, 0, 25, { note });
const at = (id: string, version: number, from: number, to: number, differing: Parameters<typeof submit>[3] = {}): OperationBody =>
  ({ ...submit(id, from, to, differing), known_version: version } as OperationBody);

/** What a device holds of a settlement that deleted the first session. */
function told(id: string, sessions: readonly [string, string], versions: readonly [number, number]): RememberedSettlement {
  const { start_time, end_time, duration, category, project, note } = submitOf(sessions[0], 0, 25);
  return {
    settlement_id: id, kind: 'keep_one', session_ids: [...sessions].sort(), settled_at: '2025-08-24T10:00:00Z', undone_at: null, device_id: 'mac',
    memory: {
      before: [{ session_id: sessions[0], start_time, end_time, duration, category, project: project ?? '', note: note ?? '', tags: [] }], created: [],
      versions: sessions.map((session, i) => ({ session_id: session, version: versions[i] ?? 0 })),
    },
  };
}

const remember = (settlement: RememberedSettlement): OperationBody => ({ type: 'remember', settlement });

function kept(id: string, sessions: readonly string[]): RememberedSettlement {
  return {
    settlement_id: id, kind: 'keep_all', session_ids: [...sessions].sort(), settled_at: '2025-08-24T10:00:00Z', undone_at: null, device_id: 'mac',
    memory: { before: [], created: [], versions: [] },
  };
}

/** What the exchange promises to devices that are a server's backup. */
export function againApiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'of what two devices offer again the newest state stands, in either order, with its version': async (w) => {
      const [mac, web] = (await devicesOf(w, 2)).devices as Pair;
      const [rising, falling] = [w.newId(), w.newId()];
      await mac.apply(again(rising, 2, 'old'), again(falling, 5, 'new'));
      const [risen, fallen] = await web.apply(again(rising, 5, 'new'), again(falling, 2, 'old'));
      checkEqual([risen?.status, risen?.version, risen?.session?.note], ['applied', 5, 'new']);
      checkEqual([fallen?.status, fallen?.version, fallen?.session?.note], ['duplicate', 5, 'new']);
    },
    'a settlement that another device gave back is the same when the device that made it sends it': async (w) => {
      const [mac, web] = (await devicesOf(w, 2)).devices as Pair;
      const [a, b, id] = [w.newId(), w.newId(), w.newId()];
      await web.apply(at(a, 2, 0, 25), at(b, 2, 10, 35), remember(kept(id, [a, b])));
      const sessions = [a, b].map((session) => ({ session_id: session, version: 1 }));
      const [made] = mac.number({ type: 'resolve', kind: 'keep_all', sessions, plan: { edits: [], deletes: [], creates: [] } });
      const { results: [result] } = await mac.exchange([{ ...made, op_id: id } as never]);
      checkEqual([result?.status, result?.original, result?.settlement?.settlement_id], ['duplicate', 'applied', id]);
    },
    'a session that another device offers again stays that of the device that recorded it': async (w) => {
      const [mac, web] = (await devicesOf(w, 2)).devices as Pair;
      const [given, own] = [w.newId(), w.newId()];
      await web.apply({ ...again(given, 2, 'given back'), recorded_by: 'mac-of-old' } as OperationBody, again(own, 2, 'own'));
      const { changes } = await mac.exchange();
      const deviceOf = (id: string): string | null | undefined => changes.find(({ session }) => session?.session_id === id)?.session?.device_id;
      checkEqual(deviceOf(given), 'mac-of-old');
      check(deviceOf(own) !== 'mac-of-old', 'the other one is its own');
    },
    'a delete offered again is not undone by an older state, and is by a newer one': async (w) => {
      const [mac, web] = (await devicesOf(w, 2)).devices as Pair;
      const id = w.newId();
      await mac.apply(again(id, 3, 'last'), { type: 'delete', session_id: id, base_version: 4, known_version: 4 });
      const [older] = await web.apply(again(id, 2, 'first'));
      checkEqual([older?.status, older?.version, older?.session?.note, older?.session?.deleted_at !== null], ['duplicate', 4, 'last', true]);
      const [newer] = await web.apply(again(id, 6, 'restored'));
      checkEqual([newer?.status, newer?.version, newer?.session?.note, newer?.session?.deleted_at], ['applied', 6, 'restored', null]);
    },
    'operations of a request from before the server’s time went back are not looked at': async (w) => {
      const [mac] = (await devicesOf(w, 1)).devices as [TestDevice];
      const id = w.newId();
      const answer = await mac.exchange(mac.number(submit(id, 0, 25)) as never, { epoch: w.newId() });
      checkEqual([answer.reset, answer.results, answer.changes], ['epoch', [], []]);
    },
    'an operation that is sent again with what the device learned since is the same operation': async (w) => {
      const [mac] = (await devicesOf(w, 1)).devices as [TestDevice];
      const [a, b] = [w.newId(), w.newId()];
      await mac.apply(submit(a, 0, 25), submit(b, 10, 35));
      const [edit] = mac.number({ type: 'amend', session_id: a, base_version: 0, edit: { note: 'told' } } as OperationBody);
      const [both] = mac.number({ type: 'resolve', kind: 'keep_all', sessions: [a, b].sort().map((id) => ({ session_id: id, version: 0 })), plan: { edits: [], deletes: [], creates: [] } } as OperationBody);
      const statuses = async (...operations: unknown[]): Promise<unknown> => (await mac.exchange(operations as never)).results.map(({ status, code }) => [status, code]);
      checkEqual(await statuses(edit, both), [['applied', undefined], ['applied', undefined]]);
      const later = { ...both, sessions: [a, b].sort().map((id) => ({ session_id: id, version: 2 })) };
      checkEqual(await statuses({ ...edit, base_version: 1 }, later), [['duplicate', undefined], ['duplicate', undefined]]);
      checkEqual(await statuses({ ...edit, edit: { note: 'other' } }), [['rejected', 'operation_id_reused']]);
    },
    'a settlement that was given back is in every journal once, and can be undone': async (w) => {
      const [mac, web] = (await devicesOf(w, 2)).devices as Pair;
      const [a, b, id] = [w.newId(), w.newId(), w.newId()];
      await mac.apply(submit(a, 0, 25), submit(b, 10, 35), { type: 'delete', session_id: a, base_version: 1 });
      checkEqual((await mac.apply(remember(told(id, [a, b], [2, 1])))).map(({ status }) => status), ['applied']);
      checkEqual((await web.apply(remember(told(id, [a, b], [2, 1])))).map(({ status }) => status), ['duplicate']);
      const [undone] = await web.apply({ type: 'unresolve', settlement_id: id });
      checkEqual([undone?.status, undone?.sessions?.map((session) => session.deleted_at)], ['applied', [null, null]]);
      check(undone?.settlement?.undone_at !== null, 'the journal says so');
    },
    'sessions that were kept are kept again, also those that come back later, until that is undone': async (w) => {
      const { user, devices } = await devicesOf(w, 2);
      const { userId } = user;
      const [mac, web] = devices as Pair;
      const [a, b, c, d, id] = [w.newId(), w.newId(), w.newId(), w.newId(), w.newId()];
      const record = kept(id, [a, b, c, d]);
      const [, , given] = await mac.apply(at(a, 1, 0, 25), at(b, 1, 20, 45), remember(record));
      const [twice] = await web.apply(remember(record));
      checkEqual([given?.status, twice?.status], ['applied', 'duplicate']);
      await checkGroups(w, userId, [], 'two of them');
      await web.apply(at(c, 1, 10, 35));
      await checkGroups(w, userId, [], 'the third came');
      await user.call('submit', { body: submitOf(d, 15, 40) });
      await checkGroups(w, userId, [], 'the fourth came by the documented call');
      await mac.apply({ type: 'delete', session_id: b, base_version: 1 });
      await mac.apply({ type: 'restore', session_id: b });
      await checkGroups(w, userId, [], 'deleted and restored');
      const [undone] = await web.apply(remember({ ...record, undone_at: '2025-08-24T11:00:00Z' }));
      await checkGroups(w, userId, [[a, b, c, d].sort().join()], 'undone');
      const [late] = await mac.apply(remember(record));
      checkEqual([undone?.status, late?.status], ['applied', 'duplicate']);
      await web.catchUp();
      checkEqual([web.known.get(id)?.settlement?.session_ids, web.known.get(id)?.settlement?.undone_at], [[a, b, c, d].sort(), '2025-08-24T11:00:00Z']);
    },
    'a newer state offered again moves the session and its conflicts': async (w) => {
      const { user: { userId }, devices } = await devicesOf(w, 2);
      const [mac, web] = devices as Pair;
      const [a, b, c] = [w.newId(), w.newId(), w.newId()];
      await mac.apply(at(a, 1, 0, 25), at(b, 1, 20, 45), at(c, 1, 40, 65));
      await checkGroups(w, userId, [[a, b, c].sort().join()], 'before');
      await web.apply(at(b, 2, 200, 225));
      await checkGroups(w, userId, [], 'moved away');
      await web.apply(at(b, 3, 50, 75));
      await checkGroups(w, userId, [[b, c].sort().join()], 'moved back');
    },
    'a settlement that says what cannot be is refused': async (w) => {
      const [mac] = (await devicesOf(w, 1)).devices as [TestDevice];
      const [a, b] = [w.newId(), w.newId()];
      const good = told(w.newId(), [a, b], [2, 1]);
      const endless = { ...good, memory: { ...good.memory, before: good.memory.before.map((one) => ({ ...one, end_time: '2030-01-01T00:00:00Z' })) } };
      checkEqual((await mac.apply(remember(endless))).map(({ code }) => code), ['invalid_request']);
      const unfounded = { ...good, memory: { ...good.memory, versions: good.memory.versions.slice(1) } };
      const [refused] = await mac.apply(remember(unfounded));
      checkEqual([refused?.code, refused?.details?.map(({ path }) => path)], ['invalid_request', ['settlement.memory.versions']]);
    },
    'a settlement that is said to have changed a running session is not undone': async (w) => {
      const [mac] = (await devicesOf(w, 1)).devices as [TestDevice];
      const [running, other, id] = [w.newId(), w.newId(), w.newId()];
      const start = { type: 'start', session_id: running, start_time: '2025-08-24T17:50:00Z', planned_duration: 25, category: 'work', source: 'mac_app', ask_first: false };
      const [started] = await mac.apply(start as OperationBody, submit(other, 0, 25), remember(told(id, [running, other], [1, 1])));
      checkEqual(started?.status, 'applied');
      checkEqual((await mac.apply({ type: 'unresolve', settlement_id: id })).map(({ status }) => status), ['superseded']);
    },
  });
}
