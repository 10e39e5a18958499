import { describe, expect, it } from 'vitest';
import type { SyncOutcome } from '../api.ts';
import { createPageLocks } from '../adapters/page-locks.ts';
import type { Locks } from '../ports.ts';
import { yjsPreferences } from '../preferences.ts';
import { createEngineWorld, type EngineWorld } from '../testing/engine-world.ts';
import { drainInBackground, type DrainOptions } from './drain.ts';

const device = { type: 'web_timer', version: 'web-2.1.0' };

/** What a `sync` event does on that device, in a worker of its own. */
function wake(world: EngineWorld, more: Partial<DrainOptions> = {}): Promise<SyncOutcome> {
  return world.drive(begin(world, more));
}

/** @param locks in place of those that all pages and workers share. */
function begin(world: EngineWorld, more: Partial<DrainOptions> = {}, locks?: Locks): Promise<SyncOutcome> {
  const page = world.page();
  // Markers are kept in localStorage, which no worker has.
  const { stores } = page.ports;
  const ports = {
    ...page.ports, locks: locks ?? page.ports.locks,
    stores: { open: stores.open.bind(stores), openVolatile: stores.openVolatile.bind(stores), remove: stores.remove.bind(stores), readMarker: () => null, writeMarker: () => undefined },
  };
  return drainInBackground({ user: 'user-1', device, server: { url: 'http://server.test', token: () => 'token' }, ports, ...more });
}

/** A page that recorded sessions offline and is gone. */
async function leftBehind(world: EngineWorld, sessions: number, user = 'user-1'): Promise<string> {
  world.isOffline = true;
  const { engine, page } = await world.open({ user });
  for (let i = 0; i < sessions; i += 1) await world.drive(engine.sessions.record(world.session(3000 - i * 30, 25)));
  await world.run(60_000);
  page.kill();
  world.isOffline = false;
  return engine.deviceId;
}

const submits = (world: EngineWorld): number => world.server.requests.filter(({ path }) => path === '/api/pomodoro/submit').length;

describe('a drain in the background', () => {
  it('[B06] sends what the last tab left, once, and the next tab finds nothing to send', async () => {
    const world = createEngineWorld();
    const deviceId = await leftBehind(world, 3);
    expect(await wake(world)).toMatchObject({ ok: true, sent: 3, pending: 0, reason: 'done' });
    expect(world.server.records().size).toBe(3);
    expect(submits(world)).toBe(3);
    const { engine } = await world.open();
    await world.run(10_000);
    expect(engine.deviceId).toBe(deviceId);
    expect(engine.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { unsynced_sessions: 0, total_sessions: 3 }, local: { problems: [] } });
    expect(submits(world)).toBe(3);
  });

  it('with nothing to send asks nobody', async () => {
    const world = createEngineWorld();
    await leftBehind(world, 1);
    await wake(world);
    const asked = world.server.requests.length;
    expect(await wake(world)).toEqual({ ok: true, sent: 0, pending: 0, reason: 'done' });
    await world.run(1000);
    expect(world.server.requests).toHaveLength(asked);
  });

  it('[B06] that finds no server rejects, so that the browser tries again, and what waits still waits', async () => {
    const world = createEngineWorld();
    await leftBehind(world, 2);
    world.isOffline = true;
    await expect(wake(world)).rejects.toMatchObject({ name: 'EngineError', code: 'unsent', retry: 'later' });
    world.isOffline = false;
    expect(await wake(world)).toMatchObject({ ok: true, sent: 2 });
    expect(world.server.records().size).toBe(2);
  });

  it('[B06] that could not send a preference rejects, too; one that was refused waits for a person', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const preferences = yjsPreferences();
    const { engine, page } = await world.open({ options: { preferences } });
    await world.drive(engine.preferences?.set('daily_goal', 3) ?? expect.fail());
    page.kill();
    world.isOffline = false;
    world.server.intercept = ({ method }) => (method === 'PUT' ? world.server.json(500, { error: 'Broken' }) : undefined);
    await expect(wake(world, { preferences, limitMs: 20_000 })).rejects.toMatchObject({ code: 'unsent' });
    world.server.intercept = ({ method }) => (method === 'PUT' ? world.server.json(400, { error: 'No' }) : undefined);
    await world.run(600_000);
    expect(await wake(world, { preferences })).toEqual({ ok: false, sent: 0, pending: 0, reason: 'parked' });
  });

  it('on its last chance tells what is left instead: no other try would follow', async () => {
    const world = createEngineWorld();
    await leftBehind(world, 2);
    world.isOffline = true;
    expect(await wake(world, { lastChance: true })).toMatchObject({ ok: false, sent: 0, pending: 2, reason: 'unreachable' });
  });

  it.each([0, 400])('does not wait for the end of a pause that a page without a network came to, with a disk that takes %s ms', async (latency) => {
    const world = createEngineWorld({}, { latencyMs: () => latency });
    world.isOffline = true;
    const { engine, page } = await world.open();
    await world.drive(engine.sessions.record(world.session(60, 25)));
    while (Date.parse(engine.status.current.local.next_attempt_at ?? '') - world.scheduler.now < 180_000 || engine.status.current.local.next_attempt_at === null) await world.run(1000);
    page.kill();
    world.isOffline = false;
    const begun = world.scheduler.now;
    expect(await wake(world)).toMatchObject({ ok: true, sent: 1 });
    expect(world.scheduler.now - begun).toBeLessThan(60_000);
  });

  it('waits out a short pause that the server asks for, and a long one not', async () => {
    const world = createEngineWorld();
    await leftBehind(world, 1);
    let seconds = 20;
    let refusals = 1;
    world.server.intercept = ({ path }) => {
      if (path !== '/api/pomodoro/submit' || (refusals -= 1) < 0) return undefined;
      return world.server.json(503, { error: 'busy', code: 'unavailable' }, { 'retry-after': String(seconds) });
    };
    expect(await wake(world)).toMatchObject({ ok: true, sent: 1 });
    await leftBehind(world, 1);
    [seconds, refusals] = [600, 1];
    const begun = world.scheduler.now;
    await expect(wake(world)).rejects.toMatchObject({ code: 'unsent' });
    expect(world.scheduler.now - begun).toBeLessThan(10_000);
  });

  it('gives up when its time is over, whatever hangs', async () => {
    const world = createEngineWorld();
    await leftBehind(world, 1);
    const begun = world.scheduler.now;
    const token = (): Promise<string> => new Promise(() => undefined);
    await expect(wake(world, { limitMs: 5000, server: { url: 'http://server.test', token } })).rejects.toMatchObject({ code: 'unsent', details: [{ path: 'closed' }] });
    expect(world.scheduler.now - begun).toBeLessThan(6000);
  });

  it.each(['open', 'read'] as const)('gives up when its time is over, also where the store does not answer one %s, and leaves all to the next one', async (kind) => {
    const world = createEngineWorld();
    await leftBehind(world, 1);
    for (const [answered, limitMs] of [[0, 1000], [0, 20_000], [1, 1000]] as const) {
      let asked = 0;
      world.device.disk.fault = (operation) => (operation.kind === kind && (asked += 1) > answered ? { kind: 'hang' } : undefined);
      const begun = world.scheduler.now;
      await expect(wake(world, { limitMs })).rejects.toMatchObject({ name: 'EngineError', code: 'storage_unavailable' });
      expect(world.scheduler.now - begun).toBeLessThanOrEqual(limitMs);
    }
    world.device.disk.fault = null;
    expect(await wake(world)).toMatchObject({ ok: true, sent: 1 });
  });

  it.each([999, 170_001, Number.NaN])('refuses a limit of %s ms', async (limitMs) => {
    await expect(wake(createEngineWorld(), { limitMs })).rejects.toMatchObject({ code: 'invalid_input', details: [{ path: 'limitMs' }] });
  });

  it('leaves to a person what only a person can do: nobody is signed in, the server refused', async () => {
    const world = createEngineWorld();
    await leftBehind(world, 1);
    expect(await wake(world, { server: { url: 'http://server.test', token: () => null } })).toMatchObject({ ok: false, sent: 0, pending: 1, reason: 'auth_required' });
    world.server.intercept = ({ path }) => (path === '/api/pomodoro/submit' ? world.server.json(400, { error: 'no', code: 'invalid_request' }) : undefined);
    expect(await wake(world)).toMatchObject({ ok: false, pending: 1, reason: 'parked' });
  });

  it('[B06] asks a tab that leads to send, takes nothing from it, and nothing goes twice', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.run(1000);
    world.isOffline = true;
    for (let i = 0; i < 3; i += 1) await world.drive(engine.sessions.record(world.session(3000 - i * 30, 25)));
    await world.run(120_000);
    world.isOffline = false;
    expect(await wake(world)).toMatchObject({ ok: true, sent: 3, pending: 0 });
    expect(engine.status.current.local.leader).toBe(true);
    expect(submits(world)).toBe(3);
    expect(world.server.records().size).toBe(3);
  });

  it('steals from nobody: a leader that does not answer keeps its lock, and the browser is asked to try again', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    await world.run(1000);
    world.isOffline = true;
    await world.drive(engine.sessions.record(world.session(60, 25)));
    world.isOffline = false;
    page.freeze(true);
    await expect(wake(world)).rejects.toMatchObject({ code: 'unsent', details: [{ path: 'other_tab' }] });
    expect(submits(world)).toBe(0);
    page.thaw();
    await world.run(60_000);
    expect(engine.status.current.local).toMatchObject({ leader: true, closing: { word: 'all_sent' } });
    expect(world.server.records().size).toBe(1);
  });

  it('[B06] does not take over from another one for ever where locks hold within one page only', async () => {
    const world = createEngineWorld();
    await leftBehind(world, 3);
    await world.drive(Promise.allSettled([begin(world, {}, createPageLocks()), begin(world, {}, createPageLocks())]));
    expect(world.server.records().size).toBe(3);
    expect(world.server.requests.length).toBeLessThan(15);
  });

  it('[B06] for one account sends nothing of another', async () => {
    const world = createEngineWorld({ userOf: (token) => token });
    await leftBehind(world, 2, 'jane');
    await leftBehind(world, 1, 'amir');
    expect(await wake(world, { user: 'amir', server: { url: 'http://server.test', token: () => 'amir' } })).toMatchObject({ ok: true, sent: 1 });
    expect([world.server.records('amir').size, world.server.records('jane').size]).toEqual([1, 0]);
  });

  it('makes no store where there is none, so that its loss is still noticed', async () => {
    const world = createEngineWorld();
    const deviceId = await leftBehind(world, 2);
    world.device.disk.evict();
    expect(await wake(world)).toEqual({ ok: true, sent: 0, pending: 0, reason: 'done' });
    expect(world.server.requests.filter(({ path }) => path.startsWith('/api/sync'))).toEqual([]);
    const { engine } = await world.open();
    expect(engine.deviceId).toBe(deviceId);
    expect(engine.status.current.local).toMatchObject({ problems: ['possible_local_loss'], possibly_lost: 2 });
  });

  it('rejects when the store does not open, instead of doing without it', async () => {
    const world = createEngineWorld();
    await leftBehind(world, 1);
    world.device.disk.failNext('open', { kind: 'fail', code: 'unavailable' });
    await expect(wake(world)).rejects.toMatchObject({ name: 'EngineError', code: 'storage_unavailable' });
    let opened = 0;
    world.device.disk.fault = ({ kind }) => (kind === 'open' && (opened += 1) > 1 ? { kind: 'fail', code: 'unavailable' } : undefined);
    await expect(wake(world)).rejects.toMatchObject({ name: 'EngineError', code: 'storage_unavailable' });
  });
});
