// What only a real PostgreSQL shows of the exchange: transactions that take their time beside each other, equal requests on several
// connections of several servers, and a database that was put back from a backup.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import type { Operation } from '@syncline/protocol';
import { readConfig } from '../../packages/server/src/config.ts';
import { renewEpoch } from '../../packages/server/src/process/restored-command.ts';
import type { ServerStore } from '../../packages/server/src/ports.ts';
import { openPostgresStore } from '../../packages/server/src/store/sql/open.ts';
import { type ApiAnswer, type ApiUser, type ApiWorld, createApiWorld } from '../../packages/server/src/testing/index.ts';
import { type OperationBody, TestDevice } from '../../packages/server/src/testing/test-device.ts';
import { startPostgres, type Cluster } from '../provision/postgres.mjs';

const NOW = Date.UTC(2025, 7, 24, 18);
let cluster: Cluster;

beforeAll(async () => void (cluster = await startPostgres()));
afterAll(() => cluster?.remove());

let lastMinute = 0;
function submit(world: ApiWorld): OperationBody {
  const at = (minute: number): string => `${new Date(Date.UTC(2025, 7, 1) + minute * 60_000).toISOString().slice(0, 19)}Z`;
  const start = (lastMinute += 30);
  const session = {
    session_id: world.newId(), start_time: at(start), end_time: at(start + 25), duration: 25, category: 'work', project: 'team_A', note: '', source: 'mac_app',
  };
  return { type: 'submit', session };
}

async function countOf(sql: string, parameters: readonly unknown[], url = cluster.url): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return Number((await client.query(sql, [...parameters])).rows[0].count);
  } finally {
    await client.end();
  }
}

/** A store whose writers stay in their transaction, with everything written, until a reader has looked so often. */
function slow(inner: ServerStore, looks: number): ServerStore & { looked(): void } {
  let count = 0;
  let waiting: { readonly until: number; readonly go: () => void }[] = [];
  return {
    accounts: inner.accounts, ping: () => inner.ping(), close: () => inner.close(), epoch: () => inner.epoch(),
    watch: (userId, listener) => inner.watch(userId, listener), overview: (userId) => inner.overview(userId),
    readUser: (userId, work) => inner.readUser(userId, work),
    withUser: (userId, work) => inner.withUser(userId, async (tx) => {
      const result = await work(tx);
      await new Promise<void>((go) => void (waiting = [...waiting, { until: count + looks, go }]));
      return result;
    }),
    looked() {
      count += 1;
      for (const { until, go } of waiting) if (until <= count) go();
      waiting = waiting.filter(({ until }) => until > count);
    },
  };
}

describe('the cursor', () => {
  it('[D15] skips nothing and repeats nothing while slow transactions of several servers commit around its reader', async () => {
    const [here, there] = [createApiWorld(await openPostgresStore(cluster.url, { connections: 6 }), NOW), await openPostgresStore(cluster.url, { connections: 6 })];
    const slowThere = slow(there, 2);
    const writers = createApiWorld(slowThere, NOW, 3_000_000);
    const user = await here.signIn();
    const devices = [0, 1, 2].map((i) => new TestDevice({ user: writers.here(user), newId: writers.newId, deviceId: `writer-${i}` }));
    const reader = new TestDevice({ user, newId: here.newId, deviceId: 'reader' });
    await reader.exchange();
    let isWriting = true;
    const written = Promise.all(devices.map(async (device) => {
      for (let round = 0; round < 4; round += 1) await device.apply(submit(writers), submit(writers));
    })).finally(() => (isWriting = false));
    const seen: number[] = [];
    const look = async (): Promise<void> => {
      const { changes } = await reader.exchange();
      seen.push(...changes.map(({ seq }) => seq));
      slowThere.looked();
    };
    while (isWriting) await look();
    await written;
    await look();
    expect(seen).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
    await Promise.all([here.store.close(), there.close()]);
  });
});

describe('equal requests', () => {
  it('[S-29] fifty at once, over two servers, give one row and fifty equal answers', async () => {
    const here = createApiWorld(await openPostgresStore(cluster.url, { connections: 10 }), NOW, 4_000_000);
    const there = createApiWorld(await openPostgresStore(cluster.url, { connections: 10 }), NOW, 5_000_000);
    const user = await here.signIn();
    const users: readonly ApiUser[] = [user, there.here(user)];
    // Who is told to come again comes again: on a slow machine fifty may wait for one lock longer than a server lets them.
    const insist = async (send: () => Promise<ApiAnswer>): Promise<ApiAnswer> => {
      const answer = await send();
      return answer.status === 503 ? insist(send) : answer;
    };
    const fifty = (send: (user: ApiUser) => Promise<ApiAnswer>): Promise<ApiAnswer[]> =>
      Promise.all(Array.from({ length: 50 }, (_, i) => insist(() => send(users[i % 2] as ApiUser))));

    const { session } = submit(here) as { session: { session_id: string } };
    const submitted = await fifty(({ call }) => call('submit', { body: session }));
    expect(new Set(submitted.map(({ body }) => String(body['session_id'])))).toEqual(new Set(['1']));
    expect(submitted.map(({ status }) => status).sort()).toEqual([...Array<number>(49).fill(200), 201]);
    expect(await countOf('select count(*) from sessions where user_id = $1', [user.userId])).toBe(1);

    const device = new TestDevice({ user, newId: here.newId, deviceId: 'mac-1' });
    const request = device.request(device.number(submit(here)));
    const exchanged = await fifty(({ call }) => call('exchange', { body: request }));
    const words = exchanged.map(({ body }) => (body['results'] as unknown as { status: string }[])[0]?.status);
    expect(words.filter((word) => word === 'applied')).toHaveLength(1);
    expect(words.filter((word) => word === 'duplicate')).toHaveLength(49);
    expect(await countOf('select count(*) from sessions where user_id = $1', [user.userId])).toBe(2);
    expect(await countOf('select count(*) from operation_results where user_id = $1', [user.userId])).toBe(1);
    await Promise.all([here.store.close(), there.store.close()]);
  });
});

describe('a database put back from a backup', () => {
  it('[D01] has another epoch, is offered again what devices hold, and nothing is lost or doubled', async () => {
    const first = createApiWorld(await openPostgresStore(cluster.url), NOW, 6_000_000);
    const user = await first.signIn();
    const sent: Operation[] = [];
    const [mac, web] = ['mac-1', 'web-1'].map((deviceId) => new TestDevice({ user, newId: first.newId, deviceId })) as [TestDevice, TestDevice];
    const send = async (device: TestDevice): Promise<void> => {
      const operations = device.number(submit(first));
      sent.push(...operations);
      await device.exchange(operations);
    };
    await send(mac);
    await first.store.close();
    await admin('create database backup template postgres');
    const second = createApiWorld(await openPostgresStore(cluster.url), NOW, 6_000_000);
    const again = (device: TestDevice, world: ApiWorld): TestDevice => Object.assign(new TestDevice({ user: world.here(user), newId: first.newId, deviceId: device.deviceId }), {
      incarnation: device.incarnation, run: device.run, seq: device.seq, cursor: device.cursor, epoch: device.epoch, statusTag: device.statusTag,
    });
    const [macAfter, webAfter] = [again(mac, second), again(web, second)];
    await send(macAfter);
    await send(webAfter);
    await macAfter.catchUp();
    await second.store.close();

    const url = cluster.url.replace(/postgres$/, 'backup');
    await renewEpoch(configOf(url));
    const restored = createApiWorld(await openPostgresStore(url), NOW, 7_000_000);
    const [macBack, webBack] = [again(macAfter, restored), again(webAfter, restored)];
    const answer = await macBack.exchange();
    expect([answer.reset, answer.head, answer.changes.length]).toEqual(['epoch', 1, 1]);
    // Everything it holds, as new operations: what is there is a duplicate, and the rest is stored.
    const offered = sent.map((operation) => (operation as { session: unknown }).session).map((session) => ({ type: 'submit', session }) as OperationBody);
    expect((await macBack.apply(...offered)).map(({ status }) => status)).toEqual(['duplicate', 'applied', 'applied']);
    expect((await webBack.exchange()).reset).toBe('epoch');
    expect((await webBack.apply(...offered)).map(({ status }) => status)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    await webBack.catchUp();
    expect([...webBack.known.keys()].sort()).toEqual(sent.map((operation) => (operation as { session: { session_id: string } }).session.session_id).sort());
    expect(await countOf('select count(*) from sessions where user_id = $1', [user.userId], url)).toBe(3);
    await restored.store.close();
  });
});

async function admin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url.replace(/postgres$/, 'template1') });
  await client.connect();
  await client.query(sql);
  await client.end();
}

function configOf(databaseUrl: string) {
  const outcome = readConfig({ databaseUrl }, '0.0.0-test');
  if (!outcome.ok) throw new Error(outcome.complaints.join(' '));
  return outcome.config;
}
