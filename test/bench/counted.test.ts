// The short form of the benchmarks: work that can be counted, never times. What is counted here is what the budgets rest on.
import { describe, expect, it } from 'vitest';
import { openEngine } from '../../packages/core/src/engine.ts';
import { storeName } from '../../packages/core/src/store-name.ts';
import { appendHistory } from '../../packages/core/src/sync/history-append.ts';
import { Local } from '../../packages/core/src/sync/local.ts';
import { createEngineWorld, type EngineWorld } from '../../packages/core/src/testing/engine-world.ts';
import { history as historyOf } from './page/data.ts';
import { createCountingStores } from './run/counting-stores.ts';

const USER = 'user-1';
const URL = 'http://server.test';

/** Puts confirmed sessions into the store before an engine opens it. */
async function store(world: EngineWorld, page: ReturnType<EngineWorld['page']>, count: number): Promise<void> {
  const { stores, clock } = page.ports;
  const kept = await world.drive(stores.open(storeName(URL, USER)));
  const local = new Local({ store: kept, clock, ids: { uuid: () => 'store-1' } });
  for (let at = 0; at < count; at += 2000) {
    const part = historyOf(count, at, at + 2000).map((session) => ({ ...session, source: 'mac_app', plannedDuration: null, displayId: null, clock: null, cancelled: null, version: 1, deletedAt: null }));
    await world.drive(local.commit((draft) => appendHistory(draft, kept, part), 'relaxed'));
  }
  expect(local.history.directory.reduce((sum, part) => sum + part.count, 0)).toBe(count);
  await world.drive(kept.close());
}

async function openCounted(stored: number, isOffline: boolean) {
  const world = createEngineWorld();
  world.isOffline = isOffline;
  const page = world.page();
  await store(world, page, stored);
  const { stores, take } = createCountingStores(page.ports.stores);
  const options = { user: USER, device: { type: 'web_timer', version: '1.0' }, server: { url: URL, token: () => 'token' } };
  const engine = await world.drive(openEngine(options, { ...page.ports, stores }));
  // The first record looks for overlaps, and so loads what the later ones know.
  await world.drive(engine.sessions.record(world.session(3000, 25)));
  await world.run(120_000);
  take();
  return { world, engine, take };
}

describe('work that can be counted', () => {
  it.each([0, 2000, 40_000])('record() is one strict transaction of one row read and two small ones written, with %i stored', async (stored) => {
    const { world, engine, take } = await openCounted(stored, true);
    await world.drive(engine.sessions.record(world.session(60, 25)));
    const own = take().filter(({ durability }) => durability === 'strict');
    expect(own).toEqual([{ kind: 'update', durability: 'strict', rowsRead: 1, writes: ['operations', 'meta'], bytesWritten: expect.any(Number) }]);
    expect(own[0]?.bytesWritten).toBeLessThan(1000);
  });

  it('an overlap with a waiting session costs one row more in the same transaction', async () => {
    const { world, engine, take } = await openCounted(2000, true);
    await world.drive(engine.sessions.record(world.session(60, 25)));
    take();
    await world.drive(engine.sessions.record(world.session(50, 25)));
    const [own] = take().filter(({ durability }) => durability === 'strict');
    expect(own?.rowsRead).toBe(1);
    expect(own?.writes.toSorted()).toEqual(['conflicts', 'meta', 'operations']);
    expect(engine.status.current.conflicts).toHaveLength(1);
  });

  it('ten records at once share one transaction', async () => {
    const { world, engine, take } = await openCounted(2000, true);
    await world.drive(Promise.all(Array.from({ length: 10 }, (_, n) => engine.sessions.record(world.session(60 * (n + 1), 25)))));
    const strict = take().filter(({ durability }) => durability === 'strict');
    // The first is under way when the others arrive.
    expect(strict.length).toBeLessThanOrEqual(2);
    expect(strict.reduce((sum, { rowsRead }) => sum + rowsRead, 0)).toBe(strict.length);
  });

  it('the status after a change, and the pending list, read nothing', async () => {
    const { world, engine, take } = await openCounted(40_000, true);
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(1000);
    take();
    expect(engine.status.current.devices?.[0]?.sessions_pending).toBe(2);
    expect(await world.drive(engine.sessions.list({ states: ['queued', 'sending', 'parked'] }))).toHaveLength(2);
    expect(take()).toEqual([]);
  });

  it('another tab reads the head and what was recorded, in one transaction, with a hundred waiting', async () => {
    const { world, engine } = await openCounted(2000, true);
    await world.drive(Promise.all(Array.from({ length: 100 }, (_, n) => engine.sessions.record(world.session(60 * (n + 1), 25)))));
    const { stores, take } = createCountingStores(world.page().ports.stores);
    const options = { user: USER, device: { type: 'web_timer', version: '1.0' }, server: { url: URL, token: () => 'token' } };
    const other = await world.drive(openEngine(options, { ...world.page().ports, stores }));
    await world.run(1000);
    take();
    await world.drive(engine.sessions.record(world.session(10, 5)));
    await world.run(100);
    expect(other.status.current.devices?.[0]?.sessions_pending).toBe(102);
    expect(take().map(({ kind, rowsRead }) => [kind, rowsRead])).toEqual([['read', 2]]);
  });

  it('an idle sync writes nothing on the device, and makes one request', async () => {
    const { world, engine, take } = await openCounted(40_000, false);
    // The last contact is noted once a minute, and no more: two syncs within that minute.
    await world.drive(engine.sync());
    const { requests } = world.server;
    take();
    requests.length = 0;
    expect((await world.drive(engine.sync())).reason).toBe('done');
    expect(requests.map(({ path }) => path.split('?')[0])).toEqual(['/api/sync/status']);
    expect(take().flatMap(({ writes }) => writes)).toEqual([]);
  });

  it.each([0, 40_000])('opening reads no history: as many rows with %i stored', async (stored) => {
    const world = createEngineWorld();
    world.isOffline = true;
    const page = world.page();
    await store(world, page, stored);
    const { stores, take } = createCountingStores(page.ports.stores);
    const options = { user: USER, device: { type: 'web_timer', version: '1.0' }, server: { url: URL, token: () => 'token' } };
    await world.drive(openEngine(options, { ...page.ports, stores }));
    expect(take().reduce((sum, { rowsRead }) => sum + rowsRead, 0)).toBeLessThanOrEqual(8);
  });
});
