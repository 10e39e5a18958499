// The stream over a real socket: what a client that goes away leaves behind, and who is told when.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '@syncline/protocol';
import { type ApiUser, type ApiWorld, createApiWorld, createMemoryStore } from '../../packages/server/src/testing/index.ts';
import { TestStream } from '../../packages/server/src/testing/test-stream.ts';

const NOW = Date.UTC(2025, 7, 24, 18);
let world: ApiWorld;
let server: Server;
let url = '';

beforeAll(async () => {
  world = createApiWorld(createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' }), NOW);
  server = createServer(getRequestListener((request) => world.app(request)));
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  world.app.stop();
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
});

const ask = ({ token }: ApiUser, signal?: AbortSignal): Promise<Response> =>
  fetch(`${url}/api/sync/stream`, { headers: { Authorization: `Bearer ${token}` }, ...(signal === undefined ? {} : { signal }) });

describe('the stream over a socket', () => {
  it('says hello at once, and each piece of news as it comes', async () => {
    const user = await world.signIn();
    const stream = new TestStream(await ask(user));
    expect(await stream.next()).toMatchObject({ type: 'hello', head: 0 });
    await world.store.withUser(user.userId, async (tx) => tx.write({ summary: { ...(await tx.overview()).summary, sequence: 1 } }));
    expect(await stream.next()).toMatchObject({ type: 'changed', head: 1 });
    await stream.close();
  });

  it('leaves nothing behind of clients that went away', async () => {
    const user = await world.signIn();
    const gone = new AbortController();
    const answers = await Promise.all(Array.from({ length: LIMITS.streamsPerUserMax }, () => ask(user, gone.signal)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const full = await ask(user);
    expect([full.status, full.headers.get('Retry-After')]).toEqual([429, '30']);
    gone.abort();
    // The server learns of it by its sockets, in its own time.
    let next = await ask(user);
    while (next.status === 429) next = await ask(user);
    expect(next.status).toBe(200);
    await next.body?.cancel();
  });
});
