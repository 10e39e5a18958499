import { IDBDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { describe, expect, it, vi } from 'vitest';
import { createDexieStores } from './adapters/dexie-store.ts';
import { openEngine } from './engine.ts';
import type { Ports } from './ports.ts';
import { createEngineWorld, type EngineWorld } from './testing/engine-world.ts';

const ID = '00000000-0000-4000-8000-0000000000aa';
const nameOf = (world: EngineWorld): string => world.device.disk.names()[0] ?? '';

describe('a full disk', () => {
  it('is said, refuses new sessions, keeps earlier ones readable, and is over when there is space', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open();
    const first = await world.drive(engine.sessions.record(world.session(60, 25)));
    world.device.disk.full = true;
    await expect(world.drive(engine.sessions.record(world.session(30, 25)))).rejects.toMatchObject({ code: 'storage_full', retry: 'later' });
    expect(engine.status.current.local.problems).toContain('storage_full');
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
    expect((await world.drive(engine.sessions.list())).map(({ id }) => id)).toEqual([first.id]);
    expect(engine.conflicts.current).toEqual([]);
    world.device.disk.full = false;
    await world.drive(engine.sessions.record(world.session(30, 25)));
    expect(engine.status.current.local.problems).not.toContain('storage_full');
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(2);
  });

  it('at the start hides nothing that can be read, and a loss that cannot be noted yet is told once there is space', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const first = await world.open();
    const { id } = await world.drive(first.engine.sessions.record(world.session(60, 25)));
    first.page.kill();
    // A tab that had to do without the store takes with it what it recorded.
    world.device.disk.unavailable = true;
    const second = await world.open();
    await world.drive(second.engine.sessions.record(world.session(30, 25)));
    second.page.kill();
    world.device.disk.unavailable = false;
    world.device.disk.full = true;
    const third = await world.open();
    await world.run(100);
    expect(third.engine.status.current).toMatchObject({ data_summary: { unsynced_sessions: 1 }, local: { problems: ['storage_full'] } });
    expect((await world.drive(third.engine.sessions.list())).map((session) => session.id)).toEqual([id]);
    third.page.kill();
    const { engine } = await world.open();
    world.device.disk.full = false;
    await world.run(10_000);
    expect(engine.status.current).toMatchObject({ data_summary: { unsynced_sessions: 1 }, local: { problems: ['possible_local_loss'], possibly_lost: 1 } });
    expect((await world.drive(engine.sessions.list())).map((session) => session.id)).toEqual([id]);
  });

  it('while sending makes no success a failure: it is repeated and stays once', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open();
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(1000);
    world.isOffline = false;
    world.server.onStored = () => {
      world.device.disk.full = true;
      return undefined;
    };
    await world.run(120_000);
    expect(world.server.records().size).toBe(1);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
    expect(engine.status.current.local.problems).toContain('storage_full');
    world.server.onStored = null;
    world.device.disk.full = false;
    await world.run(600_000);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(0);
    expect(world.server.records().size).toBe(1);
    expect(engine.status.current.local.problems).toEqual([]);
  });

  it('refuses some of many that come together, and each refusal is its own', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    world.isOffline = true;
    world.device.disk.failNext('update', { kind: 'fail', code: 'quota', at: 'commit' }, 3);
    const all = await world.drive(Promise.allSettled([600, 500, 400, 300].map((minutes) => engine.sessions.record(world.session(minutes, 25)))));
    const stored = all.filter(({ status }) => status === 'fulfilled').length;
    expect(stored).toBe(4 - all.filter(({ status }) => status === 'rejected').length);
    expect(world.device.disk.rows(nameOf(world), 'operations')).toHaveLength(stored);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(stored);
  });
});

describe('a store that fails', () => {
  it('with a handle that died under it runs the same transaction again, once', async () => {
    for (const committed of [true, false]) {
      const world = createEngineWorld();
      const { engine } = await world.open();
      await world.run(1000);
      world.isOffline = true;
      world.device.disk.failNext('update', { kind: 'rerun', committed });
      const session = await world.drive(engine.sessions.record(world.session(60, 25)));
      world.device.disk.failNext('update', { kind: 'rerun', committed });
      const running = await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work' }));
      await world.run(10_000);
      world.device.disk.failNext('update', { kind: 'rerun', committed });
      await world.drive(engine.sessions.complete(running.id));
      expect(world.device.disk.rows(nameOf(world), 'operations')).toHaveLength(2);
      expect(engine.status.current.data_summary.unsynced_sessions).toBe(2);
      expect(await world.drive(engine.sessions.get(session.id))).toMatchObject({ pending: true });
    }
  });

  it('[A09] not at all there: everything goes on in memory, said loudly, and moves into the real one when it opens', async () => {
    const world = createEngineWorld();
    world.device.disk.unavailable = true;
    world.isOffline = true;
    const { engine } = await world.open();
    expect(engine.status.current.local.problems).toEqual(['volatile_storage']);
    const session = await world.drive(engine.sessions.record(world.session(60, 25)));
    const running = await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    await world.run(1000);
    world.device.disk.unavailable = false;
    await world.run(60_000);
    expect(engine.status.current.local.problems).toEqual([]);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
    expect(engine.sessions.running.current.map(({ id }) => id)).toEqual([running.id]);
    expect(world.device.disk.rows(nameOf(world), 'operations')).toHaveLength(1);
    world.isOffline = false;
    await world.run(400_000);
    expect(world.server.records().has(session.id)).toBe(true);
    expect(engine.status.current.sync_status).toBe('healthy');
  });

  it.each([[1, undefined], [2, undefined], [1, ID], [2, ID]])('[A09] that refuses to take over, at its update %s, hides nothing that is recorded at that moment, with the id %s', async (nth, id) => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { disk } = world.device;
    disk.unavailable = true;
    const page = world.page();
    const { stores } = page.ports;
    const openVolatile = stores.openVolatile.bind(stores);
    let meanwhile = (): void => undefined;
    const openWatched: typeof openVolatile = async (name) => {
      const store = await openVolatile(name);
      const read = store.read.bind(store);
      const readWatched: typeof read = (reads) => {
        if (reads.some(({ table }) => table === 'history')) meanwhile();
        return read(reads);
      };
      return Object.assign(store, { read: readWatched });
    };
    const open = stores.open.bind(stores);
    const openBeside: typeof open = async (name) => {
      const store = await open(name);
      // Of an id that the app brought it is looked first whether it is there, and the stores change meanwhile.
      if (id !== undefined) meanwhile();
      return store;
    };
    Object.assign(stores, { openVolatile: openWatched, open: openBeside });
    const engine = await world.drive(world.begin(page));
    await world.drive(engine.sessions.record(world.session(60, 25)));
    disk.unavailable = false;
    let updates = 0;
    let isRecorded = false;
    disk.fault = ({ kind }) => (kind === 'update' && (updates += 1) === nth && (nth === 1 || isRecorded) ? { kind: 'fail', code: 'quota' } : undefined);
    let recorded: Promise<unknown> | null = null;
    meanwhile = () => void (recorded ??= engine.sessions.record(world.session(30, 25, { id })).then(() => (isRecorded = true)));
    await world.run(5500);
    await recorded;
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(2);
    expect(await world.drive(engine.sessions.list())).toHaveLength(2);
  });

  it('that never opens does not hold up the start', async () => {
    const world = createEngineWorld();
    world.device.disk.failNext('open', { kind: 'hang' }, 2);
    const { engine } = await world.open();
    expect(engine.status.current.local.problems).toEqual(['volatile_storage']);
  });

  it('whose transaction never ends does not hold up closing, and the next engine has what was there', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open();
    const { id } = await world.drive(engine.sessions.record(world.session(60, 25)));
    world.device.disk.failNext('update', { kind: 'hang' });
    void engine.sessions.record(world.session(30, 25));
    await world.run(100);
    const syncing = engine.sync();
    await world.drive(engine.close());
    expect((await syncing).reason).toBe('closed');
    const again = await world.open();
    expect((await world.drive(again.engine.sessions.list())).map((session) => session.id)).toEqual([id]);
  });

  it('that takes over what was changed before the first contact sends it as it is shown, where no call tells of the change', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    world.device.disk.unavailable = true;
    const { engine } = await world.open();
    const { id } = await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.drive(engine.sessions.amend(id, { category: 'b' }));
    world.device.disk.unavailable = false;
    await world.run(10_000);
    world.isOffline = false;
    await world.run(400_000);
    expect(JSON.parse(world.server.records().get(id)?.body ?? '{}')).toMatchObject({ category: 'b' });
    expect(engine.status.current).toMatchObject({ sync_status: 'healthy', local: { problems: [] } });
  });

  it('that takes over while the engine is closed has everything, and is let go', async () => {
    const world = createEngineWorld({}, { latencyMs: () => 100 });
    world.isOffline = true;
    const { disk } = world.device;
    disk.unavailable = true;
    const { engine } = await world.open();
    const { id } = await world.drive(engine.sessions.record(world.session(60, 25)));
    disk.unavailable = false;
    let closing: Promise<void> | null = null;
    disk.fault = ({ kind }) => void (kind === 'update' && (closing ??= engine.close()));
    await world.run(10_000);
    await world.drive(closing ?? expect.fail());
    const again = await world.open();
    expect((await world.drive(again.engine.sessions.list())).map((session) => session.id)).toEqual([id]);
    expect(again.engine.status.current.local.possibly_lost).toBe(0);
  });

  it('[A04] whose every handle is dead is not opened without end', async () => {
    const world = createEngineWorld();
    const indexedDB = new IDBFactory();
    const opening = vi.spyOn(indexedDB, 'open');
    const ports: Ports = { ...world.page().ports, stores: createDexieStores({ indexedDB, IDBKeyRange, markers: null }) };
    const engine = await openEngine({ user: 'user-1', device: { type: 'web_timer', version: '1' }, server: { url: 'http://server.test', token: () => null }, sync: false }, ports);
    const dead = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => { throw new DOMException('lost', 'InvalidStateError'); });
    opening.mockClear();
    await expect(engine.sessions.record(world.session(60, 25))).rejects.toMatchObject({ code: 'storage_unavailable' });
    const turns = async (): Promise<void> => {
      for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    await turns();
    const opened = opening.mock.calls.length;
    await turns();
    expect(opening.mock.calls.length).toBe(opened);
    dead.mockRestore();
    await engine.sessions.record(world.session(60, 25));
    expect(engine.status.current).toMatchObject({ data_summary: { unsynced_sessions: 1 }, local: { problems: [] } });
    await engine.close();
  });

  it('written by a newer release refuses to start, with a reason', async () => {
    const world = createEngineWorld();
    world.device.disk.failNext('open', { kind: 'fail', code: 'newer_version' });
    await expect(world.open()).rejects.toMatchObject({ code: 'newer_version' });
  });

  it('that vanished with unsent sessions is noticed and counted', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const first = await world.open();
    await world.drive(first.engine.sessions.record(world.session(60, 25)));
    await world.drive(first.engine.sessions.record(world.session(30, 25)));
    first.page.kill();
    world.device.disk.evict();
    const { engine } = await world.open();
    expect(engine.status.current.local).toMatchObject({ possibly_lost: 2, problems: ['possible_local_loss'] });
    expect(engine.deviceId).toBe(first.engine.deviceId);
  });

  it('that vanished is counted as pending while memory alone holds what was in it, and closing would lose that', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open();
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.drive(engine.sessions.record(world.session(30, 25)));
    world.device.disk.full = true;
    world.device.disk.evict();
    const seen: number[] = [];
    const cancel = engine.status.subscribe(() => void seen.push(engine.status.current.data_summary.unsynced_sessions));
    await world.run(20_000);
    expect(engine.status.current.local).toMatchObject({ closing: { word: 'lost', sessions: 2 }, problems: ['storage_full'], possibly_lost: 0 });
    world.device.disk.full = false;
    await world.run(20_000);
    expect(engine.status.current.local).toMatchObject({ closing: { word: 'sent_later', sessions: 2 }, problems: [], possibly_lost: 0 });
    cancel();
    expect(new Set(seen)).toEqual(new Set([2]));
  });

  it('[A10] is asked to persist once there is something to lose', async () => {
    const world = createEngineWorld();
    world.device.disk.agreesToPersist = true;
    world.isOffline = true;
    const { engine } = await world.open();
    expect(engine.status.current.local.storage.persisted).toBe(false);
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(100);
    expect(engine.status.current.local.storage.persisted).toBe(true);
  });
});

describe('[A12, A18] damaged rows', () => {
  it('of the outbox are counted, hold up nobody and are never thrown away', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const first = await world.open();
    for (const minutes of [600, 500, 400]) await world.drive(first.engine.sessions.record(world.session(minutes, 25)));
    first.page.kill();
    const [, second] = world.device.disk.rows(nameOf(world), 'operations');
    const broken = { ...(second?.value as object), session: { id: 7 } };
    world.device.disk.data(nameOf(world)).commit([{ kind: 'put', table: 'operations', key: second?.key ?? 0, value: broken }], 'strict');
    world.isOffline = false;
    const { engine } = await world.open();
    await world.run(5000);
    expect(world.server.records().size).toBe(2);
    expect(engine.status.current).toMatchObject({ sync_status: 'delayed', data_summary: { unsynced_sessions: 1 } });
    expect(engine.status.current.local).toMatchObject({ parked: 1, problems: ['damaged_rows'] });
    expect(world.device.disk.rows(nameOf(world), 'operations')).toEqual([{ key: second?.key, value: broken }]);
  });

  it('of the outbox are counted, too, where the disk does not give their values back', async () => {
    const world = createEngineWorld();
    const first = await world.open();
    await world.run(1000);
    world.isOffline = true;
    for (const minutes of [600, 500]) await world.drive(first.engine.sessions.record(world.session(minutes, 25)));
    first.page.kill();
    const [row] = world.device.disk.rows(nameOf(world), 'operations');
    world.device.disk.data(nameOf(world)).damage('operations', row?.key ?? 0);
    world.isOffline = false;
    const { engine } = await world.open();
    await world.run(5000);
    expect(world.server.records().size).toBe(1);
    expect(engine.status.current).toMatchObject({ sync_status: 'delayed', data_summary: { unsynced_sessions: 1 } });
    expect(engine.status.current.local).toMatchObject({ parked: 1, problems: ['damaged_rows'] });
  });

  it.each(['put', 'damage'] as const)('of the head are rebuilt, and no number is given out twice (%s)', async (how) => {
    const world = createEngineWorld();
    world.isOffline = true;
    const first = await world.open();
    await world.drive(first.engine.sessions.record(world.session(600, 25)));
    first.page.kill();
    const data = world.device.disk.data(nameOf(world));
    if (how === 'put') data.commit([{ kind: 'put', table: 'meta', key: 'head', value: 'rubbish' }], 'strict');
    else data.damage('meta', 'head');
    world.isOffline = false;
    const { engine } = await world.open();
    await world.drive(engine.sessions.record(world.session(500, 25)));
    await world.run(5000);
    expect(world.server.records().size).toBe(2);
    expect(engine.status.current.data_summary).toMatchObject({ unsynced_sessions: 0, total_sessions: 2 });
  });

  it.each([['put', 'head'], ['damage', 'head'], ['put', 'chunks'], ['damage', 'chunks'], ['delete', 'chunks']] as const)('hide nothing of history before somebody writes the next (%s %s)', async (how, key) => {
    const world = createEngineWorld();
    const first = await world.open();
    const { id } = await world.drive(first.engine.sessions.record(world.session(600, 25)));
    await world.run(5000);
    first.page.kill();
    const data = world.device.disk.data(nameOf(world));
    if (how === 'damage') data.damage('meta', key);
    else data.commit([{ kind: how, table: 'meta', key, value: 'rubbish' }], 'strict');
    const { engine } = await world.open({ options: { sync: false } });
    expect(await world.drive(engine.sessions.list())).toMatchObject([{ id, state: 'confirmed' }]);
    await world.drive(engine.sessions.record(world.session(590, 25)));
    expect(engine.conflicts.current).toHaveLength(1);
  });
});

describe('history', () => {
  it('stays a few rows, keeps every session, and finds each by id and by time', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.run(1000);
    const ids: string[] = [];
    for (let i = 0; i < 300; i += 1) {
      const { id } = await world.drive(engine.sessions.record(world.session(30_000 - i * 60, 25)));
      ids.push(id);
      if (i % 5 === 4) await world.run(300);
    }
    await world.run(120_000);
    expect(engine.status.current.data_summary).toMatchObject({ unsynced_sessions: 0, total_sessions: 300, conflicts_detected: 0 });
    expect(world.device.disk.rows(nameOf(world), 'history').length).toBeLessThan(20);
    const listed = await world.drive(engine.sessions.list({ limit: 1000 }));
    expect(listed.map(({ id }) => id)).toEqual(ids.toReversed());
    expect((await world.drive(engine.sessions.list({ limit: 7 }))).map(({ id }) => id)).toEqual(ids.slice(-7).reverse());
    expect(await world.drive(engine.sessions.get(ids[3] ?? ''))).toMatchObject({ id: ids[3], state: 'confirmed' });
    const again = await world.open();
    const input = { ...world.session(0, 0), startTime: listed.at(-1)?.startTime ?? 0, endTime: listed.at(-1)?.endTime ?? 0 };
    expect(await world.drive(again.engine.sessions.record({ ...input, id: ids[0]?.toUpperCase() }))).toMatchObject({ id: ids[0], state: 'confirmed' });
    await expect(world.drive(again.engine.sessions.record({ ...input, id: ids[0], category: 'other' }))).rejects.toMatchObject({ code: 'id_reused' });
    await world.drive(again.engine.sessions.record({ ...world.session(30_010, 25), category: 'overlaps' }));
    expect(again.engine.conflicts.current.map(({ sessionIds }) => sessionIds.length)).toEqual([2]);
  });
});
