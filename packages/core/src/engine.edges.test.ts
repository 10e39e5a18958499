// What plain JavaScript may call with: no type stands between it and the engine.
import { describe, expect, it } from 'vitest';
import type { SessionState, SyncEngine, SyncEngineOptions } from './api.ts';
import { createSyncEngine } from './adapters/browser.ts';
import { yjsAnnotations } from './annotations.ts';
import { drainInBackground, type DrainOptions } from './background/drain.ts';
import { openEngine } from './engine.ts';
import type { Transport } from './ports.ts';
import { yjsPreferences } from './preferences.ts';
import { createEngineWorld } from './testing/engine-world.ts';

const ID = '00000000-0000-4000-8000-000000000000';

/** Calls in order, with what nobody should call them with in place of one argument. */
const CALLS: readonly (readonly [name: string, code: string, call: (engine: SyncEngine, bad: never) => Promise<unknown>])[] = [
  ['start', 'invalid_input', ({ sessions }, bad) => sessions.start(bad)],
  ['complete', 'not_running', ({ sessions }, bad) => sessions.complete(bad)],
  ['cancel', 'not_running', ({ sessions }, bad) => sessions.cancel(bad)],
  ['record', 'invalid_input', ({ sessions }, bad) => sessions.record(bad)],
  ['retry', 'not_found', ({ sessions }, bad) => sessions.retry(bad)],
  ['amend', 'not_found', ({ sessions }, bad) => sessions.amend(bad, {})],
  ['amend by', 'invalid_input', ({ sessions }, bad) => sessions.amend(ID, bad)],
  ['annotate', 'not_found', ({ sessions }, bad) => sessions.annotate(bad, {})],
  ['annotate by', 'invalid_input', ({ sessions }, bad) => sessions.annotate(ID, bad)],
  ['delete', 'not_found', ({ sessions }, bad) => sessions.delete(bad)],
  ['restore', 'not_found', ({ sessions }, bad) => sessions.restore(bad)],
  ['discard', 'not_found', ({ sessions }, bad) => sessions.discard(bad)],
  ['conflicts.plan', 'not_found', ({ conflicts }, bad) => conflicts.plan(bad, { kind: 'keep_all' })],
  ['conflicts.resolve', 'invalid_input', ({ conflicts }, bad) => conflicts.resolve(bad)],
  ['conflicts.undo', 'not_found', ({ conflicts }, bad) => conflicts.undo(bad)],
  ['devices.rename', 'not_found', ({ devices }, bad) => devices.rename(bad, 'x')],
  ['devices.forget', 'not_found', ({ devices }, bad) => devices.forget(bad)],
  ['devices.signOut', 'not_found', ({ devices }, bad) => devices.signOut(bad)],
  ['preferences.set', 'invalid_input', async ({ preferences }, bad) => preferences?.set(bad)],
  ['preferences.restore', 'not_found', async ({ preferences }, bad) => preferences?.restore(bad)],
  ['preferences.retry', 'not_parked', async ({ preferences }, bad) => preferences?.retry(bad)],
];

describe('calls without types', () => {
  it.each([undefined, null, '\ud800'])('with %o are refused with a code', async (bad) => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open({ options: { preferences: yjsPreferences(), annotations: yjsAnnotations() } });
    for (const [name, code, call] of CALLS) {
      await expect(world.drive(call(engine, bad as never)), name).rejects.toMatchObject({ name: 'EngineError', code });
    }
    await world.drive(engine.close());
  });

  it('with null are refused where an input may be left out, and find nothing', async () => {
    const world = createEngineWorld();
    const { engine: { sessions, conflicts } } = await world.open();
    const nothing = null as never;
    for (const call of [sessions.complete(ID, nothing), sessions.cancel(ID, nothing), sessions.retry(ID, nothing)]) {
      await expect(world.drive(call)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    expect([sessions.slept(nothing), await world.drive(sessions.get(nothing))]).toEqual([null, null]);
    expect([await world.drive(sessions.list(nothing)), await world.drive(sessions.list({ states: nothing })), await world.drive(conflicts.duplicates(nothing))]).toEqual([[], [], []]);
  });

  it('with times for a cancelled session that the server refused are refused, and the session stays', async () => {
    const world = createEngineWorld();
    const { engine: { sessions, status } } = await world.open();
    world.server.intercept = ({ path }) => (path === '/api/session/cancel' ? world.server.json(422, { error: 'no', code: 'limit_reached' }) : undefined);
    const { id, startTime } = await world.drive(sessions.start({ plannedDuration: 25, category: 'work' }));
    // Longer than a session that counts may be.
    world.device.clock.step(30 * 3_600_000);
    await world.drive(sessions.cancel(id));
    await world.run(5000);
    for (const times of [{ startTime: 'soon' as never }, { endTime: startTime - 1 }, { startTime: Number.NaN }]) {
      await expect(world.drive(sessions.retry(id, times))).rejects.toMatchObject({ code: 'invalid_input' });
    }
    expect(await world.drive(sessions.get(id))).toMatchObject({ state: 'parked', startTime });
    expect(status.current.local).toMatchObject({ parked: 1, problems: ['clock_skew'] });
    world.server.intercept = null;
    expect(await world.drive(sessions.retry(id, { category: 'reading' }))).toMatchObject({ state: 'cancelled', category: 'reading' });
    await world.run(5000);
    expect(status.current.data_summary.unsynced_sessions).toBe(0);
  });
});

describe('what an app does with its own input afterwards', () => {
  /** Called, and then emptied, as a form is. */
  const emptied = <Input extends { note?: unknown; category?: unknown }, Result>(input: Input, call: (input: Input) => Promise<Result>): Promise<Result> => {
    const called = call(input);
    Object.assign(input, { note: 7, category: '' });
    return called;
  };

  it('changes nothing of a session that is started, completed or recorded', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine: { sessions, status } } = await world.open();
    const { id } = await world.drive(emptied({ plannedDuration: 25, category: 'work', note: 'Plan' }, (input) => sessions.start(input)));
    expect(await world.drive(emptied({ category: 'writing', note: 'Chapter two' }, (input) => sessions.complete(id, input)))).toMatchObject({ category: 'writing', note: 'Chapter two' });
    expect(await world.drive(emptied(world.session(200, 20), (input) => sessions.record(input)))).toMatchObject({ category: 'work', note: '' });
    expect(status.current).toMatchObject({ data_summary: { unsynced_sessions: 2 }, local: { parked: 0, problems: [] } });
  });

  it('changes nothing of a session that is sent again', async () => {
    const world = createEngineWorld();
    const { engine: { sessions, status } } = await world.open();
    world.server.intercept = ({ path }) => (path === '/api/pomodoro/submit' ? world.server.json(400, { error: 'no', code: 'invalid_request' }) : undefined);
    const { id } = await world.drive(sessions.record(world.session(60, 20)));
    await world.run(5000);
    world.server.intercept = null;
    expect(await world.drive(emptied({ note: 'Mended' }, (input) => sessions.retry(id, input)))).toMatchObject({ note: 'Mended', category: 'work' });
    await world.run(5000);
    expect(status.current).toMatchObject({ data_summary: { unsynced_sessions: 0 }, local: { parked: 0 } });
  });

  it('changes nothing of a note and tags', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine: { sessions } } = await world.open({ options: { annotations: yjsAnnotations() } });
    const { id } = await world.drive(sessions.record(world.session(60, 20)));
    const tags = ['deep'];
    const seen = { note: '', tags: ['none'] };
    const annotated = emptied({ note: 'A note', tags, seen }, (input) => sessions.annotate(id, input));
    tags.push(7 as never);
    seen.tags.push('deep');
    expect(await world.drive(annotated)).toMatchObject({ note: 'A note', tags: ['deep'] });
  });

  it('changes nothing of the tags that were shown to it, so that adding one to them and handing them back adds one', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine: { sessions } } = await world.open({ options: { annotations: yjsAnnotations() } });
    const { id } = await world.drive(sessions.record(world.session(60, 20)));
    const { tags } = await world.drive(sessions.annotate(id, { tags: ['deep'] }));
    (tags as string[]).push('calm');
    expect(await world.drive(sessions.get(id))).toMatchObject({ tags: ['deep'] });
    expect(await world.drive(sessions.annotate(id, { tags }))).toMatchObject({ tags: ['deep', 'calm'] });
  });

  it('changes nothing of what is listed', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine: { sessions } } = await world.open();
    for (const minutes of [90, 60]) await world.drive(sessions.record(world.session(minutes, 20)));
    const query: { limit: number; states: SessionState[] } = { limit: 1, states: ['queued'] };
    const live = sessions.observe(query);
    const stop = live.subscribe(() => undefined);
    const listed = sessions.list(query);
    query.limit = 2;
    query.states.length = 0;
    expect(await world.drive(listed)).toHaveLength(1);
    await world.drive(sessions.record(world.session(30, 20, { note: 'newest' })));
    await world.run(1000);
    expect(live.current).toMatchObject([{ note: 'newest' }]);
    stop();
  });

  it('changes nothing of what was planned for a conflict', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine: { sessions, conflicts } } = await world.open();
    const { id: stays } = await world.drive(sessions.record(world.session(60, 30)));
    const { id: goes } = await world.drive(sessions.record(world.session(50, 30)));
    const choice: { kind: 'keep_one' | 'trim'; sessionId: string } = { kind: 'keep_one', sessionId: stays };
    const planned = conflicts.plan(conflicts.current[0]?.id ?? '', choice);
    Object.assign(choice, { kind: 'trim', sessionId: goes });
    const plan = await world.drive(planned);
    expect(plan).toMatchObject({ choice: { kind: 'keep_one' }, preview: { sessions: [{ id: stays }, { id: goes, after: null }] } });
    expect(await world.drive(conflicts.resolve(plan))).toMatchObject({ kind: 'keep_one' });
  });
});

describe('times that no calendar of the status has', () => {
  const YEAR_10000 = Date.UTC(10_000, 0);

  it('are refused of a session, and the next one is recorded', async () => {
    const world = createEngineWorld();
    const { engine: { sessions } } = await world.open();
    for (const endTime of [YEAR_10000 + 1000, 8.64e15]) {
      await expect(world.drive(sessions.record({ ...world.session(0, 1), startTime: endTime - 1000, endTime }))).rejects.toMatchObject({ code: 'invalid_input', details: [{ path: 'endTime' }] });
    }
    expect(await world.drive(sessions.record(world.session(60, 25)))).toMatchObject({ state: 'queued' });
  });

  it('are not read from an answer that names one by its zone, and the engine goes on', async () => {
    const world = createEngineWorld();
    const summary = { total_sessions: 1, unsynced_sessions: 0, last_session: '9999-12-31T23:59:59-14:00', preferences_updated: null, conflicts_detected: 0 };
    const answer = { sync_status: 'offline', total_devices: 0, active_devices: 0, pending_syncs: 0, devices: [], data_summary: summary };
    world.server.intercept = ({ path }) => (path.startsWith('/api/sync/status') ? world.server.json(200, answer) : undefined);
    const { engine: { sessions, status } } = await world.open();
    await world.run(10_000);
    expect(status.current.local.problems).toEqual(['incoherent_answer']);
    await world.drive(sessions.record(world.session(60, 25)));
    await world.run(10_000);
    expect(world.server.records().size).toBe(1);
  });

  it.each([YEAR_10000 - 1, Date.UTC(1, 0) - 1900 * 31_556_952_000])('are not believed of a server whose clock says %s', async (now) => {
    const world = createEngineWorld({ now: () => now });
    const { engine: { sessions, status, preferences } } = await world.open({ options: { preferences: yjsPreferences() } });
    await world.drive(preferences?.set('daily_goal', 3) ?? expect.fail());
    await world.run(60_000);
    expect(await world.drive(sessions.record(world.session(60, 25)))).toMatchObject({ state: 'queued' });
    await world.run(60_000);
    expect(status.current).toMatchObject({ last_sync: expect.stringMatching(/^2026-/) as unknown, local: { clock_skew_ms: null } });
  });
});

it('a list is refused where nothing could be found, with every fault named', async () => {
  const world = createEngineWorld();
  const { engine: { sessions } } = await world.open();
  const bad = { from: '2026-01-05', to: Number.NaN, states: 'queued', limit: 0 } as never;
  const paths = ['from', 'to', 'states', 'limit'].map((path) => expect.objectContaining({ path }));
  await expect(world.drive(sessions.list(bad))).rejects.toMatchObject({ code: 'invalid_input', details: paths });
});

describe('options without types', () => {
  const good = { user: 'u', device: { type: 'web_timer', version: '1' }, server: { url: 'http://server.test', token: () => null } };
  const all = ['user', 'device.version', 'device.type', 'server.url', 'server.token'];

  it.each<[bad: unknown, paths: readonly string[]]>([
    [undefined, all], [null, all], [{}, all], ['x', all],
    [{ ...good, device: undefined }, ['device.version', 'device.type']],
    [{ ...good, server: null }, ['server.url', 'server.token']],
    [{ ...good, server: { url: good.server.url, token: 'eyJ' } }, ['server.token']],
    [{ ...good, device: { ...good.device, id: 7, name: null } }, ['device.name', 'device.id']],
    [{ ...good, server: { ...good.server, appIdentifier: null } }, ['server.appIdentifier']],
    [{ ...good, preferences: 'yes', annotations: true }, ['preferences', 'annotations']],
  ])('%j are refused with every fault named', async (bad, paths) => {
    const refused = { name: 'EngineError', code: 'invalid_input', details: paths.map((path) => expect.objectContaining({ path })) };
    await expect(createSyncEngine(bad as SyncEngineOptions)).rejects.toMatchObject(refused);
    await expect(drainInBackground(bad as DrainOptions)).rejects.toMatchObject(refused);
  });
});

describe('an edit of a note over handles that die', () => {
  it.each([true, false])('edits once what was typed once, and is one operation (first committed: %s)', async (committed) => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine: { sessions } } = await world.open({ options: { annotations: yjsAnnotations() } });
    const { id } = await world.drive(sessions.record(world.session(60, 25, { note: 'read' })));
    world.device.disk.fault = ({ kind }) => (kind === 'update' ? { kind: 'rerun', committed } : undefined);
    await world.drive(sessions.annotate(id, { note: 'read on', seen: { note: 'read', tags: [] } }));
    expect(await world.drive(sessions.get(id))).toMatchObject({ note: 'read on' });
    await world.drive(sessions.amend(id, { note: 'read on and on', category: 'study' }));
    expect(await world.drive(sessions.get(id))).toMatchObject({ note: 'read on and on', category: 'study' });
    expect(world.device.disk.rows(world.device.disk.names()[0] ?? '', 'operations')).toHaveLength(3);
  });

  it('that was stored although it was said to be refused, and is asked for again, is there once', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine: { sessions } } = await world.open({ options: { annotations: yjsAnnotations() } });
    const { id } = await world.drive(sessions.record(world.session(60, 25, { note: 'teh end' })));
    const again = () => world.drive(sessions.annotate(id, { note: 'the end', tags: ['done'], seen: { note: 'teh end', tags: [] } }));
    await again();
    expect(await again()).toMatchObject({ note: 'the end', tags: ['done'] });
  });
});

describe('a token', () => {
  it.each(['eyJ.secret\n.part', 'eyJ.secret\0', 'eyJ.secret…', ''])('[S-01] that no header takes is none, and nothing of it is shown or stored: %j', async (token) => {
    const world = createEngineWorld();
    const page = world.page();
    const send: Transport['send'] = async (request, signal) => {
      try {
        void new Headers(request.headers);
      } catch (error) {
        return { ok: false, failure: 'network', message: String(error) };
      }
      return page.ports.transport.send(request, signal);
    };
    const options = { user: 'user-1', device: { type: 'web_timer', version: '1' }, server: { url: 'http://server.test', token: () => token } };
    const engine = await world.drive(openEngine(options, { ...page.ports, transport: { send } }));
    expect(await world.drive(engine.sync())).toMatchObject({ reason: 'auth_required' });
    const { disk } = world.device;
    expect(JSON.stringify(disk.names().map((name) => disk.rows(name, 'meta')))).not.toContain('secret');
    expect(JSON.stringify(engine.status.current)).not.toContain('secret');
  });

  it('is taken with the end of the line that it was read from', async () => {
    const world = createEngineWorld({ userOf: (token) => (token.trim() === 'good' ? 'user-1' : null) });
    const { engine } = await world.open({ token: () => 'good\n' });
    expect(await world.drive(engine.sync())).toMatchObject({ ok: true });
  });
});
