// A server over its embedded database dies while devices submit: what was acknowledged is there afterwards, once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../packages/server/src/store/sql/open.ts';
import { ServerCommand } from '../provision/server-command.ts';
import { amount } from './lib/amount.ts';
import { createChance } from './lib/chance.ts';
import { type Holdings, killOften, RIGHT, type Row, SECRET, Submitters } from './lib/submitters.ts';

const KILLS = amount(200);
const LONGEST_MS = 250;
const MINUTE = 60_000;

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function enroll(folder: string, submitters: Submitters): Promise<void> {
  const { store } = await openEmbeddedStore(join(folder, 'database'));
  await submitters.enroll(store);
  await store.close();
}

async function holdings(folder: string): Promise<Holdings> {
  const { store, database } = await openEmbeddedStore(join(folder, 'database'));
  const { rows } = await database.query<Row>('select id, display_id::int as "displayId", (extract(epoch from start_time) * 1000)::float8 as "startTime", note from sessions');
  const counted = await database.query<{ total: number }>('select total_sessions::int as total from user_summaries');
  await store.close();
  return { rows, total: counted.rows[0]?.total ?? -1 };
}

describe('on the embedded database', () => {
  it(`[D13, D11, D12] ${KILLS} kills of the server lose no acknowledged session and double none`, { timeout: 30 * MINUTE }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'syncline-kill-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const submitters = new Submitters();
    await enroll(folder, submitters);
    const start = (): ServerCommand => {
      const server = new ServerCommand([], { PORT: '0', DATA_DIR: folder, DEMO: 'off', AUTH_SECRET: SECRET, LOG_LEVEL: 'silent' }, true);
      undo.push(() => server.signal('SIGKILL'));
      return server;
    };
    const chance = createChance(3);
    await killOften(KILLS, submitters, start, () => chance.below(LONGEST_MS));
    expect(submitters.differences(await holdings(folder))).toEqual(RIGHT);
    const last = start();
    await submitters.settle(await last.listening());
    await last.signal('SIGTERM');
    expect(submitters.differences(await holdings(folder))).toEqual(RIGHT);
    expect((await holdings(folder)).rows).toHaveLength(submitters.sent.size);
    expect(submitters.acknowledged.size).toBeGreaterThan(KILLS);
  });
});
