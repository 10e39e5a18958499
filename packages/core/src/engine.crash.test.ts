import { describe, expect, it } from 'vitest';
import type { Session, SyncEngine } from './api.ts';
import { createEngineWorld, type EngineWorld } from './testing/engine-world.ts';
import type { StorePoint } from './testing/sim-disk.ts';

interface Ledger {
  readonly recorded: Map<string, Session>;
  readonly cancelled: Set<string>;
}

/** Everything a person does here; the ledger holds what was promised. */
async function act(world: EngineWorld, engine: SyncEngine, ledger: Ledger): Promise<void> {
  for (const minutes of [600, 500, 400]) {
    const session = await engine.sessions.record(world.session(minutes, 25));
    ledger.recorded.set(session.id, session);
  }
  const running = await engine.sessions.start({ plannedDuration: 25, category: 'work' });
  await new Promise<void>((resolve) => void world.scheduler.schedule(world.scheduler.now + 5000, resolve));
  const done = await engine.sessions.complete(running.id);
  ledger.recorded.set(done.id, done);
  const other = await engine.sessions.start({ plannedDuration: 25, category: 'work' });
  await new Promise<void>((resolve) => void world.scheduler.schedule(world.scheduler.now + 5000, resolve));
  const cancelled = await engine.sessions.cancel(other.id, { reason: 'interruption' });
  ledger.cancelled.add(cancelled.id);
}

/** Kills the tab at the nth commit of that kind, or not at all. Resolves to how many there were. */
async function play(kill: { readonly point: StorePoint; readonly at: number } | null): Promise<number> {
  const world = createEngineWorld();
  const { engine, page } = await world.open();
  const ledger: Ledger = { recorded: new Map(), cancelled: new Set() };
  let seen = 0;
  world.device.disk.atPoint = (point) => {
    if (point !== (kill?.point ?? 'committed')) return;
    seen += 1;
    if (kill !== null && seen === kill.at) page.kill();
  };
  const acted = act(world, engine, ledger);
  acted.catch(() => undefined);
  await world.run(20_000);
  world.device.disk.atPoint = null;
  const again = await world.open();
  for (const session of ledger.recorded.values()) {
    expect(await world.drive(again.engine.sessions.get(session.id))).toMatchObject({ id: session.id, endTime: session.endTime });
  }
  await world.run(60_000);
  const records = world.server.records();
  for (const [id, session] of ledger.recorded) {
    expect(records.get(id)?.kind).toBe('submit');
    expect(JSON.parse(records.get(id)?.body ?? '').duration).toBe(session.duration);
  }
  for (const id of ledger.cancelled) expect(records.get(id)?.kind).toBe('cancel');
  expect(again.engine.status.current.data_summary.unsynced_sessions).toBe(0);
  expect(again.engine.status.current.data_summary.total_sessions).toBe([...records.values()].filter(({ kind }) => kind === 'submit').length);
  const listed = await world.drive(again.engine.sessions.list());
  expect(listed.filter(({ state }) => state !== 'running').map(({ id }) => id).sort()).toEqual([...records.keys()].sort());
  return seen;
}

describe('a tab killed at any step', () => {
  it('loses nothing that was promised, and sends nothing twice', async () => {
    const commits = await play(null);
    expect(commits).toBeGreaterThan(15);
    for (const point of ['before-commit', 'committed'] as const) {
      for (let at = 1; at <= commits; at += 1) await play({ point, at });
    }
  });
});

describe('a tab killed while a request was on its way', () => {
  it('knows afterwards that the outcome is unknown: a 409 without a record then means delivered', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    await world.run(1000);
    page.transport.policy = () => ({ requestDelayMs: 10, responseDelayMs: 500 });
    const session = await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(100);
    page.kill();
    world.server.intercept = ({ path }) => (path === '/api/pomodoro/submit' ? world.server.json(409, { error: 'Conflict' }) : undefined);
    const again = await world.open();
    const later = await world.drive(again.engine.sessions.record(world.session(30, 25)));
    await world.run(10_000);
    expect(await world.drive(again.engine.sessions.get(session.id))).toMatchObject({ state: 'confirmed' });
    expect(await world.drive(again.engine.sessions.get(later.id))).toMatchObject({ state: 'parked' });
  });
});

describe('opening again', () => {
  it('shows the same at any moment', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const first = await world.open();
    await world.drive(first.engine.sessions.record(world.session(600, 25)));
    await world.drive(first.engine.sessions.record(world.session(590, 25)));
    await world.drive(first.engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    await world.run(3000);
    const view = async (engine: SyncEngine): Promise<unknown> => ({
      list: await world.drive(engine.sessions.list()),
      running: engine.sessions.running.current,
      conflicts: engine.conflicts.current,
      summary: engine.status.current.data_summary,
      devices: engine.status.current.devices,
    });
    const before = await view(first.engine);
    await world.drive(first.engine.close());
    await first.engine.closed;
    const second = await world.open();
    expect(await view(second.engine)).toEqual(before);
    expect(second.engine.conflicts.current).toHaveLength(1);
  });

  it('an engine is closed at once although the disk refuses what its leader learnt last', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.run(1000);
    world.server.onStored = () => {
      world.device.disk.full = true;
      return undefined;
    };
    let closed: Promise<void> | null = null;
    world.device.disk.atPoint = () => {
      if (world.device.disk.full) closed ??= engine.close();
    };
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(100);
    expect(closed).not.toBeNull();
    const begun = world.scheduler.now;
    await world.drive(engine.closed);
    expect(world.scheduler.now - begun).toBe(0);
  });

  it.each(['get', 'list', 'record'] as const)('an engine that is closed meanwhile says so to whoever was reading: %s', async (call) => {
    const world = createEngineWorld({}, { latencyMs: () => 5 });
    const { engine } = await world.open();
    const { sessions } = engine;
    const { id } = await world.drive(sessions.record(world.session(60, 25)));
    await world.run(5000);
    const calls = { get: () => sessions.get(id), list: () => sessions.list(), record: () => sessions.record(world.session(60, 25, { id })) };
    const read: Promise<unknown> = calls[call]();
    read.catch(() => undefined);
    void engine.close();
    await expect(world.drive(read)).rejects.toMatchObject({ code: 'closed' });
  });

  it('a closed engine refuses calls and emits no more', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.drive(engine.close());
    const last = engine.status.current;
    await expect(engine.sessions.record(world.session(60, 25))).rejects.toMatchObject({ name: 'EngineError', code: 'closed' });
    expect(await engine.sync()).toMatchObject({ ok: false, reason: 'closed' });
    await world.run(600_000);
    expect(engine.status.current).toBe(last);
    expect(world.scheduler.pending).toBe(0);
  });
});
