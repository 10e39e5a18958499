// The server's process dies, or the database's, while devices submit: what was acknowledged is there afterwards, once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { openPostgresStore } from '../../packages/server/src/store/sql/open.ts';
import { type Cluster, startPostgres } from '../provision/postgres.mjs';
import { ServerCommand } from '../provision/server-command.ts';
import { amount } from './lib/amount.ts';
import { createChance } from './lib/chance.ts';
import { type Holdings, killOften, pause, RIGHT, SECRET, Submitters } from './lib/submitters.ts';

const SERVER_KILLS = amount(500);
const DATABASE_KILLS = amount(500);
/** Enough for a database that does not wait for its disk to lose something. */
const CARELESS_KILLS = 40;
const LONGEST_MS = 120;
const MINUTE = 60_000;

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

interface World {
  readonly cluster: Cluster;
  readonly submitters: Submitters;
  readonly start: () => ServerCommand;
}

async function openWorld(prepare = ''): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-kill-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const cluster = await startPostgres();
  undo.push(() => cluster.remove());
  if (prepare !== '') await ask(cluster, prepare);
  const store = await openPostgresStore(cluster.url, { connections: 1 });
  const submitters = new Submitters();
  await submitters.enroll(store);
  await store.close();
  const start = (): ServerCommand => {
    const server = new ServerCommand([], { PORT: '0', DATA_DIR: folder, DATABASE_URL: cluster.url, AUTH_SECRET: SECRET, LOG_LEVEL: 'silent' }, true);
    undo.push(() => server.signal('SIGKILL'));
    return server;
  };
  return { cluster, submitters, start };
}

async function ask(cluster: Cluster, query: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  try {
    return await client.query(query);
  } finally {
    await client.end();
  }
}

async function holdings(cluster: Cluster): Promise<Holdings> {
  const { rows } = await ask(cluster, 'select id, display_id::int as "displayId", (extract(epoch from start_time) * 1000)::float8 as "startTime", note from sessions');
  const counted = await ask(cluster, 'select total_sessions::int as total from user_summaries');
  return { rows, total: counted.rows[0].total };
}

/** Resolves when the server finds its database again. */
async function untilWell(url: string): Promise<void> {
  while (!(await fetch(`${url}/api/health`)).ok);
}

async function killDatabase({ cluster, submitters }: World, url: string, delayMs: number): Promise<void> {
  const { flows, ends } = submitters.run(url);
  await flows;
  await pause(delayMs);
  await cluster.kill9();
  submitters.stop();
  await ends;
  await cluster.start();
  await untilWell(url);
}

describe('on PostgreSQL', () => {
  it(`[D11, C05, S-29] ${SERVER_KILLS} kills of the server lose no acknowledged session and double none`, { timeout: 30 * MINUTE }, async () => {
    const { cluster, submitters, start } = await openWorld();
    const chance = createChance(1);
    await killOften(SERVER_KILLS, submitters, start, () => chance.below(LONGEST_MS));
    expect(submitters.differences(await holdings(cluster))).toEqual(RIGHT);
    const last = start();
    await submitters.settle(await last.listening());
    expect(submitters.differences(await holdings(cluster))).toEqual(RIGHT);
    expect((await holdings(cluster)).rows).toHaveLength(submitters.sent.size);
    expect(submitters.acknowledged.size).toBeGreaterThan(SERVER_KILLS);
  });

  it(`[D11, D14, I-08] ${DATABASE_KILLS} kills of the database lose no acknowledged session and double none`, { timeout: 30 * MINUTE }, async () => {
    const world = await openWorld();
    const { cluster, submitters } = world;
    const chance = createChance(2);
    expect((await ask(cluster, 'select current_setting(\'fsync\') || current_setting(\'synchronous_commit\') as settings')).rows[0].settings).toBe('onon');
    const url = await world.start().listening();
    for (let kills = 0; kills < DATABASE_KILLS; kills += 1) await killDatabase(world, url, chance.below(LONGEST_MS));
    expect(submitters.differences(await holdings(cluster))).toEqual(RIGHT);
    await submitters.settle(url);
    expect(submitters.differences(await holdings(cluster))).toEqual(RIGHT);
    expect((await holdings(cluster)).rows).toHaveLength(submitters.sent.size);
    expect(submitters.acknowledged.size).toBeGreaterThan(DATABASE_KILLS);
  });

  it('a database that does not wait for its disk is found out', { timeout: 10 * MINUTE }, async () => {
    const world = await openWorld('alter role all set synchronous_commit = off');
    const { cluster, submitters } = world;
    const url = await world.start().listening();
    let { lost } = RIGHT as { lost: number };
    for (let kills = 0; kills < CARELESS_KILLS && lost === 0; kills += 1) {
      await killDatabase(world, url, LONGEST_MS);
      lost = submitters.differences(await holdings(cluster)).lost;
    }
    expect(lost).toBeGreaterThan(0);
  });
});
