import { describe, expect, it } from 'vitest';
import type { EngineStatus } from './api.ts';
import { createPageLocks } from './adapters/page-locks.ts';
import { createEngineWorld, type EngineWorld, type OpenedEngine } from './testing/engine-world.ts';

const withoutTab = ({ local, ...rest }: EngineStatus): unknown => ({ ...rest, local: { ...local, leader: null, version: null } });

/** Whether the leading tab answered a knock. */
function heard(world: EngineWorld): boolean {
  const [name = ''] = world.device.disk.names();
  return world.device.disk.rows(name, 'meta').some(({ key, value }) => key === 'leader' && (value as { heard: string | null }).heard !== null);
}

describe('two tabs of one device', () => {
  it('show the same within 100 ms, whichever records, and send once', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    expect([a, b].map(({ engine }) => engine.status.current.local.leader)).toEqual([true, false]);
    expect(a.engine.deviceId).toBe(b.engine.deviceId);
    world.isOffline = true;
    await world.drive(b.engine.sessions.record(world.session(60, 25)));
    await world.run(100);
    expect(a.engine.status.current.data_summary.unsynced_sessions).toBe(1);
    expect(withoutTab(a.engine.status.current)).toEqual(withoutTab(b.engine.status.current));
    world.isOffline = false;
    await world.run(30_000);
    expect(world.server.records().size).toBe(1);
    expect(withoutTab(a.engine.status.current)).toEqual(withoutTab(b.engine.status.current));
    expect(b.engine.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { unsynced_sessions: 0 } });
  });

  it('record at the same time without losing or repeating anything', async () => {
    const world = createEngineWorld();
    const tabs = [await world.open(), await world.open(), await world.open()];
    const all = Array.from({ length: 30 }, (_, i) => tabs[i % 3]?.engine.sessions.record(world.session(3000 - i * 30, 25)));
    const sessions = await world.drive(Promise.all(all));
    expect(new Set(sessions.map((session) => session?.id)).size).toBe(30);
    await world.run(60_000);
    expect(world.server.records().size).toBe(30);
    expect(world.server.requests.filter(({ path }) => path === '/api/pomodoro/submit')).toHaveLength(30);
    for (const { engine } of tabs) expect(engine.status.current.data_summary).toMatchObject({ unsynced_sessions: 0, total_sessions: 30 });
  });

  it('hand over at once when the leading one dies in the middle of a drain', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    const all = Array.from({ length: 12 }, (_, i) => a.engine.sessions.record(world.session(3000 - i * 30, 25)));
    await world.drive(Promise.all(all));
    await world.run(25);
    expect(world.server.records().size).toBeGreaterThan(0);
    expect(world.server.records().size).toBeLessThan(12);
    a.page.kill();
    await world.run(1000);
    expect(b.engine.status.current.local.leader).toBe(true);
    expect(world.server.records().size).toBe(12);
    expect(b.engine.status.current.data_summary).toMatchObject({ unsynced_sessions: 0, total_sessions: 12 });
  });

  it('replace a frozen leader within ten seconds, and its return changes nothing', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    a.page.freeze(true);
    await world.drive(b.engine.sessions.record(world.session(60, 25)));
    await world.run(10_000);
    expect(world.server.records().size).toBe(1);
    expect(b.engine.status.current.local.leader).toBe(true);
    a.page.thaw();
    await world.run(5000);
    expect(a.engine.status.current.local.leader).toBe(false);
    await world.drive(a.engine.sessions.record(world.session(30, 25)));
    await world.run(5000);
    expect(world.server.records().size).toBe(2);
    expect(withoutTab(a.engine.status.current)).toEqual(withoutTab(b.engine.status.current));
  });

  it('[B01] replace a frozen leader although more was recorded just before it was to be noticed', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    a.page.freeze(true);
    await world.drive(b.engine.sessions.record(world.session(60, 25)));
    await world.run(2500);
    await world.drive(b.engine.sessions.record(world.session(30, 25)));
    await world.run(15_000);
    expect(world.server.records().size).toBe(2);
    expect(b.engine.status.current.local.leader).toBe(true);
  });

  it('hand over when the leading one is told that it will be frozen', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    a.page.freeze();
    await world.run(500);
    await world.drive(b.engine.sessions.record(world.session(60, 25)));
    await world.run(10_000);
    expect(world.server.records().size).toBe(1);
    a.page.thaw();
    await world.run(1000);
    expect(b.engine.status.current.local.leader).toBe(true);
  });

  it('[B01] replace a frozen leader although the store refused the knock', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    a.page.freeze(true);
    world.device.disk.full = true;
    await world.run(200_000);
    world.device.disk.full = false;
    await world.run(10_000);
    expect(b.engine.status.current).toMatchObject({ sync_status: 'healthy', local: { leader: true } });
  });

  it('a sync asked for in the following one is done by the leading one', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    world.isOffline = true;
    await world.drive(b.engine.sessions.record(world.session(60, 25)));
    await world.run(60_000);
    world.isOffline = false;
    expect(await world.drive(b.engine.sync())).toMatchObject({ ok: true, sent: 1, pending: 0, reason: 'done' });
    expect(a.engine.status.current.local.leader).toBe(true);
  });

  it('a sync asked for while another one takes over says so', async () => {
    const world = createEngineWorld({}, { latencyMs: () => 5 });
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    const asked = a.engine.sync();
    for (const name of world.device.locks.heldNames()) world.device.locks.revoke(name);
    expect(await world.drive(asked)).toMatchObject({ ok: false, reason: 'other_tab' });
    while (!b.engine.status.current.local.leader) await world.run(5);
  });

  it('hear of each other even when no message arrives, as soon as somebody looks', async () => {
    const world = createEngineWorld();
    world.device.channels.policy = () => [];
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    await world.drive(a.engine.sessions.record(world.session(60, 25)));
    await world.run(2000);
    b.page.show();
    await world.run(1000);
    expect(b.engine.status.current.data_summary.total_sessions).toBe(1);
    await world.drive(b.engine.sessions.record(world.session(30, 25)));
    await world.run(20_000);
    expect(world.server.records().size).toBe(2);
  });

  it('[B05] show what one of them found when it was refused itself', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    world.device.channels.policy = () => [];
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    const list = b.engine.sessions.observe();
    list.subscribe(() => undefined);
    const { id } = await world.drive(a.engine.sessions.record(world.session(60, 25)));
    world.device.disk.full = true;
    await expect(world.drive(b.engine.sessions.record(world.session(30, 25)))).rejects.toMatchObject({ code: 'storage_full' });
    await world.run(100);
    expect(list.current.map((session) => session.id)).toEqual([id]);
    expect(b.engine.status.current).toMatchObject({ data_summary: { unsynced_sessions: 1 }, local: { problems: ['storage_full'] } });
  });

  it('[B08] a sync asked for in a hidden one ends in time where the leading one could not note the wish', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    await world.run(1000);
    b.page.hide();
    // It hears the knock, and what it writes next is refused.
    let refusals = 1;
    world.device.disk.fault = ({ kind, tab }) => (kind === 'update' && tab === a.page.tab && heard(world) && (refusals -= 1) >= 0 ? { kind: 'fail', code: 'unavailable' } : undefined);
    const asked = world.scheduler.now;
    expect(await world.drive(b.engine.sync())).toMatchObject({ reason: 'other_tab' });
    expect(world.scheduler.now - asked).toBeLessThan(180_000);
  });

  it('[S-28] ignore messages of the wrong shape', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    await world.run(1000);
    const stranger = world.page();
    const name = world.device.disk.names()[0] ?? '';
    const channel = stranger.ports.channels.open(name);
    const before = a.engine.status.current;
    for (const message of [null, 7, 'v', { v: '9' }, { v: Number.NaN }, { v: 1e9 }, []]) channel.post(message);
    await world.run(1000);
    expect(a.engine.status.current).toBe(before);
  });

  it('[D09] one that opens where sending has stopped takes over: it may be the newer app that the server asks for', async () => {
    const world = createEngineWorld();
    const old = await world.open();
    await world.run(1000);
    const isNewer = (headers: Readonly<Record<string, string>>): boolean => headers['X-App-Identifier'] === 'newer';
    world.server.intercept = ({ path, headers }) => (path === '/api/health' || isNewer(headers) ? undefined : world.server.json(426, { error: 'too old' }));
    await world.drive(old.engine.sessions.record(world.session(60, 25)));
    await world.run(5000);
    expect(old.engine.status.current.local).toMatchObject({ leader: true, problems: ['update_needed'] });
    const asked = world.server.requests.length;
    const newer = await world.open({ options: { server: { url: 'http://server.test', token: () => 'token', appIdentifier: 'newer' } } });
    await world.run(5000);
    expect(world.server.records().size).toBe(1);
    expect(newer.engine.status.current).toMatchObject({ sync_status: 'healthy', local: { leader: true, problems: [] } });
    expect(world.server.requests.slice(asked).filter(({ headers }) => !isNewer(headers) && 'Authorization' in headers)).toEqual([]);
    expect(withoutTab(old.engine.status.current)).toEqual(withoutTab(newer.engine.status.current));
  });

  it('one that may not send follows and records', async () => {
    const world = createEngineWorld();
    const a = await world.open({ options: { sync: false } });
    await world.drive(a.engine.sessions.record(world.session(60, 25)));
    await world.run(60_000);
    expect(world.server.requests).toEqual([]);
    expect(await world.drive(a.engine.sync())).toMatchObject({ ok: false, pending: 1, reason: 'other_tab' });
    await world.open();
    await world.run(5000);
    expect(a.engine.status.current.data_summary.unsynced_sessions).toBe(0);
  });
});

describe('two tabs where locks hold within one page only', () => {
  async function openTwo(): Promise<{ world: EngineWorld; a: OpenedEngine; b: OpenedEngine }> {
    const world = createEngineWorld();
    const a = await world.open({ locks: createPageLocks() });
    await world.run(5000);
    const b = await world.open({ locks: createPageLocks() });
    await world.run(5000);
    return { world, a, b };
  }

  it('do not take over from one another for ever', async () => {
    const { world, a, b } = await openTwo();
    expect([a, b].map(({ engine }) => engine.status.current.local.leader)).toEqual([false, true]);
    const asked = world.server.requests.length;
    await world.run(600_000);
    expect(world.server.requests.length - asked).toBeLessThan(15);
    await world.drive(a.engine.sessions.record(world.session(60, 25)));
    expect(await world.drive(a.engine.sync())).toMatchObject({ ok: true, pending: 0 });
    expect(b.engine.status.current.local.leader).toBe(true);
  });

  it('the one that followed leads when the other is gone', async () => {
    const { world, a, b } = await openTwo();
    b.page.kill();
    await world.drive(a.engine.sessions.record(world.session(60, 25)));
    await world.run(10_000);
    expect(a.engine.status.current).toMatchObject({ sync_status: 'healthy', local: { leader: true } });
    expect(world.server.records().size).toBe(1);
  });
});

describe('the status stream', () => {
  it('never goes back, never repeats itself, and outlives a listener that throws', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    const seen: EngineStatus[] = [];
    const faults: unknown[] = [];
    const hear = (error: unknown): void => void faults.push(error);
    process.on('unhandledRejection', hear);
    a.engine.status.subscribe(() => {
      throw new Error('a listener of the app');
    });
    a.engine.status.subscribe(() => seen.push(a.engine.status.current));
    for (let i = 0; i < 5; i += 1) await world.drive((i % 2 ? a : b).engine.sessions.record(world.session(600 - i * 30, 25)));
    await world.run(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', hear);
    expect(faults.length).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(5);
    for (let i = 1; i < seen.length; i += 1) {
      expect(seen[i]?.local.version).toBeGreaterThan(seen[i - 1]?.local.version ?? 0);
      expect({ ...seen[i], local: { ...seen[i]?.local, version: 0 } }).not.toEqual({ ...seen[i - 1], local: { ...seen[i - 1]?.local, version: 0 } });
    }
    for (const status of seen) if (status.data_summary.unsynced_sessions > 0) expect(status.sync_status).not.toBe('healthy');
  });

  it('ages by the clock alone, without a request', async () => {
    const world = createEngineWorld();
    const at = world.scheduler.now;
    world.server.devices.push({ deviceId: 'mac', deviceType: 'mac_app', version: '1', lastSeen: at - 3_500_000, sessionsPending: 0 });
    const { engine } = await world.open();
    await world.run(2000);
    expect(engine.status.current.devices?.find(({ device_id }) => device_id === 'mac')?.sync_status).toBe('up_to_date');
    world.isOffline = true;
    const asked = world.server.requests.length;
    await world.run(102_000);
    expect(engine.status.current.devices?.find(({ device_id }) => device_id === 'mac')?.sync_status).toBe('stale');
    expect(world.server.requests.length).toBe(asked);
  });

  it('[C09] does not go back to what a leader was told before it was frozen and replaced', async () => {
    const world = createEngineWorld();
    const mac = { deviceId: 'mac', deviceType: 'mac_app', version: '1', lastSeen: world.scheduler.now };
    world.server.devices.push({ ...mac, sessionsPending: 2 });
    const a = await world.open();
    const b = await world.open();
    await world.run(5000);
    void a.engine.sync();
    await world.run(5);
    a.page.freeze(true);
    await world.run(1000);
    world.server.devices[0] = { ...mac, sessionsPending: 0 };
    await world.run(240_000);
    a.page.thaw();
    await world.run(1000);
    for (const { engine } of [a, b]) expect(engine.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { unsynced_sessions: 0 } });
  });

  it('does not take over the failures of a leader that was frozen and replaced', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    await world.run(5000);
    a.page.transport.policy = () => ({ loseRequest: 'hang' });
    void a.engine.sync();
    await world.run(5);
    a.page.freeze(true);
    await world.run(240_000);
    a.page.thaw();
    await world.run(1000);
    for (const { engine } of [a, b]) expect(engine.status.current.local).toMatchObject({ connection: 'online', phase: 'idle', last_error: null });
  });

  it('does not go back to when a tab that led before last heard from the server', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    await world.run(5000);
    const b = await world.open();
    a.page.freeze();
    await world.run(3 * 3_600_000);
    a.page.thaw();
    const before = b.engine.status.current.last_sync;
    world.isOffline = true;
    b.page.kill();
    await world.run(60_000);
    expect(a.engine.status.current).toMatchObject({ sync_status: 'healthy', last_sync: before, local: { leader: true, connection: 'unreachable' } });
  });

  it('counts this device once on a server that knows no device ids', async () => {
    const world = createEngineWorld();
    world.server.devices.push({ deviceId: 'web-chrome', deviceType: 'web_timer', version: 'web-2.1.0', lastSeen: world.scheduler.now, sessionsPending: 3 });
    const { engine } = await world.open();
    await world.run(2000);
    expect(engine.status.current.total_devices).toBe(1);
    expect(engine.status.current.devices?.[0]).toMatchObject({ device_id: engine.deviceId, sessions_pending: 0 });
    expect(engine.status.current.local.device_id).toBe(engine.deviceId);
  });

  it('does not show an answer that contradicts itself', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.run(2000);
    world.server.intercept = (request) =>
      request.path.startsWith('/api/sync/status')
        ? world.server.json(200, {
            sync_status: 'healthy', last_sync: null, sync_lag: null, total_devices: 1, active_devices: 2, pending_syncs: 0, devices: [],
            data_summary: { total_sessions: 77, unsynced_sessions: 0, last_session: null, preferences_updated: null, conflicts_detected: 0 },
            recommendations: [],
          })
        : undefined;
    await world.run(70_000);
    expect(engine.status.current.local.problems).toEqual(['incoherent_answer']);
    expect(engine.status.current.data_summary.total_sessions).toBe(0);
    world.server.intercept = null;
    await world.run(70_000);
    expect(engine.status.current.local.problems).toEqual([]);
  });

  it('is quiet and writes nothing while nothing is new', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.run(5000);
    const { rowsWritten, rowsDeleted } = world.device.disk.counts;
    const asked = world.server.requests.length;
    expect(await world.drive(engine.sync())).toMatchObject({ ok: true, sent: 0 });
    expect(await world.drive(engine.sync())).toMatchObject({ ok: true, sent: 0 });
    expect(world.server.requests.length).toBe(asked + 2);
    expect(world.device.disk.counts).toMatchObject({ rowsWritten, rowsDeleted });
    expect(engine.status.current.sync_status).toBe('healthy');
  });
});
