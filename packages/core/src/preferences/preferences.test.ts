import { describe, expect, it } from 'vitest';
import type { PreferencesApi } from '../api-preferences.ts';
import { yjsPreferences } from '../preferences.ts';
import { createEngineWorld, type EngineWorld, type OpenOptions } from '../testing/engine-world.ts';

async function open(world: EngineWorld, options: OpenOptions = {}) {
  const opened = await world.open({ ...options, options: { preferences: yjsPreferences(), ...options.options } });
  return { ...opened, preferences: opened.engine.preferences as PreferencesApi };
}

const puts = (world: EngineWorld): unknown[] =>
  world.server.requests.filter(({ method }) => method === 'PUT').map(({ body }) => JSON.parse(body ?? ''));

describe('preferences on one device', () => {
  it('[A15] are durable when set() resolves, with who, when and that they wait', async () => {
    const world = createEngineWorld();
    const first = await open(world);
    await world.run(5000);
    world.isOffline = true;
    const setAt = world.scheduler.now;
    await world.drive(first.preferences.set('theme_preference', 'dark'));
    first.page.kill();
    const { engine, preferences } = await open(world);
    expect(preferences.current.values).toEqual({ theme_preference: 'dark' });
    const detail = preferences.current.details.theme_preference;
    expect(detail).toMatchObject({ deviceId: engine.deviceId, pending: true, parked: null });
    expect(detail?.at).toBeGreaterThanOrEqual(setAt);
    expect(engine.status.current.sync_status).toBe('delayed');
    expect(engine.status.current.recommendations.at(-1)).toBe('Preferences have changes waiting to sync');
  });

  it.each(['put', 'damage'] as const)('[A12] [A18] that wait are sent, and the next is set beside them, though the row that tells of them cannot be read (%s)', async (how) => {
    const world = createEngineWorld();
    world.isOffline = true;
    const first = await open(world);
    await world.drive(first.preferences.set('theme_preference', 'dark'));
    first.page.kill();
    const data = world.device.disk.data(world.device.disk.names()[0] ?? '');
    if (how === 'put') data.commit([{ kind: 'put', table: 'meta', key: 'preferences', value: 'rubbish' }], 'strict');
    else data.damage('meta', 'preferences');
    const { engine, preferences } = await open(world);
    expect(preferences.current.values).toEqual({ theme_preference: 'dark' });
    await world.run(100);
    expect(engine.status.current.local.closing).toEqual({ word: 'sent_later', sessions: 0, others: true });
    await world.drive(preferences.set('daily_goal', 5));
    world.isOffline = false;
    await world.run(400_000);
    expect(Object.fromEntries(world.server.preferences())).toEqual({ theme_preference: 'dark', daily_goal: 5 });
  });

  it.each([{ tries: 'rubbish' }, { wait: { from: 0, until: 'rubbish' } }, { sent: null }, { parked: 7 }])('[A12] [A18] that wait are sent though a word beside the value is damaged: %j', async (junk) => {
    const world = createEngineWorld();
    world.isOffline = true;
    const first = await open(world);
    await world.drive(first.preferences.set({ theme_preference: 'dark', daily_goal: 5 }));
    first.page.kill();
    const data = world.device.disk.data(world.device.disk.names()[0] ?? '');
    const [row] = data.rows('documents');
    const value = row?.value as { readonly state: { readonly edits: readonly object[] } };
    const [edit, ...others] = value.state.edits;
    data.commit([{ kind: 'put', table: 'documents', key: 'preferences', value: { ...value, state: { ...value.state, edits: [{ ...edit, ...junk }, ...others] } } }], 'strict');
    const { preferences } = await open(world);
    expect(preferences.current.values).toEqual({ theme_preference: 'dark', daily_goal: 5 });
    world.isOffline = false;
    await world.run(400_000);
    expect(Object.fromEntries(world.server.preferences())).toEqual({ theme_preference: 'dark', daily_goal: 5 });
    expect(preferences.current.pending).toBe(false);
  });

  it('[A07] are stored although the handle was taken away while they were written', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { preferences, page } = await open(world);
    const [name = ''] = world.device.disk.names();
    for (const [at, committed] of [[5, false], [6, true]] as const) {
      world.device.disk.failNext('update', { kind: 'rerun', committed });
      const set = preferences.set('daily_goal', at);
      world.device.disk.interrupt(name, 'version_change');
      await world.drive(set);
    }
    page.kill();
    expect((await open(world)).preferences.get('daily_goal')).toBe(6);
  });

  it.each([
    [{ daily_goal: 21 }, ['daily_goal']],
    [{ daily_goal: 0, focus_mode: 'harsh', theme_preference: 'dark' }, ['daily_goal', 'focus_mode']],
    [{ volume: 11 }, ['volume']],
    [new Map([['daily_goal', 5]]), ['']],
    [JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 1, "prototype": 2}'), ['__proto__', 'constructor', 'prototype']],
  ])('[S-21] refuse %j, name every faulty field and store nothing', async (changes, paths) => {
    const world = createEngineWorld();
    const { preferences } = await open(world);
    const fault: unknown = await world.drive(preferences.set(changes as never)).catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: 'EngineError', code: 'invalid_input' });
    expect((fault as { details: { path: string }[] }).details.map(({ path }) => path)).toEqual(paths);
    expect(preferences.current).toEqual({ values: {}, details: {}, pending: false, lost: [] });
    expect('polluted' in {}).toBe(false);
  });

  it('[A22] ten thousand edits leave a store under 64 kB', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { preferences, page } = await open(world);
    let last: Promise<unknown> = Promise.resolve();
    for (let i = 0; i < 10_000; i += 1) last = preferences.set({ daily_goal: 1 + (i % 20), default_duration: 5 + (i % 100), short_break_duration: 1 + (i % 30) });
    await world.drive(last);
    const [name = ''] = world.device.disk.names();
    const rows = world.device.disk.data(name).read([{ table: 'documents' }, { table: 'meta' }, { table: 'operations' }]);
    expect(JSON.stringify(rows).length).toBeLessThan(65_536);
    page.kill();
    const again = await open(world);
    expect(again.preferences.get('default_duration')).toBe(5 + (9999 % 100));
  }, 60_000);

  it('show in other tabs of the device, which take turns', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const [a, b] = [await open(world), await open(world)];
    await world.drive(a.preferences.set('theme_preference', 'dark'));
    await world.run(100);
    expect(b.preferences.get('theme_preference')).toBe('dark');
    await world.drive(Promise.all([a.preferences.set('daily_goal', 4), b.preferences.set({ focus_mode: 'strict', theme_preference: 'light' })]));
    await world.run(100);
    expect(a.preferences.current).toEqual(b.preferences.current);
    expect(a.preferences.current.values).toEqual({ daily_goal: 4, focus_mode: 'strict', theme_preference: 'light' });
    expect(a.preferences.current.lost).toEqual([]);
  });
});

describe('preferences over the documented calls', () => {
  it('send the smallest partial update, and what cannot be read back stands', async () => {
    const world = createEngineWorld();
    world.server.preferences().set('daily_goal', 8).set('theme_preference', 'light');
    const { engine, preferences } = await open(world);
    await world.run(5000);
    expect(preferences.current.values).toEqual({ daily_goal: 8, theme_preference: 'light' });
    await world.drive(preferences.set({ daily_goal: 8, theme_preference: 'dark', focus_mode: 'strict' }));
    await world.run(5000);
    expect(puts(world)).toEqual([{ theme_preference: 'dark', focus_mode: 'strict' }]);
    expect(preferences.current.pending).toBe(false);
    await world.run(120_000);
    expect(preferences.get('focus_mode')).toBe('strict');
    expect(puts(world)).toHaveLength(1);
    expect(engine.status.current.recommendations.at(-1)).toBe('All preferences are up to date across devices');
  });

  it('merge name by name; of two changes of one name ours holds everywhere and theirs is in the journal, to be restored by one call', async () => {
    const world = createEngineWorld();
    world.server.preferences().set('daily_goal', 8).set('theme_preference', 'light').set('timezone', 'Etc/UTC');
    const { preferences } = await open(world);
    await world.run(5000);
    world.isOffline = true;
    await world.drive(preferences.set({ theme_preference: 'dark', daily_goal: 5 }));
    world.server.preferences().set('theme_preference', 'auto').set('timezone', 'Europe/Berlin');
    world.isOffline = false;
    await world.run(400_000);
    expect(preferences.current.values).toEqual({ daily_goal: 5, theme_preference: 'dark', timezone: 'Europe/Berlin' });
    expect(world.server.preferences().get('theme_preference')).toBe('dark');
    expect(preferences.current.lost).toMatchObject([{ name: 'theme_preference', value: 'auto', deviceId: null }]);
    await world.drive(preferences.restore(preferences.current.lost[0]?.id ?? ''));
    await world.run(5000);
    expect(world.server.preferences().get('theme_preference')).toBe('auto');
    expect(preferences.current).toMatchObject({ pending: false, lost: [] });
  });

  it('an answer that was lost is neither a conflict nor sent twice', async () => {
    const world = createEngineWorld();
    const { preferences } = await open(world);
    await world.run(5000);
    let isLost = true;
    world.server.onStored = () => (isLost ? { status: 502, headers: {}, body: '' } : undefined);
    await world.drive(preferences.set('theme_preference', 'dark'));
    await world.run(30);
    await world.drive(preferences.set('theme_preference', 'auto'));
    isLost = false;
    await world.run(400_000);
    expect(world.server.preferences().get('theme_preference')).toBe('auto');
    expect(preferences.current).toMatchObject({ pending: false, lost: [] });
  });

  it('[B01] what a frozen leader asked before it was replaced changes nothing when it hears the answer', async () => {
    const world = createEngineWorld();
    const [a, b] = [await open(world), await open(world)];
    await world.run(5000);
    await world.drive(a.preferences.set('daily_goal', 3));
    await world.run(60_000);
    await world.drive(a.preferences.set('focus_mode', 'strict'));
    const asks = (): number => world.server.requests.filter(({ path }) => path === '/api/user/data').length;
    for (const before = asks(); asks() === before; ) await world.run(1);
    a.page.freeze(true);
    await world.run(30_000);
    await world.drive(b.preferences.set('daily_goal', 7));
    await world.run(30_000);
    expect(world.server.preferences().get('daily_goal')).toBe(7);
    world.isOffline = true;
    // The same as long ago: to the old answer it looks delivered.
    await world.drive(b.preferences.set('daily_goal', 3));
    a.page.thaw();
    await world.run(1000);
    world.isOffline = false;
    await world.run(400_000);
    expect(world.server.preferences().get('daily_goal')).toBe(3);
    for (const { preferences } of [a, b]) expect(preferences.current).toMatchObject({ values: { daily_goal: 3 }, pending: false, lost: [] });
  });

  it('a refused one is parked and shown, the others go on; it can be retried or given up', async () => {
    const world = createEngineWorld();
    const { engine, preferences } = await open(world);
    await world.run(5000);
    world.server.intercept = (request) => {
      if (request.method !== 'PUT' || !request.body?.includes('Berlin')) return undefined;
      return world.server.json(400, { error: 'Unknown time zone', code: 'invalid_request' });
    };
    await world.drive(preferences.set({ timezone: 'Europe/Berlin', daily_goal: 3, focus_mode: 'relaxed' }));
    await world.run(20_000);
    expect(Object.fromEntries(world.server.preferences())).toEqual({ daily_goal: 3, focus_mode: 'relaxed' });
    expect(preferences.current.details.timezone).toMatchObject({ pending: true, parked: { code: 'invalid_request', message: 'Unknown time zone' } });
    expect(engine.status.current.recommendations).toContain('A preferences change was not accepted (timezone: Unknown time zone) - review needed');
    world.server.intercept = null;
    await world.drive(preferences.retry('timezone'));
    await world.run(5000);
    expect(world.server.preferences().get('timezone')).toBe('Europe/Berlin');
    await expect(world.drive(preferences.discard('timezone'))).rejects.toMatchObject({ code: 'not_parked' });
  });

  it('[C13] one that the server fails at again and again is parked, with nothing else to send, while it reads well', async () => {
    const world = createEngineWorld();
    const { preferences } = await open(world);
    await world.run(5000);
    world.server.intercept = ({ method }) => (method === 'PUT' ? world.server.json(500, { error: 'Broken' }) : undefined);
    await world.drive(preferences.set('daily_goal', 3));
    await world.run(2 * 3_600_000);
    expect(puts(world)).toHaveLength(8);
    expect(preferences.current.details.daily_goal).toMatchObject({ pending: true, parked: { code: 'server_fault', message: 'Broken' } });
  });

  it('one that waits after a fault is sent when a person asks for it', async () => {
    const world = createEngineWorld();
    const { engine, preferences } = await open(world);
    await world.run(5000);
    world.server.intercept = ({ method }) => (method === 'PUT' ? world.server.json(500, { error: 'Broken' }) : undefined);
    await world.drive(preferences.set('daily_goal', 3));
    await world.run(20_000);
    world.server.intercept = null;
    const tried = puts(world).length;
    expect(await world.drive(engine.sync())).toMatchObject({ ok: true, reason: 'done' });
    expect(puts(world)).toHaveLength(tried + 1);
    expect(preferences.current.pending).toBe(false);
  });

  it('one that is parked takes the place of nothing that is set elsewhere', async () => {
    const world = createEngineWorld();
    world.server.preferences().set('timezone', 'Etc/UTC');
    const { preferences } = await open(world);
    await world.run(5000);
    world.server.intercept = ({ method }) => (method === 'PUT' ? world.server.json(400, { error: 'No', code: 'invalid_request' }) : undefined);
    await world.drive(preferences.set('timezone', 'Europe/Berlin'));
    await world.run(20_000);
    world.server.preferences().set('timezone', 'Europe/Paris');
    await world.run(2_000_000);
    expect(preferences.current.lost).toEqual([]);
    world.server.intercept = null;
    await world.drive(preferences.retry('timezone'));
    await world.run(20_000);
    expect(world.server.preferences().get('timezone')).toBe('Europe/Berlin');
    expect(preferences.current.lost).toMatchObject([{ name: 'timezone', value: 'Europe/Paris' }]);
  });

  it('never hold up sessions, whatever the server does to them', async () => {
    const world = createEngineWorld();
    world.server.intercept = (request) => (request.path.startsWith('/api/user/') ? world.server.json(500, { error: 'Broken' }) : undefined);
    const { engine, preferences } = await open(world);
    await world.drive(preferences.set('daily_goal', 3));
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(30_000);
    expect(world.server.records().size).toBe(1);
    expect(preferences.current.pending).toBe(true);
  });
});
