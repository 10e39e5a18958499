import { describe, expect, it } from 'vitest';
import { createEngineWorld } from './testing/engine-world.ts';

describe('a store that had to be done without', () => {
  it('[A09] counts beside what memory holds what is in it now, whoever sends that meanwhile', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { disk } = world.device;
    const { engine } = await world.open();
    await world.drive(engine.sessions.record(world.session(60, 25)));
    const other = world.page();
    disk.fault = ({ kind, tab }) => (kind === 'open' && tab === other.tab ? { kind: 'fail', code: 'unavailable' } : undefined);
    const without = await world.drive(world.begin(other));
    expect(without.status.current.data_summary.unsynced_sessions).toBe(1);
    world.isOffline = false;
    await world.run(400_000);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(0);
    expect(without.status.current).toMatchObject({ data_summary: { unsynced_sessions: 0 }, local: { problems: ['volatile_storage'] } });
  });

  it('that takes over keeps the timer that was started meanwhile beside the one that ran in it', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const first = await world.open();
    const before = await world.drive(first.engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    first.page.kill();
    world.device.disk.unavailable = true;
    const { engine } = await world.open();
    const meanwhile = await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    world.device.disk.unavailable = false;
    await world.run(60_000);
    expect(engine.sessions.running.current.map(({ id }) => id).sort()).toEqual([before.id, meanwhile.id].sort());
    for (const { id } of [before, meanwhile]) await world.drive(engine.sessions.complete(id));
    world.isOffline = false;
    await world.run(400_000);
    expect([...world.server.records().keys()].sort()).toEqual([before.id, meanwhile.id].sort());
  });

  it('that takes over is asked to persist for what memory held', async () => {
    const world = createEngineWorld();
    const { disk } = world.device;
    Object.assign(disk, { agreesToPersist: true, unavailable: true });
    world.isOffline = true;
    const { engine } = await world.open();
    await world.drive(engine.sessions.record(world.session(60, 25)));
    disk.unavailable = false;
    await world.run(60_000);
    expect(engine.status.current.local).toMatchObject({ problems: [], storage: { persisted: true } });
  });
});
