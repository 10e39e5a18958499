import { describe, expect, it } from 'vitest';
import type { SessionsApi } from './api.ts';
import { createEngineWorld, type EngineWorld } from './testing/engine-world.ts';
import type { SimDeviceOptions } from './testing/sim-device.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const start = { plannedDuration: 25, category: 'writing', project: 'book' };

/** A timer that runs for 30 minutes, while the device sleeps for three hours, and for 20 minutes more. */
async function slept(options: SimDeviceOptions): Promise<{ world: EngineWorld; sessions: SessionsApi; id: string; at: number }> {
  const world = createEngineWorld({}, options);
  const { engine: { sessions } } = await world.open();
  await world.run(5000);
  const { id, startTime } = await world.drive(sessions.start(start));
  await world.run(30 * MINUTE);
  world.device.sleep();
  await world.run(3 * HOUR);
  world.device.wake();
  await world.run(20 * MINUTE);
  return { world, sessions, id, at: startTime };
}

describe('a timer that slept', () => {
  it.each([
    ['stands still', false], ['goes on', true],
  ])('[B10] offers to be cut, where the monotonic clock %s in sleep', async (_, monotonicInSleep) => {
    const { world, sessions, id, at } = await slept({ monotonicInSleep });
    const found = sessions.slept(id);
    // The page was seen a few minutes before the lid closed, at the latest.
    expect(found?.gaps).toHaveLength(1);
    expect(found?.endBeforeSleep).toBeGreaterThanOrEqual(at + 25 * MINUTE);
    expect(found?.endBeforeSleep).toBeLessThanOrEqual(at + 30 * MINUTE);
    expect(Math.abs((found?.asleepMs ?? 0) - 3 * HOUR)).toBeLessThanOrEqual(6 * MINUTE);
    const cut = await world.drive(sessions.complete(id, { endTime: found?.endOfTimeAwake }));
    expect(Math.abs((cut.duration ?? 0) - 50)).toBeLessThanOrEqual(6);
  });

  it('keeps the evidence in the record when it is kept whole', async () => {
    const { world, sessions, id } = await slept({});
    const whole = await world.drive(sessions.complete(id));
    expect(whole).toMatchObject({ duration: 230, clock: { wallMs: 230 * MINUTE, monotonicMs: expect.any(Number) as number, gaps: [{ from: expect.any(Number) as number, to: expect.any(Number) as number }] } });
    await world.run(70_000);
    expect(await world.drive(sessions.get(id))).toMatchObject({ state: 'confirmed', clock: whole.clock });
  });

  it('is one, too, when the browser was closed and another tab finds it in the morning', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    const { id, startTime } = await world.drive(engine.sessions.start(start));
    await world.run(40 * MINUTE);
    page.kill();
    await world.run(9 * HOUR);
    const { engine: { sessions } } = await world.open();
    await world.run(MINUTE);
    expect(sessions.slept(id)?.endBeforeSleep).toBeGreaterThanOrEqual(startTime + 35 * MINUTE);
    expect(sessions.slept(id)?.endBeforeSleep).toBeLessThanOrEqual(startTime + 40 * MINUTE);
    const whole = await world.drive(sessions.complete(id));
    expect(whole.clock?.gaps).toHaveLength(1);
  });

  it('[B11] counts what it was awake when somebody put the clock forward, and is none when it was put back or the timer just ran', async () => {
    const world = createEngineWorld();
    const { engine: { sessions } } = await world.open();
    const { id, startTime } = await world.drive(sessions.start(start));
    await world.run(20 * MINUTE);
    expect(sessions.slept(id)).toBeNull();
    world.device.clock.step(-HOUR);
    await world.run(10 * MINUTE);
    expect(sessions.slept(id)).toBeNull();
    world.device.clock.step(3 * HOUR);
    await world.run(10 * MINUTE);
    expect(sessions.slept(id)?.endOfTimeAwake).toBe(startTime + 40 * MINUTE);
    expect(sessions.slept('00000000-0000-4000-8000-000000000000')).toBeNull();
  });

  it('writes little while it runs: a sign of life every few minutes', async () => {
    const world = createEngineWorld();
    const { engine: { sessions } } = await world.open();
    await world.drive(sessions.start(start));
    await world.run(MINUTE);
    const before = world.device.disk.counts.rowsWritten;
    await world.run(HOUR);
    const perHour = world.device.disk.counts.rowsWritten - before;
    expect(perHour).toBeGreaterThanOrEqual(15);
    expect(perHour).toBeLessThanOrEqual(300);
  });
});

describe('an answer that was slept over', () => {
  it.each([
    ['stands still', false], ['goes on', true],
  ])('tells nothing of now, where the monotonic clock %s in sleep', async (_, monotonicInSleep) => {
    const world = createEngineWorld({}, { monotonicInSleep });
    const { engine } = await world.open();
    await world.run(5000);
    const before = engine.status.current.last_sync;
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(15);
    world.device.sleep();
    await world.run(3 * HOUR);
    world.isOffline = true;
    world.device.wake();
    await world.run(MINUTE);
    expect(world.server.records().size).toBe(1);
    expect(engine.status.current).toMatchObject({ sync_status: 'delayed', last_sync: before, sync_lag: '3 hours', local: { clock_skew_ms: 0, problems: [] } });
  });
});
