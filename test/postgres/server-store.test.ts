// The server's store on a real PostgreSQL: the same contract as in memory and on the embedded database, and what only several
// connections can show.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { openPostgresStore } from '../../packages/server/src/store/sql/open.ts';
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

it('no statement is compiled, however dear it looks', async () => {
  const asked: { readonly sql: string; readonly parameters: readonly unknown[] }[] = [];
  const store = await openPostgresStore(cluster.url, { connections: 1, onStatement: (sql, parameters) => void asked.push({ sql, parameters }) });
  await store.overview(await world.newUser());
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
  expect(plans[0]).toContain('user_summaries');
  expect(plans[0]).not.toMatch(/JIT|Seq Scan/);
});

it('a database that went away is unavailable, and is found again', async () => {
  const userId = await world.newUser();
  await cluster.kill9();
  await expect(world.store.ping()).rejects.toMatchObject({ name: 'ServerStoreError', code: 'unavailable' });
  await expect(world.store.readUser(userId, (tx) => tx.overview())).rejects.toMatchObject({ code: 'unavailable' });
  await cluster.start();
  expect((await world.store.readUser(userId, (tx) => tx.overview())).devices).toEqual([]);
});
