import { describe, expect, it } from 'vitest';
import { createPageLocks } from './adapters/page-locks.ts';
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

it('[A01] a sync asked for in the only tab, which cannot lead while the store refuses, is not said to be another one\'s', async () => {
  const world = createEngineWorld();
  world.isOffline = true;
  const first = await world.open();
  await world.drive(first.engine.sessions.record(world.session(60, 25)));
  first.page.kill();
  world.device.disk.full = true;
  const { engine } = await world.open();
  await world.run(1000);
  expect(await world.drive(engine.sync())).toEqual({ ok: false, sent: 0, pending: 1, reason: 'backing_off' });
});

it.each([404, 403])('a sync asked for where the health call answers %i is over when everything is sent, and not before', async (status) => {
  const world = createEngineWorld();
  world.server.intercept = ({ path }) => (path === '/api/health' ? world.server.json(status, { error: 'no' }) : undefined);
  const { engine } = await world.open();
  await world.drive(engine.sessions.record(world.session(60, 25)));
  expect(await world.drive(engine.sync())).toEqual({ ok: true, sent: 1, pending: 0, reason: 'done' });
});

describe('a sync asked for in a page that another one takes over from, each with locks of its own', () => {
  it.each([1, 25, 45])('after %i ms of leading is said to be that one\'s', async (ms) => {
    const world = createEngineWorld();
    const { engine } = await world.open({ locks: createPageLocks() });
    await world.run(ms);
    const asked = engine.sync();
    await world.open({ locks: createPageLocks() });
    expect(await world.drive(asked)).toMatchObject({ ok: false, reason: 'other_tab' });
  });

  it('before it led is carried out there', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open({ locks: createPageLocks() });
    const asked = engine.sync();
    await world.open({ locks: createPageLocks() });
    expect(await world.drive(asked)).toMatchObject({ ok: true, reason: 'done' });
  });
});

describe('two tabs, one of them in sight', () => {
  it('[I-16] write nothing while a session waits for the clock of the server', async () => {
    const ahead = 7_200_000;
    const world = createEngineWorld({}, { offsetMs: ahead });
    const { engine } = await world.open();
    await world.open();
    const endTime = world.scheduler.now + ahead;
    await world.drive(engine.sessions.record(world.session(0, 1, { startTime: endTime - 1_500_000, endTime })));
    await world.run(60_000);
    const { rowsWritten } = world.device.disk.counts;
    await world.run(600_000);
    // One look at the status each minute.
    expect(world.device.disk.counts.rowsWritten - rowsWritten).toBeLessThan(30);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
  });
});
