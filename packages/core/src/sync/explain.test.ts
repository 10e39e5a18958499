import { describe, expect, it } from 'vitest';
import { yjsPreferences } from '../preferences.ts';
import { createEngineWorld } from '../testing/engine-world.ts';
import { explainStatus } from './explain.ts';
import { EXPLAINED_CASES } from './explain-cases.test-support.ts';

describe('an explanation', () => {
  it('is there for every word that is shown, once, and none is unknown', () => {
    for (const one of EXPLAINED_CASES) {
      const found = explainStatus(one);
      const { devices = [], sync_status: overall, local } = one.status;
      expect(found.map(({ of, state }) => `${of} ${state}`)).toEqual([
        `sync_status ${overall}`, ...devices.map((row) => `device ${row.sync_status}`), `connection ${local.connection}`, `phase ${local.phase}`, `closing ${local.closing.word}`,
        ...local.problems.map((code) => `problem ${code}`), ...one.input.conflicts.map(({ certainty }) => `conflicts ${certainty}`),
      ]);
      expect(found.filter(({ cause }) => cause === 'not_known')).toEqual([]);
    }
  });

  it('of a problem with a code of a later release says that it is not known', () => {
    const [first] = EXPLAINED_CASES;
    if (first === undefined) throw new Error('no case');
    const later = { ...first, status: { ...first.status, local: { ...first.status.local, problems: ['of_the_future'] } } };
    expect(explainStatus(later).at(-1)).toMatchObject({ of: 'problem', state: 'of_the_future', cause: 'not_known', action: 'ask_support' });
  });
});

describe('engine.explain()', () => {
  it('says what is wrong, how much, since when, and what helps; and that it is over', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.run(5000);
    world.isOffline = true;
    const at = world.scheduler.now;
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(20_000);
    const find = (of: string) => engine.explain().find((one) => one.of === of);
    expect(find('sync_status')).toMatchObject({ state: 'delayed', cause: 'sessions_waiting', value: 1, threshold: 1, action: 'sync' });
    expect(find('device')).toMatchObject({ deviceId: engine.deviceId, state: 'pending', value: 1, since: at, action: 'sync' });
    expect(find('connection')).toMatchObject({ state: 'unreachable', cause: 'network', action: 'sync' });
    expect(find('connection')?.since).toBeGreaterThanOrEqual(at);
    expect(find('phase')).toMatchObject({ state: 'backing_off', cause: 'network', unit: 'ms' });
    world.isOffline = false;
    await world.run(400_000);
    expect(find('sync_status')).toMatchObject({ state: 'healthy', cause: 'all_delivered', action: 'none' });
    expect(find('connection')).toMatchObject({ state: 'online', cause: 'answered' });
    expect(find('phase')).toMatchObject({ state: 'idle', cause: 'nothing_to_do', action: 'none' });
  });

  it('says since when there are conflicts, of each of their words', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    world.isOffline = true;
    const since = (): readonly (number | null)[] => engine.explain().flatMap((one) => (one.of === 'conflicts' ? [one.since] : []));
    expect(since()).toEqual([]);
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.drive(engine.sessions.record(world.session(50, 25)));
    const at = world.scheduler.now;
    await world.run(3_600_000);
    expect(since()).toEqual([at]);
  });

  it('of rows that cannot be read counts those, and not what the server refused', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    world.server.intercept = ({ path }) => (path === '/api/pomodoro/submit' ? world.server.json(400, { error: 'no', code: 'invalid_request' }) : undefined);
    for (const minutes of [300, 200]) await world.drive(engine.sessions.record(world.session(minutes, 25)));
    await world.run(5000);
    page.kill();
    world.device.disk.data(world.device.disk.names()[0] ?? '').commit([{ kind: 'put', table: 'settlements', key: 'one', value: 7 }], 'strict');
    const again = await world.open();
    expect(again.engine.status.current.local).toMatchObject({ parked: 2, problems: ['damaged_rows'] });
    expect(again.engine.explain().find(({ of }) => of === 'problem')).toMatchObject({ state: 'damaged_rows', cause: 'unreadable', value: 1, threshold: 1 });
  });

  it.each(['later_release', 'constructor', '__proto__'])('of a problem that is not known here says so: %s', async (code) => {
    const world = createEngineWorld();
    world.isOffline = true;
    const first = await world.open();
    await world.run(5000);
    first.page.kill();
    const [name = ''] = world.device.disk.names();
    const row = world.device.disk.rows(name, 'meta').find(({ key }) => key === 'sync')?.value as object;
    world.device.disk.data(name).commit([{ kind: 'put', table: 'meta', key: 'sync', value: { ...row, problems: [code] } }], 'strict');
    const { engine } = await world.open();
    expect(engine.explain().filter(({ of }) => of === 'problem')).toEqual([
      { of: 'problem', deviceId: null, state: code, cause: 'not_known', value: null, threshold: null, unit: 'count', since: expect.any(Number) as number, action: 'ask_support' },
    ]);
  });

  it('says that only refused preferences wait, until there is something else', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open({ options: { preferences: yjsPreferences() } });
    world.server.intercept = ({ method }) => (method === 'PUT' ? world.server.json(400, { error: 'no', code: 'invalid_request' }) : undefined);
    await world.drive(engine.preferences?.set('daily_goal', 8) ?? Promise.reject());
    await world.run(100_000);
    const phase = () => engine.explain().find(({ of }) => of === 'phase');
    expect(phase()).toMatchObject({ state: 'idle', cause: 'parked', value: 1, threshold: 1, action: 'retry_parked' });
    page.lifecycle.emit('offline');
    await world.drive(engine.preferences?.set('theme_preference', 'dark') ?? Promise.reject());
    expect(phase()).toMatchObject({ state: 'idle', cause: 'waiting', action: 'sync' });
  });

  it('says that something waits where only preferences do', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open({ options: { preferences: yjsPreferences() } });
    await world.run(5000);
    page.lifecycle.emit('offline');
    await world.drive(engine.preferences?.set('daily_goal', 8) ?? Promise.reject());
    const found = engine.explain().filter(({ of }) => of === 'phase' || of === 'closing');
    expect(found).toMatchObject([
      { of: 'phase', state: 'idle', cause: 'waiting', value: 1, threshold: 1, action: 'sync' }, { of: 'closing', state: 'sent_later', cause: 'unsent', value: 1, action: 'sync' },
    ]);
  });
});
