// The exchange: operations exactly once, changes in order, devices told apart.
import { type Change, exchangeResponse, parseWith, type SessionRecord } from '@syncline/protocol';
import type { ApiUser, ApiWorld } from './api-world.ts';
import { casesOf, check, checkEqual, type ContractCase } from './contract-case.ts';
import { cancelOf, HOUR, NOON, submitOf } from './session-requests.ts';
import { type OperationBody, TestDevice } from './test-device.ts';

export const submit = (id: string, from: number, to: number, differing: Parameters<typeof submitOf>[3] = {}): OperationBody => ({ type: 'submit', session: submitOf(id, from, to, differing) });

/** A user with so many devices. */
export async function devicesOf(w: ApiWorld, count: number): Promise<{ user: ApiUser; devices: TestDevice[] }> {
  w.clock.set(NOON + 6 * HOUR);
  const user = await w.signIn();
  const devices = Array.from({ length: count }, (_, i) => new TestDevice({ user, newId: w.newId, deviceId: `device-${i}`, deviceType: i === 0 ? 'mac_app' : 'web_timer' }));
  return { user, devices };
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`expected one, got ${items.length}`);
  return item;
}

const seqs = (changes: readonly Change[]): number[] => changes.map(({ seq }) => seq);

function onceCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'a submit is applied, and answered with its number, version and position': async (w) => {
      const { devices: [mac] } = await devicesOf(w, 1);
      const id = w.newId();
      const [operation] = mac?.number(submit(id, 0, 25)) ?? [];
      const answer = await mac?.exchange([operation as never]);
      checkEqual(answer?.results, [{ op_id: operation?.op_id, status: 'applied', display_id: '1', version: 1, seq: 1 }]);
      checkEqual([answer?.head, answer?.changes, answer?.more, answer?.device, answer?.server_time], [1, [], false, { ack_seq: 1 }, '2025-08-24T18:00:00Z']);
      checkEqual([answer?.status?.data_summary.total_sessions, answer?.status?.devices?.[0]?.sessions_pending, answer?.running], [1, 0, []]);
    },
    'sent again after a lost answer: duplicates, one session, and the changes come': async (w) => {
      const { user, devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const operations = mac.number(submit(w.newId(), 0, 25), submit(w.newId(), 10, 35));
      const lost = await mac.send(mac.request(operations));
      const again = await mac.exchange(operations);
      checkEqual(again.results, (lost.body['results'] as unknown as object[]).map((result) => ({ ...result, status: 'duplicate', original: 'applied' })));
      checkEqual([seqs(again.changes), again.head, again.device.ack_seq], [[1, 2], 2, 2]);
      checkEqual((await user.call('syncStatus')).body['data_summary']?.['total_sessions'], 2);
    },
    'thirty equal exchanges at once take effect once': async (w) => {
      const { user, devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const request = mac.request(mac.number(submit(w.newId(), 0, 25)));
      const answers = await Promise.all(Array.from({ length: 30 }, () => mac.send(request)));
      const words = answers.map(({ body }) => String((body['results'] as unknown as { status: string }[])[0]?.status)).sort();
      checkEqual(words, ['applied', ...Array.from<string>({ length: 29 }).fill('duplicate')]);
      checkEqual((await user.call('syncStatus')).body['data_summary']?.['total_sessions'], 1);
    },
    'an operation id belongs to one operation': async (w) => {
      const { devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const [first] = mac.number(submit(w.newId(), 0, 25));
      const [second] = mac.number(submit(w.newId(), 30, 55));
      await mac.exchange([first as never]);
      checkEqual((await mac.exchange([{ ...second, op_id: first?.op_id } as never])).results[0]?.code, 'operation_id_reused');
      checkEqual((await mac.exchange([{ ...first, seq: 9 } as never])).results[0]?.status, 'duplicate', 'the number is not part of it');
    },
    'a session that the documented call stored is a duplicate; other content is refused with the record': async (w) => {
      const { user, devices } = await devicesOf(w, 1);
      const id = w.newId();
      await user.call('submit', { body: submitOf(id, 0, 25) });
      const [same, other] = await only(devices).apply(submit(id, 0, 25), submit(id, 0, 24, { duration: 24 }));
      checkEqual([same?.status, same?.original, same?.version, same?.session], ['duplicate', 'applied', 1, undefined]);
      checkEqual([other?.status, other?.code, other?.session?.duration], ['rejected', 'session_id_reused', 25]);
    },
    'what is refused stores nothing, holds up only what needs it, and can be sent again': async (w) => {
      const { devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const [early, fine] = [w.newId(), w.newId()];
      const operations = mac.number(
        submit(early, 350, 375),
        { type: 'amend', session_id: early, base_version: 0, edit: { note: 'later' } },
        submit(fine, 0, 25),
        { type: 'amend', session_id: fine, base_version: 0, edit: { note: 'now' } },
        { type: 'delete', session_id: w.newId(), base_version: 0 },
      );
      const first = await mac.exchange(operations);
      checkEqual(first.results.map(({ status, code }) => code ?? status), ['time_in_future', 'depends_on_rejected', 'applied', 'applied', 'not_found']);
      checkEqual(first.results[0]?.details?.map(({ path }) => path), ['end_time']);
      checkEqual(first.device.ack_seq, 4);
      w.clock.set(NOON + 7 * HOUR);
      const second = await mac.exchange(operations);
      checkEqual(second.results.map(({ status, code }) => code ?? status), ['applied', 'applied', 'duplicate', 'duplicate', 'not_found']);
    },
    'an operation that nobody can read is refused alone; a request that nobody can read as a whole': async (w) => {
      const { devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const [good, bad] = mac.number(submit(w.newId(), 0, 25), submit(w.newId(), 0, 25, { source: 'No Word' }));
      const { results } = await mac.exchange([good as never, bad as never]);
      checkEqual(results.map(({ status, code }) => [status, code]), [['applied', undefined], ['rejected', 'invalid_request']]);
      checkEqual(results[1]?.details?.map(({ path }) => path), ['session.source']);
      const statusOf = async (differing: object): Promise<unknown> => {
        const { status, body } = await mac.send({ ...mac.request([]), ...differing } as never);
        return [status, body['code'], (body['details'] as unknown as { path: string }[] | undefined)?.map(({ path }) => path)];
      };
      checkEqual(await statusOf({ protocol: 2 }), [426, 'client_too_old', undefined]);
      checkEqual(await statusOf({ extra: 1, limit: 0 }), [400, 'invalid_request', ['limit', 'extra']]);
      checkEqual(await statusOf({ operations: [{ type: 'submit', op_id: 'x', seq: 1 }] }), [400, 'invalid_request', ['operations[0].op_id', 'operations[0].session']]);
      checkEqual(await statusOf({ operations: [bad, good] }), [400, 'invalid_request', ['operations']]);
      checkEqual(await statusOf({ operations: [good, { ...bad, op_id: good?.op_id }] }), [400, 'invalid_request', ['operations']]);
      const tooMany = Array.from({ length: 1001 }, (_, i) => ({ ...good, op_id: w.newId(), seq: 10 + i }));
      checkEqual(await statusOf({ operations: tooMany }), [413, 'body_too_large', ['operations']]);
      // Its bytes would be taken: the words name what would not.
      const { body: refused } = await mac.send({ ...mac.request([]), operations: tooMany } as never);
      check(String(refused['error']).includes('at most 1000 operations'), JSON.stringify(refused));
    },
    'a cancellation is of a project or of a team\'s, as with the documented call': async (w) => {
      const mac = only((await devicesOf(w, 1)).devices);
      const [both, one] = await mac.apply(
        { type: 'cancel', cancellation: cancelOf(w.newId(), { project_id: 1, team_project_id: 2 }) },
        { type: 'cancel', cancellation: cancelOf(w.newId(), { team_project_id: 2 }) },
      );
      checkEqual([both?.code, both?.details?.map(({ path }) => path), one?.status], ['invalid_request', ['cancellation.team_project_id'], 'applied']);
    },
    'a time of a year that no store holds is refused where it stands': async (w) => {
      const { devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const request = mac.request([]);
      for (const time of ['0000-06-01T00:00:00Z', '0001-01-01T00:00:00+00:01', '9999-12-31T23:59:59-01:00']) {
        const { status, body } = await mac.send({ ...request, device: { ...request.device, oldest_pending: time } });
        checkEqual([status, (body['details'] as unknown as { path: string }[] | undefined)?.map(({ path }) => path)], [400, ['device.oldest_pending']], time);
        const [early, late, fine] = await mac.apply(submit(w.newId(), 0, 25, { start_time: time }), submit(w.newId(), 0, 25, { end_time: time }), submit(w.newId(), 0, 25));
        checkEqual([early, late].map((result) => [result?.code, result?.details?.map(({ path }) => path)]), [['invalid_request', ['session.start_time']], ['invalid_request', ['session.end_time']]], time);
        checkEqual(fine?.status, 'applied');
      }
    },
    'a thousand sessions fit one exchange, their overlaps found': async (w) => {
      const { devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const bodies = Array.from({ length: 1000 }, (_, i) => submit(w.newId(), -30 * i - 25 - (i % 10 === 0 ? 5.5 : 0), -30 * i, { duration: 25 + (i % 10 === 0 ? 5.5 : 0), note: '' }));
      const { results, head, status } = await mac.exchange(mac.number(...bodies));
      check(results.every((result) => result.status === 'applied'), JSON.stringify(results.find((result) => result.status !== 'applied')));
      checkEqual([head, status?.data_summary.total_sessions, status?.data_summary.conflicts_detected], [1000, 1000, 100]);
    },
  });
}

function changeCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'a walk from the beginning brings each change once, in order, in pages': async (w) => {
      const { devices } = await devicesOf(w, 2);
      const [mac, web] = devices as [TestDevice, TestDevice];
      const ids = Array.from({ length: 7 }, () => w.newId());
      await mac.apply(...ids.map((id, i) => submit(id, i * 30, i * 30 + 25)));
      const seen: number[] = [];
      for (let more = true; more; ) {
        const page = await web.exchange([], { limit: 3 });
        check(page.changes.length <= 3, 'no more than wanted');
        seen.push(...seqs(page.changes));
        more = page.more;
        if (seen.length === 3) await mac.apply({ type: 'amend', session_id: ids[0] ?? '', base_version: 1, edit: { note: 'again' } });
      }
      checkEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8]);
      checkEqual([web.known.get(ids[0] ?? '')?.session?.note, (await web.exchange()).changes], ['again', []]);
    },
    'a device that is up to date is not told what its own operations did': async (w) => {
      const { devices } = await devicesOf(w, 2);
      const [mac, web] = devices as [TestDevice, TestDevice];
      await web.apply(submit(w.newId(), 0, 25));
      await mac.exchange();
      const answer = await mac.exchange(mac.number(submit(w.newId(), 30, 55)));
      checkEqual([answer.changes, answer.head, answer.more], [[], 2, false]);
      checkEqual((await mac.exchange()).changes, []);
    },
    'a device that is behind is told everything, a session too that its own operation moved up before it was told': async (w) => {
      const { devices } = await devicesOf(w, 2);
      const [mac, web] = devices as [TestDevice, TestDevice];
      const id = w.newId();
      await web.apply(submit(id, 0, 25));
      const answer = await mac.exchange(mac.number({ type: 'delete', session_id: id, base_version: 1 }, submit(w.newId(), 30, 55)));
      checkEqual([seqs(answer.changes), answer.head, answer.more], [[2, 3], 3, false]);
      checkEqual((await mac.exchange()).changes, []);
    },
    'a page that is cut before the end goes on where it stopped': async (w) => {
      const { devices } = await devicesOf(w, 2);
      const [mac, web] = devices as [TestDevice, TestDevice];
      for (let i = 0; i < 3; i += 1) await web.apply(submit(w.newId(), i * 30, i * 30 + 25));
      const first = await mac.exchange(mac.number(submit(w.newId(), 100, 125)), { limit: 2 });
      checkEqual([seqs(first.changes), first.more], [[1, 2], true]);
      const second = await mac.exchange([], { limit: 2 });
      // Its own change is not hidden from a later request: it may have lost the first answer.
      checkEqual([seqs(second.changes), second.more], [[3, 4], false]);
    },
    'another epoch, a cursor from the future and a foreign one begin anew, and say why': async (w) => {
      const { devices } = await devicesOf(w, 1);
      const mac = only(devices);
      await mac.apply(submit(w.newId(), 0, 25));
      const { cursor, epoch } = mac;
      const resetOf = async (differing: object): Promise<unknown> => {
        const answer = await mac.exchange([], { cursor, epoch, ...differing });
        return [answer.reset, seqs(answer.changes)];
      };
      checkEqual(await resetOf({}), [undefined, []]);
      checkEqual(await resetOf({ epoch: w.newId() }), ['epoch', [1]]);
      checkEqual(await resetOf({ cursor: 'something' }), ['cursor_unknown', [1]]);
      checkEqual(await resetOf({ cursor: cursor?.replace(/\d+$/, '2') }), ['cursor_ahead', [1]]);
      checkEqual(await resetOf({ cursor: null, epoch: null }), [undefined, [1]]);
    },
    'the status comes only when it changed for somebody else than the caller': async (w) => {
      const { devices } = await devicesOf(w, 2);
      const [mac, web] = devices as [TestDevice, TestDevice];
      const hasStatus = async (device: TestDevice): Promise<boolean> => (await device.exchange()).status !== undefined;
      checkEqual([await hasStatus(mac), await hasStatus(mac)], [true, false]);
      w.clock.set(NOON + 6 * HOUR + 31_000);
      checkEqual([await hasStatus(mac), await hasStatus(web), await hasStatus(mac), await hasStatus(mac)], [false, true, true, false]);
      await web.apply(submit(w.newId(), 0, 25));
      checkEqual([await hasStatus(mac), await hasStatus(web)], [true, false]);
    },
    'an idle exchange is small both ways': async (w) => {
      const { devices } = await devicesOf(w, 1);
      const mac = only(devices);
      await mac.apply(submit(w.newId(), 0, 25));
      await mac.exchange();
      const request = mac.request([]);
      const { text } = await mac.send(request);
      check(JSON.stringify(request).length < 1024 && text.length < 1024, `${JSON.stringify(request).length} up, ${text.length} down`);
      check(parseWith(exchangeResponse, JSON.parse(text)).ok, text);
    },
    'running sessions are shown, and asked about before another starts': async (w) => {
      const { devices } = await devicesOf(w, 2);
      const [mac, web] = devices as [TestDevice, TestDevice];
      const [first, second] = [w.newId(), w.newId()];
      const start = (id: string, ask: boolean): OperationBody => ({ type: 'start', session_id: id, start_time: '2025-08-24T17:50:00Z', planned_duration: 25, category: 'work', source: 'mac_app', ask_first: ask });
      await mac.apply(start(first, true));
      const shown = { session_id: first, device_id: 'device-0', device_type: 'mac_app', device_name: null, start_time: '2025-08-24T17:50:00Z', planned_duration: 25, category: 'work', project: null };
      const [asked] = await web.apply(start(second, true));
      checkEqual([asked?.status, asked?.code, asked?.running], ['rejected', 'session_running', [shown]]);
      const told = await web.exchange(web.number(start(second, false)));
      checkEqual([told.results[0]?.status, told.results[0]?.running, told.running?.length], ['applied', [shown], 2]);
      await mac.apply({ type: 'cancel', cancellation: cancelOf(first) }, submit(second, 0, 25));
      checkEqual([(await web.exchange()).running, web.known.get(first)?.session?.state, web.known.get(second)?.session?.state], [[], 'cancelled', 'completed']);
    },
    'a start is told ten of the sessions that run elsewhere, the answer all of them': async (w) => {
      const { devices } = await devicesOf(w, 2);
      const [mac, web] = devices as [TestDevice, TestDevice];
      const start = (): OperationBody => ({ type: 'start', session_id: w.newId(), start_time: '2025-08-24T17:50:00Z', planned_duration: 25, category: 'work', source: 'mac_app' });
      await mac.apply(...Array.from({ length: 12 }, start));
      const { results, running } = await web.exchange(web.number(start()));
      checkEqual([results[0]?.running?.length, running?.length], [10, 13]);
    },
    'one that was never ended runs no longer than a session may last: it is neither shown nor asked about': async (w) => {
      const { devices } = await devicesOf(w, 2);
      const [mac, web] = devices as [TestDevice, TestDevice];
      const start = (id: string, time: string): OperationBody => ({ type: 'start', session_id: id, start_time: time, planned_duration: 25, category: 'work', source: 'mac_app', ask_first: true });
      await mac.apply(start(w.newId(), '2025-08-24T17:50:00Z'));
      const ran = async (): Promise<unknown> => (await web.exchange([], { status_tag: null })).running?.length;
      w.clock.set(NOON + 29 * HOUR + 49 * 60_000);
      checkEqual(await ran(), 1);
      w.clock.set(NOON + 29 * HOUR + 50 * 60_000);
      checkEqual([await ran(), (await web.apply(start(w.newId(), '2025-08-25T17:50:00Z')))[0]?.status], [0, 'applied']);
    },
  });
}

function deviceCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'pending sessions are what was held, less what this call settled': async (w) => {
      const { user, devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const operations = mac.number(submit(w.newId(), 0, 25), submit(w.newId(), 30, 55), submit(w.newId(), 500, 525));
      const request = mac.request(operations);
      await mac.send({ ...request, device: { ...request.device, sessions_pending: 5, oldest_pending: '2025-08-24T11:00:00Z' } });
      checkEqual((await user.call('syncStatus')).body['data_summary']?.['unsynced_sessions'], 3);
    },
    'that a session begins is news, and settles nothing that was held': async (w) => {
      const { user, devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const start = (id: string): OperationBody => ({ type: 'start', session_id: id, start_time: '2025-08-24T12:00:00Z', planned_duration: 25, category: 'work', source: 'mac_app' });
      const pendingAfter = async (held: number, ...bodies: OperationBody[]): Promise<unknown> => {
        const request = mac.request(mac.number(...bodies));
        await mac.send({ ...request, device: { ...request.device, sessions_pending: held } });
        const { body } = await user.call('syncStatus');
        return [body['sync_status'], body['data_summary']?.['unsynced_sessions']];
      };
      const [id, other] = [w.newId(), w.newId()];
      checkEqual(await pendingAfter(1, start(id)), ['delayed', 1], 'one that waits for a person, while another runs');
      checkEqual(await pendingAfter(2, submit(id, 0, 25)), ['delayed', 1]);
      checkEqual(await pendingAfter(1, submit(other, 30, 55), start(other)), ['healthy', 0], 'its start came late');
    },
    'a run that comes back after another one took its place is a clone': async (w) => {
      const { devices } = await devicesOf(w, 1);
      const mac = only(devices);
      await mac.exchange();
      const first = mac.run;
      mac.run = w.newId();
      await mac.exchange();
      mac.run = first;
      const operations = mac.number(submit(w.newId(), 0, 25));
      const { status, body } = await mac.send(mac.request(operations));
      checkEqual([status, body['code']], [409, 'device_cloned']);
      const clone = new TestDevice({ user: (await devicesOf(w, 0)).user, newId: w.newId, deviceId: 'unused' });
      check(clone.seq === 0, 'a fresh device counts from one');
    },
    'a number that was settled for another operation is a clone, and nothing is applied': async (w) => {
      const { user, devices } = await devicesOf(w, 1);
      const mac = only(devices);
      await mac.apply(submit(w.newId(), 0, 25), submit(w.newId(), 30, 55));
      mac.seq = 1;
      const { status, body } = await mac.send(mac.request(mac.number(submit(w.newId(), 60, 85), submit(w.newId(), 90, 115))));
      checkEqual([status, body['code'], (await user.call('syncStatus')).body['data_summary']?.['total_sessions']], [409, 'device_cloned', 2]);
    },
    'a number that was passed over, because it waited behind a refused one, is none': async (w) => {
      const mac = only((await devicesOf(w, 1)).devices);
      const [early] = mac.number(submit(w.newId(), 0, 25));
      const [waiting, next] = mac.number(submit(w.newId(), 30, 55), submit(w.newId(), 60, 85));
      const statuses = async (...operations: unknown[]): Promise<unknown> => (await mac.exchange(operations as never)).results.map(({ status }) => status);
      checkEqual(await statuses({ ...early, session: { ...(early as unknown as { session: object }).session, start_time: '2030-01-01T00:00:00Z', end_time: '2030-01-01T00:25:00Z' } }, next), ['rejected', 'applied']);
      checkEqual(await statuses(early, waiting), ['applied', 'applied']);
      const other = { ...(mac.number(submit(w.newId(), 90, 115))[0] as object), seq: (waiting as { seq: number }).seq };
      checkEqual((await mac.send(mac.request([other] as never))).status, 409);
    },
    'a device that begins anew under another id sends again what had arrived: duplicates': async (w) => {
      const { user, devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const operations = mac.number(submit(w.newId(), 0, 25), submit(w.newId(), 30, 55));
      await mac.exchange(operations.slice(0, 1));
      const renewed = new TestDevice({ user, newId: w.newId, deviceId: 'another' });
      const { results } = await renewed.exchange(operations.map((operation, i) => ({ ...operation, seq: i + 1 })));
      checkEqual(results.map(({ status }) => status), ['duplicate', 'applied']);
    },
    'a cleared store is noticed, with what it had announced, until it was heard': async (w) => {
      const { devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const request = mac.request(mac.number(submit(w.newId(), 0, 25)));
      await mac.send({ ...request, device: { ...request.device, sessions_pending: 3 } });
      const old = mac.incarnation;
      Object.assign(mac, { incarnation: w.newId(), run: w.newId(), seq: 0, cursor: null, epoch: null, statusTag: null });
      const told = (await mac.send(mac.request([]))).body['device'];
      checkEqual(told, { ack_seq: 0, incarnation_changed: true, announced_pending: 2 });
      checkEqual((await mac.exchange()).device, { ack_seq: 0, incarnation_changed: true, announced_pending: 2 }, 'the first answer was lost');
      checkEqual((await mac.exchange()).device, { ack_seq: 0 });
      Object.assign(mac, { incarnation: old, run: w.newId() });
      checkEqual((await mac.exchange()).device.ack_seq, 1, 'a store that was put back is told how far it was');
    },
    'its last contact is written at most once in 30 s': async (w) => {
      const { user, devices } = await devicesOf(w, 1);
      const mac = only(devices);
      const seenAt = async (ms: number): Promise<unknown> => {
        w.clock.set(NOON + 6 * HOUR + ms);
        await mac.exchange();
        return (await user.call('syncStatus')).body['last_sync'];
      };
      checkEqual([await seenAt(0), await seenAt(29_999), await seenAt(30_000)], ['2025-08-24T18:00:00Z', '2025-08-24T18:00:00Z', '2025-08-24T18:00:30Z']);
    },
  });
}

/** A session as a device's changes tell it. */
export function sessionIn(device: TestDevice, id: string): SessionRecord {
  const record = device.known.get(id)?.session;
  if (record === undefined) throw new Error(`${id} is not known`);
  return record;
}

/** What the exchange promises about operations, changes and devices. */
export function exchangeApiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return [...onceCases(world), ...changeCases(world), ...deviceCases(world)];
}
