// Sessions that run on several devices of one account: who sees what, and what two starts and two stops come to.
import type { SyncEngine } from '@syncline/core';
import { describe, expect, it } from 'vitest';
import { USER, twoDevices } from './exchange-world.ts';

const MINUTE = 60_000;
const START = { plannedDuration: 25, category: 'writing', project: 'book' };

const elsewhere = ({ sessions }: SyncEngine): string[] => sessions.elsewhere.current.map(({ id }) => id);

describe('a session that runs on one device', () => {
  it('is seen on the other at once, with its true start, until it ends', async () => {
    const { world, a, b } = await twoDevices();
    const one = await world.drive(a.sessions.start(START));
    await world.run(300);
    expect(b.sessions.elsewhere.current).toEqual([{
      id: one.id, deviceId: a.deviceId, deviceType: 'web_timer', deviceName: null, startTime: Math.floor(one.startTime), plannedDuration: 25, category: 'writing', project: 'book',
    }]);
    expect(elsewhere(a)).toEqual([]);
    await world.run(10 * MINUTE);
    await world.drive(a.sessions.complete(one.id));
    await world.run(300);
    expect(elsewhere(b)).toEqual([]);
    const seen = await world.drive(b.sessions.get(one.id));
    expect([seen?.state, Math.floor(seen?.duration ?? 0)]).toEqual(['confirmed', 10]);
  });

  it('answers a second start, before anything overlaps; told to, that one starts beside it', async () => {
    const { world, a, b } = await twoDevices();
    await world.drive(a.sessions.start(START));
    await world.run(300);
    await expect(world.drive(b.sessions.start(START))).rejects.toMatchObject({ code: 'running_elsewhere', details: [{ path: 'beside' }] });
    expect(b.sessions.running.current).toEqual([]);
    const beside = await world.drive(b.sessions.start({ ...START, beside: true }));
    await world.run(300);
    expect(elsewhere(a)).toEqual([beside.id]);
  });

  it('that began without a network is told when there is one, with the instant at which it began', async () => {
    const { world, first, a, b } = await twoDevices();
    world.offline.add(first);
    await world.run(60_000);
    const one = await world.drive(a.sessions.start(START));
    await world.run(10 * MINUTE);
    expect(elsewhere(b)).toEqual([]);
    world.offline.delete(first);
    first.pages[0]?.lifecycle.emit('online');
    await world.run(5000);
    expect(b.sessions.elsewhere.current).toMatchObject([{ id: one.id, startTime: one.startTime }]);
  });

  it('is not extended by anybody: one that is never finished is forgotten elsewhere after 24 hours, and counts for nothing', async () => {
    const { world, first, a, b } = await twoDevices();
    await world.drive(a.sessions.start(START));
    await world.run(300);
    first.crash();
    await world.run(23 * 60 * MINUTE);
    expect(elsewhere(b)).toHaveLength(1);
    await world.run(70 * MINUTE);
    expect(elsewhere(b)).toEqual([]);
    expect(world.server.stored(USER)).toEqual([]);
  });

  it('[D01] is told again to a server that was set back to before it began', async () => {
    const { world, a, b } = await twoDevices();
    world.server.save();
    const one = await world.drive(a.sessions.start(START));
    await world.run(300);
    world.server.restore();
    await world.run(200_000);
    expect(elsewhere(b)).toEqual([one.id]);
  });
});

describe('two starts without a network', () => {
  it('are two sessions: both run, each is shown to the other, and both count until a person settles their overlap', async () => {
    const { world, first, second, a, b } = await twoDevices();
    for (const device of [first, second]) world.offline.add(device);
    await world.run(60_000);
    const one = await world.drive(a.sessions.start(START));
    const two = await world.drive(b.sessions.start(START));
    world.offline.clear();
    for (const device of [first, second]) device.pages[0]?.lifecycle.emit('online');
    await world.run(10_000);
    expect([elsewhere(a), elsewhere(b)]).toEqual([[two.id], [one.id]]);
    await world.run(10 * MINUTE);
    await world.drive(a.sessions.complete(one.id));
    await world.drive(b.sessions.complete(two.id));
    await world.run(1000);
    for (const engine of [a, b]) expect(engine.conflicts.current.map(({ sessionIds }) => [...sessionIds].sort())).toEqual([[one.id, two.id].sort()]);
  });
});

describe('two stops of one session', () => {
  it('in two tabs at once are one: the first has made it durable, the second is told that it runs no longer', async () => {
    const { world, first, a } = await twoDevices();
    const tab = await world.open(first, { streams: true });
    const one = await world.drive(a.sessions.start(START));
    await world.run(10 * MINUTE);
    const outcomes = await world.drive(Promise.allSettled([a.sessions.complete(one.id), tab.sessions.complete(one.id)]));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'not_running' } });
    await world.run(1000);
    expect(world.server.stored(USER)).toHaveLength(1);
  });
});

it('[I-16] a request that is refused as a whole, with a beginning in it, is not followed by another within a second', async () => {
  const { world, first, second, a } = await twoDevices();
  const asked: number[] = [];
  world.distort = ({ path }, answer) => {
    if (path === '/api/sync/exchange') asked.push(world.scheduler.now);
    return path === '/api/sync/exchange' && asked.length <= 4 ? { ...answer, status: 422, body: JSON.stringify({ error: 'No', code: 'invalid_request' }) } : answer;
  };
  world.offline.add(first);
  await world.drive(a.sessions.record(world.session(120, 25)));
  await world.drive(a.sessions.start(START));
  world.offline.delete(first);
  world.offline.add(second);
  asked.length = 0;
  await world.run(120_000);
  expect(asked.length).toBeGreaterThan(4);
  expect(Math.min(...asked.slice(1, 5).map((at, i) => at - (asked[i] ?? 0)))).toBeGreaterThanOrEqual(1000);
});
