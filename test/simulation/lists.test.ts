// Lists of sessions over history and what lies over it.
import { expect, it } from 'vitest';
import { ExchangeWorld, twoDevices } from './exchange-world.ts';

const STATES = [undefined, ['confirmed'] as const];

it.each(STATES.flatMap((states) => [[states, 0], [states, 1]] as const))('a short list has what began with a session that was deleted since: states %s, twin %s', async (states, at) => {
  const { world, a } = await twoDevices();
  await world.drive(a.sessions.record(world.session(600, 25)));
  const twin = world.session(60, 25);
  const ids = [(await world.drive(a.sessions.record(twin))).id, (await world.drive(a.sessions.record(twin))).id];
  await world.run(70_000);
  await world.drive(a.sessions.delete(ids[at] ?? ''));
  await world.run(70_000);
  expect((await world.drive(a.sessions.list({ limit: 1, states }))).map(({ id }) => id)).toEqual([ids[1 - at]]);
});

it('a short list is the beginning of a longer one, also where sessions begin alike', async () => {
  const { world, a: { sessions } } = await twoDevices();
  const twin = world.session(60, 25);
  for (const session of [world.session(600, 25), twin, twin, twin, twin, world.session(30, 25)]) await world.drive(sessions.record(session));
  await world.run(70_000);
  const all = await world.drive(sessions.list());
  expect(all.map(({ state }) => state)).toEqual(Array(6).fill('confirmed'));
  for (let limit = 1; limit < all.length; limit += 1) expect(await world.drive(sessions.list({ limit }))).toEqual(all.slice(0, limit));
});

it('a cancelled session is listed for every part of its time, on its way and when the server has it', async () => {
  const { world, first, a } = await twoDevices();
  const { id, startTime } = await world.drive(a.sessions.start({ plannedDuration: 25, category: 'work' }));
  await world.run(3_600_000);
  world.offline.add(first);
  const { endTime } = await world.drive(a.sessions.cancel(id));
  const from = async (at: number): Promise<number> => (await world.drive(a.sessions.list({ from: at }))).length;
  expect([await from(startTime + 2_700_000), await from(endTime ?? 0)]).toEqual([1, 0]);
  world.offline.clear();
  await world.run(600_000);
  expect(await world.drive(a.sessions.get(id))).toMatchObject({ state: 'cancelled', pending: false });
  expect([await from(startTime + 2_700_000), await from(endTime ?? 0)]).toEqual([1, 0]);
});

it('what is recorded again while something else of it waits is shown as what it is', async () => {
  const { world, first, a } = await twoDevices();
  const input = { ...world.session(60, 25), id: '00000000-0000-4000-8000-00000000c0de' };
  await world.drive(a.sessions.record(input));
  await world.run(70_000);
  expect(await world.drive(a.sessions.record(input))).toMatchObject({ state: 'confirmed', pending: false });
  world.offline.add(first);
  await world.drive(a.sessions.delete(input.id));
  expect(await world.drive(a.sessions.record(input))).toEqual(await world.drive(a.sessions.get(input.id)));
  expect(await world.drive(a.sessions.record(input))).toMatchObject({ state: 'deleted', pending: true });
});

it('a session of which a change is given up is there once, as it was', async () => {
  const { world, a } = await twoDevices();
  const session = await world.drive(a.sessions.record(world.session(60, 25)));
  await world.run(70_000);
  const year = 365 * 86_400_000;
  await world.drive(a.sessions.amend(session.id, { startTime: session.startTime + year, endTime: (session.endTime ?? 0) + year }));
  await world.run(5000);
  await world.drive(a.sessions.discard(session.id));
  expect(await world.drive(a.sessions.list())).toMatchObject([{ id: session.id, startTime: session.startTime, state: 'confirmed', pending: false }]);
  expect(a.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { total_sessions: 1 } });
});

it('a session that a settlement took away is back once, when that rests on one which a server without the exchange refuses', async () => {
  const world = await ExchangeWorld.create();
  const first = world.device();
  const refusal = { status: 400, headers: { 'content-type': 'application/json' }, body: '{"error":"no","code":"invalid_request"}' };
  const a = await world.open(first, { over: (ports) => ({
    ...ports, transport: { send: async (request, signal) => (request.path === '/api/pomodoro/submit' ? { ok: true, response: refusal } : ports.transport.send(request, signal)) },
  }) });
  await world.run(5000);
  const stored = await world.drive(a.sessions.record(world.session(120, 30)));
  await world.run(70_000);
  world.offline.add(first);
  const fresh = await world.drive(a.sessions.record(world.session(100, 30)));
  const plan = await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind: 'keep_one', sessionId: fresh.id }));
  await world.drive(a.conflicts.resolve(plan));
  world.without.add('exchange').add('stream');
  world.offline.clear();
  await world.run(700_000);
  expect(await world.drive(a.sessions.list())).toMatchObject([{ id: fresh.id, state: 'parked' }, { id: stored.id, state: 'confirmed', pending: false }]);
  expect(a.conflicts.journal.current).toMatchObject([{ outcome: 'superseded' }]);
});

it('a session that was recorded anew and otherwise, where the server has it, counts once', async () => {
  const { world, second, a, b } = await twoDevices();
  const input = { ...world.session(60, 25), id: '00000000-0000-4000-8000-00000000c0de' };
  await world.drive(a.sessions.record(input));
  world.offline.add(second);
  await world.drive(b.sessions.record({ ...input, note: 'imported' }));
  expect(b.status.current.data_summary).toMatchObject({ total_sessions: 1, unsynced_sessions: 1 });
  world.offline.clear();
  await world.run(100_000);
  const refused = { state: 'parked', note: 'imported', parked: { code: 'session_id_reused' } };
  expect(await world.drive(b.sessions.list())).toMatchObject([refused]);
  expect(await world.drive(b.sessions.get(input.id))).toMatchObject(refused);
  expect(b.status.current.data_summary).toMatchObject({ total_sessions: 1, unsynced_sessions: 1 });
  expect(await world.drive(b.sessions.discard(input.id))).toMatchObject({ note: 'imported' });
  expect(await world.drive(b.sessions.list())).toMatchObject([{ state: 'confirmed', note: '' }]);
  expect(b.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { total_sessions: 1, unsynced_sessions: 0 } });
});

it('what is deleted and taken back is so once, also where nobody hears of the commit', async () => {
  const { world, first, a } = await twoDevices();
  const { id } = await world.drive(a.sessions.record(world.session(60, 25)));
  await world.run(70_000);
  world.offline.add(first);
  const waiting = (): number => first.disk.rows(first.disk.names()[0] ?? '', 'operations').length;
  const unheard = async (act: () => Promise<unknown>): Promise<unknown> => {
    await world.run(1000);
    first.disk.failNext('update', { kind: 'rerun', committed: true }, 2);
    return world.drive(act());
  };
  expect(await unheard(() => a.sessions.delete(id))).toMatchObject({ state: 'deleted', pending: true });
  expect(await unheard(() => a.sessions.restore(id))).toMatchObject({ state: 'queued', deletedAt: null });
  expect(await unheard(() => a.sessions.amend(id, { category: 'other' }))).toMatchObject({ category: 'other' });
  expect(waiting()).toBe(3);
});

it('looking something up in a store that does not let itself be read is refused like everything else, and goes through where only a handle died', async () => {
  const { world, first, a: { sessions, conflicts, status } } = await twoDevices();
  const { id } = await world.drive(sessions.record(world.session(60, 30)));
  await world.drive(sessions.record(world.session(50, 30)));
  await world.run(70_000);
  const looks: readonly (() => Promise<unknown>)[] = [
    () => sessions.get(id), () => sessions.list(), () => conflicts.plan(conflicts.current[0]?.id ?? '', { kind: 'keep_all' }),
  ];
  for (const look of looks) {
    first.disk.fault = ({ kind }) => (kind === 'read' ? { kind: 'fail', code: 'unavailable' } : undefined);
    await expect(world.drive(look())).rejects.toMatchObject({ name: 'EngineError', code: 'storage_unavailable', retry: 'later' });
    expect(status.current.local.problems).toEqual(['storage_unavailable']);
    first.disk.fault = null;
    first.disk.failNext('read', { kind: 'fail', code: 'aborted' });
    expect(await world.drive(look())).toBeTruthy();
    await world.run(70_000);
    expect(status.current.local.problems).toEqual([]);
  }
});
