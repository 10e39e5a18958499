import { describe, expect, it } from 'vitest';
import { createEngineWorld } from './testing/engine-world.ts';

describe('a store that vanishes', () => {
  it('once more while all is put back is counted on', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { disk } = world.device;
    const { engine } = await world.open();
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.drive(engine.sessions.record(world.session(30, 25)));
    const seen: number[] = [];
    engine.status.subscribe(() => void seen.push(engine.status.current.data_summary.unsynced_sessions));
    disk.atPoint = (point, { writes }) => {
      if (point !== 'committed' || !writes.some(({ table }) => table === 'operations')) return;
      disk.atPoint = null;
      disk.full = true;
      disk.evict();
    };
    disk.evict();
    await world.run(60_000);
    expect(engine.status.current.local).toMatchObject({ closing: { word: 'lost', sessions: 2 }, possibly_lost: 0 });
    disk.full = false;
    await world.run(60_000);
    expect(engine.status.current.local).toMatchObject({ closing: { word: 'sent_later', sessions: 2 }, problems: [], possibly_lost: 0 });
    expect(new Set(seen)).toEqual(new Set([2]));
  });

  it('gets no timer back that another tab has finished meanwhile', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    const { id } = await world.drive(a.engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    await world.run(5000);
    b.page.freeze(true);
    world.device.disk.evict();
    await world.run(600_000);
    await world.drive(a.engine.sessions.complete(id));
    await world.run(60_000);
    expect(await world.drive(a.engine.sessions.get(id))).toMatchObject({ state: 'confirmed' });
    b.page.thaw();
    await world.run(60_000);
    for (const { engine } of [a, b]) expect(engine.sessions.running.current).toEqual([]);
  });

  it('before the first contact has what was changed sent as it is shown, where no call tells of the change', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open();
    const { id } = await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.drive(engine.sessions.amend(id, { category: 'b' }));
    world.device.disk.evict();
    await world.run(10_000);
    world.isOffline = false;
    await world.run(400_000);
    expect(JSON.parse(world.server.records().get(id)?.body ?? '{}')).toMatchObject({ category: 'b' });
    expect(engine.status.current).toMatchObject({ sync_status: 'healthy', local: { problems: [] } });
  });

  it('has that only once where a tab was frozen since before the first contact', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const a = await world.open();
    const b = await world.open();
    const { id } = await world.drive(a.engine.sessions.record(world.session(60, 25)));
    await world.drive(a.engine.sessions.amend(id, { category: 'b' }));
    await world.run(1000);
    b.page.freeze(true);
    world.isOffline = false;
    await world.run(400_000);
    world.device.disk.evict();
    await world.run(10_000);
    b.page.thaw();
    await world.run(400_000);
    expect(JSON.parse(world.server.records().get(id)?.body ?? '{}')).toMatchObject({ category: 'b' });
    for (const { engine } of [a, b]) expect(engine.status.current).toMatchObject({ sync_status: 'healthy', local: { parked: 0 } });
  });
});
