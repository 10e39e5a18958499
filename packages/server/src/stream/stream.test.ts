import { describe, expect, it } from 'vitest';
import { LIMITS } from '@syncline/protocol';
import type { ServerStore } from '../ports.ts';
import { createApiWorld, createMemoryStore, type ApiUser, type ApiWorld } from '../testing/index.ts';
import { openStream } from '../testing/test-stream.ts';

const NOW = Date.UTC(2025, 7, 24, 18);
const KEEP_ALIVE_MS = 20_000;

const memory = () => createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' });

async function worldOver(store: ServerStore): Promise<{ world: ApiWorld; user: ApiUser }> {
  const world = createApiWorld(store, NOW);
  return { world, user: await world.signIn() };
}

async function commit(store: ServerStore, userId: string): Promise<void> {
  await store.withUser(userId, async (tx) => {
    const { summary } = await tx.overview();
    await tx.write({ summary: { ...summary, sequence: summary.sequence + 1 } });
  });
}

/** Everything that waits for nothing but promises. */
const settle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('a stream', () => {
  it('hears of a commit between its first look and its answer', async () => {
    const inner = memory();
    let onRead = async (): Promise<void> => undefined;
    const store: ServerStore = {
      ...inner, accounts: inner.accounts, ping: () => inner.ping(), close: () => inner.close(), epoch: () => inner.epoch(),
      withUser: (userId, work) => inner.withUser(userId, work),
      watch: (userId, listener) => inner.watch(userId, listener),
      readUser: async (userId, work) => {
        const seen = await inner.readUser(userId, work);
        await onRead();
        return seen;
      },
    };
    const { user } = await worldOver(store);
    onRead = async () => {
      onRead = async () => undefined;
      await commit(inner, user.userId);
    };
    const stream = await openStream(user);
    expect(await stream.nextOf('hello')).toMatchObject({ head: 0 });
    expect(await stream.next()).toMatchObject({ type: 'changed', head: 1 });
  });

  it('looks by itself when word of a commit was lost', async () => {
    const inner = memory();
    const { user, world } = await worldOver(Object.assign(inner, { watch: () => () => undefined }));
    const stream = await openStream(user);
    await stream.nextOf('hello');
    await commit(inner, user.userId);
    world.clock.set(NOW + KEEP_ALIVE_MS);
    expect(await stream.next()).toMatchObject({ type: 'changed', head: 1 });
  });

  it('keeps at most 32 unread events, and then tells the client to come again', async () => {
    const store = memory();
    const { user } = await worldOver(store);
    const stream = await openStream(user);
    for (let i = 0; i < 40; i += 1) {
      await commit(store, user.userId);
      await settle();
    }
    const events = await stream.rest();
    expect(events.length).toBeLessThanOrEqual(34);
    expect(events.at(-1)).toEqual({ type: 'bye', reason: 'slow' });
  });

  it('[S-26] keeps less unread of what is large', async () => {
    const store = memory();
    const { user, world } = await worldOver(store);
    const start = async (): Promise<void> => {
      const body = { session_id: world.newId(), planned_duration: 25, category: 'c'.repeat(128), project: 'p'.repeat(256), source: 'cli' };
      expect((await user.call('sessionStart', { body })).status).toBe(201);
      await settle();
    };
    for (let i = 0; i < 100; i += 1) await start();
    const stream = await openStream(user);
    for (let i = 0; i < 10; i += 1) await start();
    const events = await stream.rest();
    expect(events.at(-1)).toEqual({ type: 'bye', reason: 'slow' });
    expect(JSON.stringify(events).length).toBeLessThan(200_000);
  });

  it('says hello again when the server was put back to a backup', async () => {
    const store = memory();
    const { user } = await worldOver(store);
    const backup = store.snapshot();
    const stream = await openStream(user);
    await stream.nextOf('hello');
    store.restore(backup, '00000000-0000-4000-8000-00000000e90d');
    expect(await stream.next()).toMatchObject({ type: 'hello', epoch: '00000000-0000-4000-8000-00000000e90d' });
  });

  it('sends its client away when the database cannot be read', async () => {
    const store = memory();
    const { user, world } = await worldOver(store);
    const stream = await openStream(user);
    await stream.nextOf('hello');
    store.setAvailable(false);
    world.clock.set(NOW + KEEP_ALIVE_MS);
    expect((await stream.rest()).at(-1)).toEqual({ type: 'bye', reason: 'restart' });
    expect((await user.call('stream')).status).toBe(503);
  });
});

describe('the streams of a server', () => {
  it('end when it stops, and no other is opened', async () => {
    const { user, world } = await worldOver(memory());
    const streams = [await openStream(user), await openStream(user)];
    world.app.stop();
    for (const stream of streams) expect((await stream.rest()).at(-1)).toEqual({ type: 'bye', reason: 'restart' });
    const refused = await user.request('stream');
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '5']);
  });

  it('[S-15] are bounded for each user, counted while they are open, and no request under way', async () => {
    const { user, world } = await worldOver(memory());
    const streams = [];
    for (let i = 0; i < LIMITS.streamsPerUserMax; i += 1) streams.push(await openStream(user));
    expect(streams.filter(({ status }) => status !== 200)).toEqual([]);
    expect((await user.call('stream')).status).toBe(429);
    expect((await user.call('userData')).status).toBe(200);
    expect((await openStream(await world.signIn())).status).toBe(200);
    await streams[0]?.close();
    expect((await openStream(user)).status).toBe(200);
  });

  it('[S-15] are not left open by who asks for their headers alone', async () => {
    const { user, world } = await worldOver(memory());
    const head = () => world.app(new Request('http://server.test/api/sync/stream', { method: 'HEAD', headers: { Authorization: `Bearer ${user.token}` } }));
    for (let i = 0; i < LIMITS.streamsPerUserMax; i += 1) expect((await head()).status).toBe(200);
    expect((await openStream(user)).status).toBe(200);
  });

  it('[S-03] end at once with a sign-out on this server', async () => {
    const { user, world } = await worldOver(memory());
    const stream = await openStream(user);
    await stream.nextOf('hello');
    await world.store.accounts.setPassword(user.userId, 'plain:right', NOW, user.sid);
    const login = await world.app(new Request('http://server.test/api/login', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ username: `user-${user.userId}`, password: 'right' }),
    }));
    const { access_token: token } = (await login.json()) as { access_token: string };
    const cookie = login.headers.get('Set-Cookie')?.split(';')[0] ?? '';
    const second = await world.app(new Request('http://server.test/api/sync/stream', { headers: { Authorization: `Bearer ${token}` } }));
    await world.app(new Request('http://server.test/api/auth/logout', {
      method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json', Cookie: cookie, Origin: 'http://server.test', 'X-Syncline-Refresh': '1' },
    }));
    expect(await second.text()).toMatch(/event: bye\ndata: \{"type":"bye","reason":"auth"\}\n\n$/);
    await stream.close();
  });
});
