import { describe, expect, it } from 'vitest';
import { createEngineWorld, type EngineWorld } from './testing/engine-world.ts';

/** Whether the leading tab answered a knock. */
function isHeard(world: EngineWorld): boolean {
  const [name = ''] = world.device.disk.names();
  return world.device.disk.rows(name, 'meta').some(({ key, value }) => key === 'leader' && (value as { heard: string | null }).heard !== null);
}

describe('a sync asked for in tabs that follow', () => {
  it('of two that ask at once is said to be done to both', async () => {
    const world = createEngineWorld();
    await world.open();
    const b = await world.open();
    const c = await world.open();
    await world.run(1000);
    const asked = world.scheduler.now;
    const outcomes = await world.drive(Promise.all([b.engine.sync(), c.engine.sync()]));
    expect(outcomes).toMatchObject([{ ok: true, reason: 'done' }, { ok: true, reason: 'done' }]);
    expect(world.scheduler.now - asked).toBeLessThan(2000);
  });

  it('[B04] is done by the one that takes over when the leading one heard of it and died', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    const c = await world.open();
    await world.run(1000);
    const asked = c.engine.sync();
    while (!isHeard(world)) await world.run(1);
    a.page.kill();
    expect(await world.drive(asked)).toMatchObject({ ok: true, reason: 'done' });
    expect(b.engine.status.current.local.leader).toBe(true);
  });
});
