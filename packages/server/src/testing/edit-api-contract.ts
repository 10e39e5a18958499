// Changing stored sessions through the exchange, settling conflicts, and the export.
import { exportLine, LIMITS, parseWith, type SessionEdit } from '@syncline/protocol';
import type { ApiWorld } from './api-world.ts';
import { casesOf, check, checkEqual, type ContractCase } from './contract-case.ts';
import { devicesOf, sessionIn, submit } from './exchange-api-contract.ts';
import { cancelOf, DAY, NOON, submitOf } from './session-requests.ts';
import { sessionRow } from './store-world.ts';
import { checkGroups } from './status-api-contract.ts';
import type { OperationBody, TestDevice } from './test-device.ts';

const amend = (id: string, base: number, edit: SessionEdit): OperationBody => ({ type: 'amend', session_id: id, base_version: base, edit });
const remove = (id: string, base: number): OperationBody => ({ type: 'delete', session_id: id, base_version: base });
const times = (from: number, to: number): SessionEdit => {
  const { start_time, end_time, duration } = submitOf('', from, to);
  return { start_time, end_time, duration };
};
type Pair = [TestDevice, TestDevice];

function editCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'two amends of one device in a row need not know the version between them': async (w) => {
      const { devices: [mac] } = await devicesOf(w, 1);
      const id = w.newId();
      const results = await mac?.apply(submit(id, 0, 25), amend(id, 0, { category: 'rest' }), amend(id, 0, { ...times(0, 20), note: 'short' }));
      checkEqual(results?.map(({ status, version }) => [status, version]), [['applied', 1], ['applied', 2], ['applied', 3]]);
      const later = await mac?.apply(amend(id, 1, { project: 'team_B' }));
      checkEqual(later?.map(({ status, version }) => [status, version]), [['applied', 4]]);
    },
    'an amend is late when somebody else changed times, category or project since, and only then': async (w) => {
      const [mac, web] = (await devicesOf(w, 2)).devices as Pair;
      const id = w.newId();
      await mac.apply(submit(id, 0, 25));
      await web.catchUp();
      await web.apply(amend(id, 1, { note: 'only a note' }));
      const [first] = await mac.apply(amend(id, 1, { category: 'rest' }));
      checkEqual([first?.status, first?.version, first?.session?.note], ['applied', 3, 'only a note'], 'with what it had not seen');
      const [late] = await web.apply(amend(id, 2, { project: 'team_B' }));
      checkEqual([late?.status, late?.code, late?.session?.category, late?.session?.version], ['superseded', 'version_stale', 'rest', 3]);
      const [again] = await web.apply(amend(id, 3, { project: 'team_B' }));
      checkEqual([again?.status, again?.version], ['applied', 4]);
    },
    'times move the session and its conflicts; impossible ones are refused': async (w) => {
      const { user, devices: [mac] } = await devicesOf(w, 1);
      const [a, b] = [w.newId(), w.newId()];
      await mac?.apply(submit(a, 0, 25), submit(b, 20, 45));
      await checkGroups(w, user.userId, [[a, b].sort().join()], 'before');
      await mac?.apply(amend(b, 1, times(25, 45)));
      await checkGroups(w, user.userId, [], 'touching');
      const [faulty] = (await mac?.apply(amend(b, 2, { ...times(25, 45), duration: 5 }))) ?? [];
      checkEqual([faulty?.code, faulty?.details?.map(({ path }) => path)], ['invalid_request', ['edit.duration']]);
      await mac?.apply(amend(b, 2, times(24, 44)));
      await checkGroups(w, user.userId, [[a, b].sort().join()], 'again');
    },
    'how the clock stood comes with a session to every device, until somebody changes its times; a resend without it is the same': async (w) => {
      const [mac, web] = (await devicesOf(w, 2)).devices as Pair;
      const [id, plain] = [w.newId(), w.newId()];
      const clock = { offset_ms: -1500, error_ms: 42 };
      const [first] = mac.number({ type: 'submit', session: { ...submitOf(id, 0, 25), clock } });
      await mac.exchange([first as never]);
      const resend = await mac.exchange([{ ...first, session: submitOf(id, 0, 25) } as never]);
      checkEqual(resend.results.map(({ status }) => status), ['duplicate']);
      const [again] = await mac.apply(submit(id, 0, 25), submit(plain, 30, 55));
      checkEqual(again?.status, 'duplicate', 'under another operation id, too');
      await web.catchUp();
      checkEqual([sessionIn(web, id).clock, sessionIn(web, plain).clock], [clock, undefined]);
      await mac.apply(amend(id, 1, { note: 'only a note', ...times(0, 25) }));
      await web.catchUp();
      checkEqual(sessionIn(web, id).clock, clock, 'the same times');
      await mac.apply(amend(id, 2, times(0, 24)));
      await web.catchUp();
      checkEqual(sessionIn(web, id).clock, undefined, 'other times');
      const [faulty] = await mac.apply({ type: 'submit', session: { ...submitOf(w.newId(), 60, 85), clock: { offset_ms: 0, error_ms: -1 } } });
      checkEqual([faulty?.code, faulty?.details?.map(({ path }) => path)], ['invalid_request', ['session.clock.error_ms']]);
    },
    'a deleted session is a tombstone that can be restored; a resend of its submit does not bring it back': async (w) => {
      const { user, devices } = await devicesOf(w, 2);
      const [mac, web] = devices as Pair;
      const [a, b] = [w.newId(), w.newId()];
      await mac.apply(submit(a, 0, 25), submit(b, 10, 300));
      const [gone] = await mac.apply(remove(b, 1));
      checkEqual([gone?.status, gone?.version], ['applied', 2]);
      await web.catchUp();
      checkEqual([sessionIn(web, b).deleted_at, sessionIn(web, b).note], ['2025-08-24T18:00:00Z', 'a note']);
      const { data_summary: summary } = (await user.call('syncStatus')).body;
      checkEqual([summary?.['total_sessions'], summary?.['last_session'], summary?.['conflicts_detected']], [1, '2025-08-24T12:25:00Z', 0]);
      const [resent, twice, late] = await web.apply(submit(b, 10, 300), remove(b, 1), amend(b, 1, { note: 'x' }));
      checkEqual([resent?.status, resent?.session?.deleted_at === null, twice?.status, late?.status], ['duplicate', false, 'duplicate', 'superseded']);
      const [back, already] = await web.apply({ type: 'restore', session_id: b }, { type: 'restore', session_id: b });
      checkEqual([back?.status, back?.session?.deleted_at, already?.status], ['applied', null, 'duplicate']);
      const restored = (await user.call('syncStatus')).body['data_summary'];
      checkEqual([restored?.['total_sessions'], restored?.['last_session'], restored?.['conflicts_detected']], [2, '2025-08-24T17:00:00Z', 1]);
    },
    'a delete is late when somebody else changed the session since': async (w) => {
      const [mac, web] = (await devicesOf(w, 2)).devices as Pair;
      const id = w.newId();
      await mac.apply(submit(id, 0, 25));
      await web.apply(amend(id, 1, { note: 'keep me' }));
      const [late] = await mac.apply(remove(id, 1));
      checkEqual([late?.status, late?.session?.note, late?.session?.deleted_at], ['superseded', 'keep me', null]);
    },
    'a change rests on what stands before it in its request, whoever brought that first': async (w) => {
      const [mac, web] = (await devicesOf(w, 2)).devices as Pair;
      const [sent, same, changed] = [w.newId(), w.newId(), w.newId()];
      // The very operations, as a copy of the profile has them.
      const waiting = web.number(submit(sent, 0, 25), amend(sent, 0, { category: 'rest' }));
      await web.exchange(waiting);
      await web.apply(submit(same, 30, 55), submit(changed, 60, 85), amend(changed, 0, { note: 'keep me' }));
      const later = mac.number(...waiting, remove(sent, 0), submit(same, 30, 55), remove(same, 0), submit(changed, 60, 85), remove(changed, 0));
      const { results } = await mac.exchange(later.map((one, i) => ({ ...one, op_id: waiting[i]?.op_id ?? one.op_id })));
      checkEqual(results.map(({ status }) => status), ['duplicate', 'duplicate', 'applied', 'duplicate', 'applied', 'duplicate', 'superseded']);
    },
    'what was cancelled cannot be changed': async (w) => {
      const { devices: [mac] } = await devicesOf(w, 1);
      const id = w.newId();
      await mac?.apply({ type: 'cancel', cancellation: cancelOf(id) });
      for (const body of [amend(id, 0, { note: 'x' }), remove(id, 0), submit(id, 0, 25)]) {
        checkEqual((await mac?.apply(body))?.map(({ code, session }) => [code, session?.state]), [['session_final', 'cancelled']]);
      }
    },
    'a day that is full takes no session moved into it': async (w) => {
      const { user, devices: [mac] } = await devicesOf(w, 1);
      const id = w.newId();
      await mac?.apply(submit(id, 0, 25));
      const ids = Array.from({ length: LIMITS.sessionsPerDayMax }, () => w.newId());
      await w.store.withUser(user.userId, (tx) => tx.write({
        sessions: ids.map((other, i) => sessionRow(other, i + 2, { startTime: NOON - DAY + i, endTime: NOON - DAY + i + 1, deletedAt: 1 })),
      }));
      await w.store.withUser(user.userId, async (tx) => tx.write({ summary: { ...(await tx.overview()).summary, sequence: ids.length + 1 } }));
      const moved = await mac?.apply(amend(id, 1, times(-1440, -1415)), amend(id, 1, times(0, 20)));
      checkEqual(moved?.map(({ status, code }) => code ?? status), ['limit_reached', 'depends_on_rejected']);
    },
  });
}

interface Clash {
  readonly devices: Pair;
  readonly userId: string;
  readonly a: string;
  readonly b: string;
  readonly c: string;
  readonly group: string;
}

/** Three sessions in one conflict, known to both devices. */
async function clash(w: ApiWorld): Promise<Clash> {
  const { user, devices } = await devicesOf(w, 2);
  const [mac, web] = devices as Pair;
  const [a, b, c] = [w.newId(), w.newId(), w.newId()];
  await mac.apply(submit(a, 0, 60), submit(b, 50, 80));
  await web.apply(submit(c, 20, 30));
  await mac.catchUp();
  await web.catchUp();
  return { devices: [mac, web], userId: user.userId, a, b, c, group: [a, b, c].sort().join() };
}

const NOTHING = { edits: [], deletes: [], creates: [] };

function resolve(kind: Extract<OperationBody, { type: 'resolve' }>['kind'], ids: readonly string[], plan: Partial<typeof NOTHING> | object = {}, version = 1): OperationBody {
  return { type: 'resolve', kind, sessions: ids.map((id) => ({ session_id: id, version })), plan: { ...NOTHING, ...plan } };
}

function settleCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'kept pairs never come back, until that is undone': async (w) => {
      const { devices: [mac, web], userId, a, b, c, group } = await clash(w);
      const [operation] = mac.number(resolve('keep_all', [a, c]));
      checkEqual((await mac.exchange([operation as never])).results.map(({ status, seq, sessions }) => [status, seq, sessions]), [['applied', 4, []]]);
      await checkGroups(w, userId, [[a, b].sort().join()], 'kept');
      await web.catchUp();
      const told = web.known.get(operation?.op_id ?? '')?.settlement;
      checkEqual([told?.kind, told?.session_ids, told?.undone_at, told?.device_id], ['keep_all', [a, c].sort(), null, 'device-0']);
      await web.apply(amend(c, 1, times(25, 35)));
      await checkGroups(w, userId, [[a, b].sort().join()], 'also after a change');
      const undo: OperationBody = { type: 'unresolve', settlement_id: operation?.op_id ?? '' };
      const [undone, twice] = await web.apply(undo, undo);
      checkEqual([undone?.status, twice?.status, twice?.original], ['applied', 'duplicate', 'applied']);
      await checkGroups(w, userId, [group], 'undone');
    },
    'a pair that two settlements keep stays kept when one is undone': async (w) => {
      const { devices: [mac], userId, a, b, c } = await clash(w);
      const [first, second] = mac.number(resolve('keep_all', [a, c]), resolve('keep_all', [a, b, c]));
      await mac.exchange([first as never, second as never]);
      await checkGroups(w, userId, [], 'all kept');
      await mac.apply({ type: 'unresolve', settlement_id: second?.op_id ?? '' });
      await checkGroups(w, userId, [[a, b].sort().join()], 'one undone');
    },
    'keeping one deletes the others, and undoing brings them back': async (w) => {
      const { devices: [mac, web], userId, a, b, c, group } = await clash(w);
      const [operation] = mac.number(resolve('keep_one', [a, b, c], { deletes: [b, c] }));
      const { results } = await mac.exchange([operation as never]);
      checkEqual(results[0]?.sessions?.map(({ session_id: id, version, deleted_at: at }) => [id, version, at !== null]), [[b, 2, true], [c, 2, true]]);
      await checkGroups(w, userId, [], 'settled');
      await web.catchUp();
      const [undone] = await web.apply({ type: 'unresolve', settlement_id: operation?.op_id ?? '' });
      checkEqual(undone?.sessions?.map(({ version, deleted_at: at }) => [version, at]), [[3, null], [3, null]]);
      await checkGroups(w, userId, [group], 'undone');
    },
    'a split changes one session and adds another; undoing is exact': async (w) => {
      const { devices: [mac, web], userId, a, b, c, group } = await clash(w);
      const second = w.newId();
      const plan = { edits: [{ session_id: a, edit: times(0, 20) }], creates: [submitOf(second, 30, 50)] };
      const [operation] = mac.number(resolve('split', [a, b, c], plan));
      checkEqual((await mac.exchange([operation as never])).results[0]?.sessions?.map(({ session_id: id, version }) => [id, version]), [[a, 2], [second, 1]]);
      await checkGroups(w, userId, [], 'split');
      await web.apply({ type: 'unresolve', settlement_id: operation?.op_id ?? '' });
      await checkGroups(w, userId, [group], 'undone');
      await mac.catchUp();
      await web.catchUp();
      for (const device of [mac, web]) {
        checkEqual([sessionIn(device, a).end_time, sessionIn(device, a).duration, sessionIn(device, second).deleted_at === null], ['2025-08-24T13:00:00Z', 60, false]);
      }
    },
    'what follows a refused settlement on its sessions is refused with it, and comes after it': async (w) => {
      const { devices: [mac] } = await devicesOf(w, 1);
      const [a, b, c] = [w.newId(), w.newId(), w.newId()];
      await mac?.apply(submit(a, 0, 25), submit(b, 10, 35), submit(c, 60, 85));
      const merge = (end: number): OperationBody => resolve('merge_span', [a, b], { edits: [{ session_id: a, edit: times(0, end) }], deletes: [b] });
      const refused = await mac?.apply(merge(7 * 60), amend(a, 1, times(0, 20)), amend(c, 1, { note: 'x' }));
      checkEqual(refused?.map(({ status, code }) => code ?? status), ['time_in_future', 'depends_on_rejected', 'applied']);
      const taken = await mac?.apply(merge(35), amend(a, 1, times(0, 20)));
      checkEqual(taken?.map(({ status }) => status), ['applied', 'applied']);
    },
    'the settlement that comes first wins; the other is superseded and changes nothing': async (w) => {
      const { devices: [mac, web], userId, a, b, c } = await clash(w);
      await mac.apply(resolve('keep_one', [a, b, c], { deletes: [b, c] }));
      const [late] = await web.apply(resolve('keep_one', [a, b, c], { deletes: [a, b] }));
      checkEqual([late?.status, late?.sessions?.map(({ session_id: id, deleted_at: at }) => [id, at !== null])], ['superseded', [[a, false], [b, true], [c, true]]]);
      await checkGroups(w, userId, [], 'settled once');
      const again = await web.apply(resolve('keep_all', [a, c]));
      checkEqual(again[0]?.status, 'superseded');
    },
    'undoing is late when a session it touched was changed since': async (w) => {
      const { devices: [mac, web], a, b, c } = await clash(w);
      const [operation] = mac.number(resolve('trim', [a, b], { edits: [{ session_id: b, edit: times(60, 80) }] }));
      await mac.exchange([operation as never]);
      await web.apply(amend(b, 2, { note: 'changed' }));
      const [late] = await mac.apply({ type: 'unresolve', settlement_id: operation?.op_id ?? '' });
      checkEqual([late?.status, late?.sessions?.map(({ session_id: id, note }) => [id, note])], ['superseded', [[b, 'changed']]]);
      check(c !== a, 'three');
    },
    'a plan that does what it may not is refused, and leaves nothing': async (w) => {
      const { devices: [mac], userId, a, b, c, group } = await clash(w);
      const stranger = w.newId();
      const plans = [
        resolve('keep_all', [a, b], { deletes: [a] }),
        resolve('keep_one', [a, b]),
        resolve('keep_one', [a, b], { deletes: [c] }),
        resolve('keep_one', [a, stranger], { deletes: [a] }),
        resolve('split', [a, b], { deletes: [b], creates: [submitOf(c, 0, 5)] }),
        resolve('split', [a, b], { deletes: [b], creates: [submitOf(w.newId(), 500, 505)] }),
        resolve('trim', [a, b], { edits: [{ session_id: a, edit: times(0, 10) }, { session_id: a, edit: times(0, 20) }] }),
        resolve('trim', [a, b], { edits: [{ session_id: a, edit: times(0, 10) }, { session_id: b, edit: { ...times(60, 80), duration: 1 } }] }),
        { type: 'unresolve', settlement_id: stranger },
      ] as const;
      // What follows one on its sessions would be refused with it.
      const codes: unknown[] = [];
      for (const plan of plans) codes.push((await mac.apply(plan))[0]?.code);
      checkEqual(codes, [
        'invalid_request', 'invalid_request', 'invalid_request', 'not_found', 'session_id_reused', 'time_in_future', 'invalid_request', 'invalid_request', 'not_found',
      ]);
      await checkGroups(w, userId, [group], 'as before');
      checkEqual((await w.store.readUser(userId, (tx) => tx.overview())).summary.sequence, 3);
    },
  });
}

function exportCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'the export holds everything, a line each, and says when it is whole': async (w) => {
      const { user, devices } = await devicesOf(w, 1);
      const [mac] = devices as [TestDevice];
      const [a, b, c] = [w.newId(), w.newId(), w.newId()];
      await mac.apply(submit(a, 0, 25), submit(b, 10, 35), { type: 'cancel', cancellation: cancelOf(c) }, resolve('keep_one', [a, b], { deletes: [b] }));
      const answer = await user.call('export');
      const lines = answer.text.trimEnd().split('\n').map((line) => parseWith(exportLine, JSON.parse(line)));
      check(answer.status === 200 && lines.every((line) => line.ok), answer.text);
      const values = lines.flatMap((line) => (line.ok ? [line.value] : []));
      checkEqual(values.map(({ type }) => type), ['header', 'session', 'session', 'session', 'settlement', 'device', 'preferences', 'end']);
      checkEqual(values.flatMap((line) => (line.type === 'session' ? [[line.session.session_id, line.session.state, line.session.deleted_at !== null]] : [])), [
        [a, 'completed', false], [c, 'cancelled', false], [b, 'completed', true],
      ]);
      checkEqual(values.flatMap((line) => (line.type === 'end' ? [line.lines] : [])), [7]);
    },
    '[S-26] exports are bounded for each user while they are open, because each has a page in memory': async (w) => {
      const [user, other] = [await w.signIn(), await w.signIn()];
      const opened = [await user.request('export'), await user.request('export'), await user.request('export'), await user.request('export')];
      checkEqual([opened.map(({ status }) => status), (await user.call('export')).status, (await other.call('export')).status], [[200, 200, 200, 200], 429, 200]);
      await opened[0]?.body?.cancel();
      checkEqual([(await user.call('export')).status, (await user.call('export')).status], [200, 200], 'one was left, one is read each time');
      const again = await user.request('export');
      checkEqual([again.status, (await user.call('export')).status], [200, 429]);
      for (const { body } of [...opened.slice(1), again]) await body?.cancel();
    },
    'a long export comes in pages, none skipped': async (w) => {
      const { user, devices: [mac] } = await devicesOf(w, 1);
      const ids = Array.from({ length: 700 }, () => w.newId());
      await mac?.apply(...ids.map((id, i) => submit(id, -30 * i - 25, -30 * i, { note: '' })));
      const lines = (await user.call('export')).text.trimEnd().split('\n').map((line) => JSON.parse(line) as { type: string; session?: { session_id: string }; lines?: number });
      checkEqual(lines.flatMap((line) => (line.session === undefined ? [] : [line.session.session_id])), ids);
      checkEqual(lines.at(-1)?.lines, lines.length - 1);
    },
  });
}

/** What the exchange promises about edits and settlements, and what the export holds. */
export function editApiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return [...editCases(world), ...settleCases(world), ...exportCases(world)];
}
