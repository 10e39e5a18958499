import type { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountContract, apiContract, type ApiWorld, createApiWorld, createStoreWorld, storeContract, type StoreWorld } from '../../testing/index.ts';
import { openEmbeddedStore } from './open.ts';

let world: StoreWorld;
let api: ApiWorld;
let database: PGlite;

beforeAll(async () => {
  const opened = await openEmbeddedStore(null);
  database = opened.database;
  world = createStoreWorld(opened.store);
  api = createApiWorld(opened.store, 0);
}, 60_000);
afterAll(() => world.store.close());

describe('the store on the embedded database', () => {
  for (const { name, run } of [...accountContract(async () => world), ...storeContract(async () => world)]) it(name, run);
});

describe('the calls, over the embedded database', () => {
  for (const { name, run } of apiContract(async () => api)) it(name, run);
});

it('shows an unset user no row, though its own user is a superuser who sees all', async () => {
  const userId = await world.newUser();
  const count = (...settings: string[]): Promise<unknown> => database.transaction(async (tx) => {
    for (const setting of settings) await tx.query(setting);
    return (await tx.query<{ count: number }>('select count(*)::int as count from user_summaries')).rows[0]?.count;
  });
  const role = 'set local role syncline_data';
  expect(await count(role)).toBe(0);
  expect(await count(role, "select set_config('app.user_id', '', true)")).toBe(0);
  expect(await count(role, `select set_config('app.user_id', '${userId}', true)`)).toBe(1);
  expect(await count()).toBeGreaterThan(1);
});
