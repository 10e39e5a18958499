// The server's store on a real PostgreSQL: the same contract as in memory and on the embedded database, and what only several
// connections can show.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { readConfig } from '../../packages/server/src/config.ts';
import { openStore } from '../../packages/server/src/process/open-store.ts';
import { inProcessNews } from '../../packages/server/src/store/sql/news-line.ts';
import { openPostgresStore } from '../../packages/server/src/store/sql/open.ts';
import { createSqlStore } from '../../packages/server/src/store/sql/sql-store.ts';
import { accountContract, apiContract, type ApiWorld, createApiWorld, createStoreWorld, storeContract, type StoreWorld } from '../../packages/server/src/testing/index.ts';
import { startPostgres, type Cluster } from '../provision/postgres.mjs';

let cluster: Cluster;
let world: StoreWorld;
let api: ApiWorld;

beforeAll(async () => {
  cluster = await startPostgres();
  world = createStoreWorld(await openPostgresStore(cluster.url, { connections: 4 }));
  api = createApiWorld(world.store, 0);
});
afterAll(async () => {
  await world?.store.close();
  await cluster?.remove();
});

describe('the store on PostgreSQL', () => {
  for (const { name, run } of [...accountContract(async () => world), ...storeContract(async () => world)]) it(name, run);
});

describe('the calls, over PostgreSQL', () => {
  for (const { name, run } of apiContract(async () => api)) it(name, run);
});

it('[S-26] a user with many calls under way leaves connections to the others', async () => {
  const store = await openPostgresStore(cluster.url);
  const own = createStoreWorld(store, 5_000_000);
  const [ann, bo] = [await own.newUser(), await own.newUser()];
  let answered: () => void = () => undefined;
  const bosAnswer = new Promise<void>((resolve) => (answered = resolve));
  const anns = Array.from({ length: 16 }, () => [store.withUser(ann, () => bosAnswer), store.readUser(ann, () => bosAnswer)]).flat();
  expect((await store.overview(bo)).devices).toEqual([]);
  await store.withUser(bo, (tx) => tx.overview());
  answered();
  await Promise.all(anns);
  await store.close();
});

it('[S-22] works that wait for documents leave connections to the others, whosever they are', async () => {
  const store = await openPostgresStore(cluster.url, { connections: 4 });
  const own = createStoreWorld(store, 6_000_000);
  const users = await Promise.all(Array.from({ length: 9 }, () => own.newUser()));
  let made: () => void = () => undefined;
  const documents = new Promise<void>((resolve) => (made = resolve));
  const waiting = users.slice(1).flatMap((user) => [store.withUser(user, () => documents, 'waiting'), store.readUser(user, () => documents, 'waiting')]);
  // The first comes before those that still stand in line.
  for (let i = 0; i < 3; i += 1) await store.withUser(users[0] as string, (tx) => tx.overview());
  made();
  await Promise.all(waiting);
  await store.close();
});

it('the calls do not rest on what a database has for its defaults', async () => {
  const admin = new pg.Client({ connectionString: cluster.url });
  await admin.connect();
  await admin.query('create database odd');
  for (const setting of ["datestyle = 'German'", "timezone = 'Asia/Kathmandu'", "default_transaction_isolation = 'serializable'", "bytea_output = 'escape'"]) await admin.query(`alter database odd set ${setting}`);
  await admin.end();
  const odd = createApiWorld(await openPostgresStore(cluster.url.replace(/[^/]*$/, 'odd')), 0);
  const names = ['submit answers as documented', 'fifty equal submits at once make one session', 'thirty equal exchanges at once take effect once'];
  const cases = apiContract(async () => odd).filter(({ name }) => names.includes(name));
  expect(cases).toHaveLength(names.length);
  for (const { run } of cases) await run();
  await odd.store.close();
});

describe('[S-06] row-level security', () => {
  async function asOwner<T extends pg.QueryResultRow>(run: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: cluster.url });
    await client.connect();
    try {
      return await run(client);
    } finally {
      await client.end();
    }
  }

  it('is on and forced for every table that names a user', async () => {
    const open = await asOwner(async (client) => (await client.query(`
      select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname in ('user_id', 'sid')
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not (c.relrowsecurity and c.relforcerowsecurity)`)).rows);
    expect(open).toEqual([]);
  });

  it('shows an unset or empty user no row, and lets nobody write for another', async () => {
    const [ann, bo] = [await world.newUser(), await world.newUser()];
    const seen = await asOwner(async (client) => {
      const count = async (user: string | null): Promise<number> => {
        await client.query('begin; set local role syncline_data');
        if (user !== null) await client.query("select set_config('app.user_id', $1, true)", [user]);
        const { rows } = await client.query('select count(*)::int as count from user_summaries');
        await client.query('commit');
        return rows[0].count;
      };
      const forged = async (): Promise<string> => {
        await client.query('begin; set local role syncline_data');
        await client.query("select set_config('app.user_id', $1, true)", [ann]);
        const refused = await client.query("insert into devices values ($1, 'd', 't', '1', null, null, 0, null, now(), null)", [bo])
          .then(() => 'stored', (error: { code: string }) => error.code);
        await client.query('rollback');
        return refused;
      };
      return { unset: await count(null), empty: await count(''), ann: await count(ann), forged: await forged() };
    });
    expect(seen).toEqual({ unset: 0, empty: 0, ann: 1, forged: '42501' });
  });

  it('binds the reading of an overview, which brings its own role and user and leaves neither behind', async () => {
    const [ann, bo] = [await world.newUser(), await world.newUser()];
    const seen = await asOwner(async (client) => {
      const overview = async (): Promise<{ summary: { user_id: string } } | null> => (await client.query('select user_overview($1) as found', [ann])).rows[0].found;
      const settings = async (): Promise<unknown> => (await client.query(`
        select current_user <> session_user as other, current_setting('app.user_id', true) as user, current_setting('jit') as jit, current_setting('enable_seqscan') as scans`)).rows[0];
      const alone = await overview();
      const after = await settings();
      await client.query('begin');
      await overview();
      const during = await settings();
      const others = (await client.query("select count(*)::int as count from user_summaries where user_id = $1", [bo])).rows[0].count;
      await client.query('rollback; begin; drop policy own_rows on user_summaries');
      const unruled = await overview();
      await client.query('rollback');
      return { alone: alone?.summary.user_id, after, during, others, unruled };
    });
    expect(seen).toEqual({
      alone: ann, after: { other: false, user: '', jit: 'on', scans: 'on' }, during: { other: true, user: ann, jit: 'off', scans: 'off' }, others: 0, unruled: null,
    });
  });

  it('gives the data role no look at accounts, and the account role none at data', async () => {
    const codes = await asOwner(async (client) => {
      const codeOf = async (role: string, table: string): Promise<string> => {
        await client.query(`begin; set local role ${role}`);
        const code = await client.query(`select * from ${table}`).then(() => 'allowed', (error: { code: string }) => error.code);
        await client.query('rollback');
        return code;
      };
      return [await codeOf('syncline_data', 'credentials'), await codeOf('syncline_accounts', 'sessions')];
    });
    expect(codes).toEqual(['42501', '42501']);
  });
});

it('[S-03] a login waits for a change of its password that is under way, and is then refused', async () => {
  const userId = await world.newUser();
  const [changing, watching] = [new pg.Client({ connectionString: cluster.url }), new pg.Client({ connectionString: cluster.url })];
  await Promise.all([changing.connect(), watching.connect()]);
  await changing.query('begin; set local role syncline_accounts');
  await changing.query("update credentials set password_hash = 'new' where user_id = $1", [userId]);
  let isOpened: boolean | null = null;
  const login = { sid: world.newId(), userId, createdAt: 0, expiresAt: Date.UTC(9999, 0, 1), refreshHash: null };
  const opening = world.store.accounts.openLogin(login, 'none').then((opened) => void (isOpened = opened));
  const isWaiting = async (): Promise<boolean> => (await watching.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'")).rowCount !== 0;
  while (isOpened === null && !(await isWaiting())) continue;
  await changing.query('commit');
  await opening;
  expect(isOpened).toBe(false);
  await Promise.all([changing.end(), watching.end()]);
});

it('no statement is compiled, however dear it looks', async () => {
  const asked: { readonly sql: string; readonly parameters: readonly unknown[] }[] = [];
  const store = await openPostgresStore(cluster.url, { connections: 1, onStatement: (sql, parameters) => void asked.push({ sql, parameters }) });
  await store.readUser(await world.newUser(), (tx) => tx.conflictMembers());
  await store.close();
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  await client.query('set jit = on; set jit_above_cost = 0');
  const plans: string[] = [];
  for (const { sql, parameters } of asked) {
    const isRead = /^\s*select/.test(sql);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(isRead ? `explain analyze ${sql}` : sql, [...parameters]);
    if (isRead) plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
  }
  await client.end();
  expect(plans).toHaveLength(1);
  expect(plans[0]).toContain('conflict_members');
  expect(plans[0]).not.toMatch(/JIT|Seq Scan/);
});

it('a connection on which ROLLBACK failed is lent to nobody else', async () => {
  const pool = new pg.Pool({ connectionString: cluster.url, max: 1, pipeline: true } as pg.PoolConfig);
  let connections = 0;
  pool.on('connect', (client) => {
    connections += 1;
    const query = client.query.bind(client) as (asked: { text: string }) => Promise<pg.QueryResult>;
    const refusing = (asked: { text: string }): Promise<pg.QueryResult> => (asked.text === 'rollback' ? Promise.reject(Object.assign(new Error('canceled'), { code: '57014' })) : query(asked));
    Object.assign(client, { query: refusing });
  });
  const store = createSqlStore({ pool, isPipelined: true, news: inProcessNews() });
  await expect(store.withUser(await world.newUser(), () => Promise.reject(new Error('of the work')))).rejects.toMatchObject({ name: 'ServerStoreError', code: 'conflict' });
  expect(await store.epoch()).toBe(await world.store.epoch());
  expect(connections).toBe(2);
  await store.close();
});

it('a database that takes no writes, or lets nobody in, is unavailable, which no client takes for its own fault', async () => {
  const userId = await world.newUser();
  const standby = await openPostgresStore(`${cluster.url}?options=-c%20default_transaction_read_only%3Don`);
  expect(await standby.overview(userId)).toMatchObject({ devices: [] });
  await expect(standby.withUser(userId, async () => undefined)).rejects.toMatchObject({ code: 'unavailable' });
  await standby.close();
  await expect(openPostgresStore(cluster.url.replace(/[^/]*$/, 'no_such_database'))).rejects.toMatchObject({ code: 'unavailable' });
});

/** A way to the database that can fall silent: what is sent on the connections of that moment arrives nowhere. */
async function silentWay(): Promise<{ readonly url: string; fallSilent(): void; close(): void }> {
  const target = new URL(cluster.url);
  const open = new Set<Socket>();
  // Who says goodbye to a machine that is gone hears none either.
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(cluster.url);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    fallSilent: () => [...open].forEach((socket) => socket.unpipe().removeAllListeners('data').resume()),
    close: () => void (server.close(), open.forEach((socket) => socket.destroy())),
  };
}

it('a database that falls silent without a word is unavailable, and is found again', async () => {
  const userId = await world.newUser();
  const way = await silentWay();
  const store = await openPostgresStore(way.url, { connections: 2, answerMs: 2000 });
  const work = (): Promise<unknown>[] => [store.withUser(userId, (tx) => tx.write({ removedDevices: ['none'] })), store.overview(userId)];
  await Promise.all(work());
  way.fallSilent();
  expect(await Promise.all(work().map((done) => done.then(() => 'answered', ({ code }: { code: string }) => code)))).toEqual(['unavailable', 'unavailable']);
  await Promise.all(work());
  await store.close();
  way.close();
}, 20_000);

it('a database that fell silent keeps no server from ending', async () => {
  const way = await silentWay();
  const outcome = readConfig({ databaseUrl: way.url }, '1.0.0');
  if (!outcome.ok) throw new Error(outcome.complaints.join());
  const { store, close } = await openStore(outcome.config);
  await store.ping();
  way.fallSilent();
  void store.ping().catch(() => undefined);
  await close();
  way.close();
}, 20_000);

it('a database that went away is unavailable, and is found again', async () => {
  const userId = await world.newUser();
  await cluster.kill9();
  await expect(world.store.ping()).rejects.toMatchObject({ name: 'ServerStoreError', code: 'unavailable' });
  await expect(world.store.readUser(userId, (tx) => tx.overview())).rejects.toMatchObject({ code: 'unavailable' });
  await cluster.start();
  expect((await world.store.readUser(userId, (tx) => tx.overview())).devices).toEqual([]);
});
