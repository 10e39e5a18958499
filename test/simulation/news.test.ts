// News that come by themselves: the engine over the real server's stream.
import type { HttpRequest } from '@syncline/core';
import { describe, expect, it } from 'vitest';
import { ExchangeWorld, tokenOf, twoDevices } from './exchange-world.ts';

const isStream = ({ request }: { request: HttpRequest }): boolean => request.path.startsWith('/api/sync/stream');
const isExchange = ({ request }: { request: HttpRequest }): boolean => request.path === '/api/sync/exchange';

describe('with the stream', () => {
  it('a session recorded on one device is on another within 300 ms of a network of 10 ms', async () => {
    const { world, a, b } = await twoDevices();
    const one = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.run(300);
    expect(await world.drive(b.sessions.get(one.id))).toMatchObject({ state: 'confirmed' });
  });

  it('one stream is open for each device, and an idle hour costs an exchange every two minutes', async () => {
    const { world } = await twoDevices();
    expect(world.requests.filter(isStream)).toHaveLength(2);
    world.requests.length = 0;
    await world.run(3_600_000);
    expect(world.requests.filter(isStream)).toEqual([]);
    // Each one's poll tells the other that it was seen.
    expect(world.requests.filter(isExchange).length).toBeLessThan(4 * 33);
  });

  it('what happened while it was cut comes with the next one, at once', async () => {
    const { world, second, a, b } = await twoDevices();
    world.offline.add(second);
    await world.run(60_000);
    const one = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.run(60_000);
    expect(await world.drive(b.sessions.get(one.id))).toBeNull();
    world.offline.delete(second);
    second.pages[0]?.lifecycle.emit('online');
    await world.run(3000);
    expect(await world.drive(b.sessions.get(one.id))).toMatchObject({ state: 'confirmed' });
    const two = await world.drive(a.sessions.record(world.session(60, 20)));
    await world.run(300);
    expect(await world.drive(b.sessions.get(two.id))).toMatchObject({ state: 'confirmed' });
  });

  it('[B09] a device that slept has everything soon after it wakes, and hears news again', async () => {
    const { world, second, a, b } = await twoDevices();
    second.sleep();
    const one = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.run(8 * 3_600_000);
    second.wake();
    second.pages[0]?.lifecycle.emit('resume');
    await world.run(5000);
    expect(await world.drive(b.sessions.get(one.id))).not.toBeNull();
    const two = await world.drive(a.sessions.record(world.session(60, 20)));
    await world.run(300);
    expect(await world.drive(b.sessions.get(two.id))).not.toBeNull();
  });

  it('a connection that is cut every ten seconds is not asked for every second', async () => {
    const { world, first } = await twoDevices();
    const page = first.pages[0];
    const { policy } = page?.transport ?? {};
    world.requests.length = 0;
    let count = 0;
    if (page) page.transport.policy = (request, tab) => {
      const isCut = request.path.startsWith('/api/sync/stream') && Math.floor(world.scheduler.now / 10_000) !== count;
      count = Math.floor(world.scheduler.now / 10_000);
      return isCut ? { loseResponse: 'error' } : (policy?.(request, tab) ?? {});
    };
    await world.run(1_200_000);
    expect(world.requests.filter(isStream).length).toBeLessThan(40);
  });

  it('a device with nothing to send notices within seconds that the server is back', async () => {
    const { world, first, second, a, b } = await twoDevices();
    for (const device of [first, second]) world.offline.add(device);
    await world.run(30_000);
    expect(b.status.current.local).toMatchObject({ connection: 'unreachable', phase: 'backing_off' });
    for (const device of [first, second]) world.offline.delete(device);
    await world.run(35_000);
    expect(b.status.current.local).toMatchObject({ connection: 'online', phase: 'idle', last_error: null });
    const one = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.run(10_000);
    expect(await world.drive(b.sessions.get(one.id))).not.toBeNull();
  });

  it('a device that was signed out from another knows it soon, and goes on at once with the next token', async () => {
    const world = await ExchangeWorld.create();
    let isSignedOut = false;
    const a = await world.open(world.device(), { streams: true });
    const b = await world.open(world.device(), { streams: true, token: () => tokenOf(isSignedOut ? `${world.scheduler.now - 1}late` : `${world.scheduler.now + 60_000}good`) });
    await world.run(50_000);
    isSignedOut = true;
    await world.run(15_000);
    expect(b.status.current.local.connection).toBe('auth_required');
    const one = await world.drive(a.sessions.record(world.session(120, 30)));
    isSignedOut = false;
    await world.run(31_000);
    expect(b.status.current.local.connection).toBe('online');
    expect(await world.drive(b.sessions.get(one.id))).not.toBeNull();
  });

  it('[S-03] the end of a token ends the stream, and the next token opens another', async () => {
    const world = await ExchangeWorld.create();
    const engine = await world.open(world.device(), { streams: true, token: () => tokenOf(`${world.scheduler.now + 60_000}good`) });
    const other = await world.open(world.device());
    await world.run(310_000);
    const { length } = world.requests.filter(isStream);
    expect(length).toBeGreaterThanOrEqual(5);
    expect(length).toBeLessThanOrEqual(8);
    const one = await world.drive(other.sessions.record(world.session(120, 30)));
    await world.run(300);
    expect(await world.drive(engine.sessions.get(one.id))).not.toBeNull();
  });
});

describe('without the stream', () => {
  it('the engine polls: the session is there within a poll, not before', async () => {
    const { world, a, b } = await twoDevices({ streams: false });
    const one = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.run(300);
    expect(await world.drive(b.sessions.get(one.id))).toBeNull();
    await world.run(70_000);
    expect(await world.drive(b.sessions.get(one.id))).toMatchObject({ state: 'confirmed' });
    expect(world.requests.filter(isStream)).toEqual([]);
  });
});

it('[I-16] of a server that says that there is more, and tells nothing, no more is asked than of another one', async () => {
  const { world, a } = await twoDevices({ streams: false });
  world.distort = (request, answer) => (isExchange({ request }) ? { ...answer, body: answer.body.replace('"more":false', '"more":true') } : answer);
  const one = await world.drive(a.sessions.record(world.session(120, 30)));
  world.requests.length = 0;
  await world.run(10_000);
  expect(world.requests.length).toBeLessThan(10);
  expect(await world.drive(a.sessions.get(one.id))).toMatchObject({ state: 'confirmed' });
});
