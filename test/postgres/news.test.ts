// News between server processes on one PostgreSQL, over real HTTP: two servers with a store and a listening connection each.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { openPostgresStore } from '../../packages/server/src/store/sql/open.ts';
import { type ApiUser, type ApiWorld, createApiWorld } from '../../packages/server/src/testing/index.ts';
import { TestDevice } from '../../packages/server/src/testing/test-device.ts';
import { TestStream } from '../../packages/server/src/testing/test-stream.ts';
import { startPostgres, type Cluster } from '../provision/postgres.mjs';

const NOW = Date.UTC(2025, 7, 24, 18);

interface Site {
  readonly world: ApiWorld;
  readonly url: string;
  readonly server: Server;
}

let cluster: Cluster;
let sites: readonly [Site, Site];

async function openSite(firstId: number): Promise<Site> {
  const world = createApiWorld(await openPostgresStore(cluster.url, { connections: 4 }), NOW, firstId);
  const server = createServer(getRequestListener((request) => world.app(request)));
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { world, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

beforeAll(async () => {
  cluster = await startPostgres();
  sites = [await openSite(1_000_000), await openSite(2_000_000)];
});
afterAll(async () => {
  for (const { server, world } of sites ?? []) {
    world.app.stop();
    server.closeAllConnections();
    await new Promise((resolve) => { server.close(resolve); });
    await world.store.close();
  }
  await cluster?.remove();
});

/** A stream of the user at a site, over its socket. */
async function connect({ url }: Site, { token }: ApiUser): Promise<TestStream> {
  const stream = new TestStream(await fetch(`${url}/api/sync/stream`, { headers: { Authorization: `Bearer ${token}` } }));
  await stream.nextOf('hello');
  return stream;
}

let lastHour = 0;
async function record(world: ApiWorld, user: ApiUser): Promise<void> {
  const hour = String((lastHour += 1)).padStart(2, '0');
  const session = {
    session_id: world.newId(), start_time: `2025-08-23T${hour}:00:00Z`, end_time: `2025-08-23T${hour}:25:00Z`, duration: 25, category: 'work',
    project: 'team_A', note: '', source: 'mac_app',
  };
  const [result] = await new TestDevice({ user, newId: world.newId, deviceId: `mac-${hour}` }).apply({ type: 'submit', session });
  expect(result?.status).toBe('applied');
}

describe('a session stored by one server', () => {
  it('is heard of on a stream of another', async () => {
    const [here, there] = sites;
    const user = await here.world.signIn();
    const stream = await connect(there, user);
    await record(here.world, user);
    expect(await stream.nextOf('changed')).toMatchObject({ head: 1 });
    await stream.close();
  });

  it('is heard of as well when nobody told of it and the listening connection was cut', async () => {
    const [here, there] = sites;
    const user = await here.world.signIn();
    const stream = await connect(there, user);
    const admin = new pg.Client({ connectionString: cluster.url });
    await admin.connect();
    // Stored, and the process that did it died before it could say so.
    await admin.query('update user_summaries set sequence = sequence + 1 where user_id = $1', [user.userId]);
    const cut = await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'syncline-news'");
    await admin.end();
    expect(cut.rowCount).toBe(2);
    expect(await stream.nextOf('changed')).toMatchObject({ head: 1 });
    await stream.close();
  });

  it('is heard of after the database itself was killed and came back', async () => {
    const [here, there] = sites;
    const user = await here.world.signIn();
    const stream = await connect(there, user);
    await cluster.kill9();
    await cluster.start();
    await record(here.world, user);
    // The stream either lived through it or its client was sent away; then it comes again, as an engine would.
    const event = await stream.next();
    const seen = event?.type === 'changed' ? event.head : (await (await reconnect(there, user)).nextOf('hello')).head;
    expect(seen).toBe(1);
  });

  it('gives every device word of fifty at once, whichever server took them', async () => {
    const [here, there] = sites;
    const user = await here.world.signIn();
    const streams = [await connect(here, user), await connect(there, user)];
    const logins = [user, there.world.here(user)];
    await Promise.all(Array.from({ length: 50 }, (_, i) => start(sites[i % 2] as Site, logins[i % 2] as ApiUser, i)));
    for (const stream of streams) {
      let head = 0;
      while (head < 50) head = (await stream.nextOf('changed')).head;
      expect(head).toBe(50);
      await stream.close();
    }
  });
});

async function reconnect({ url }: Site, { token }: ApiUser): Promise<TestStream> {
  return new TestStream(await fetch(`${url}/api/sync/stream`, { headers: { Authorization: `Bearer ${token}` } }));
}

async function start({ world }: Site, user: ApiUser, place: number): Promise<void> {
  const operation = { type: 'start' as const, session_id: world.newId(), start_time: '2025-08-24T17:50:00Z', planned_duration: 25, category: 'work', source: 'mac_app' };
  const [result] = await new TestDevice({ user, newId: world.newId, deviceId: `d-${place % 20}-${place}` }).apply(operation);
  expect(result?.status).toBe('applied');
}
