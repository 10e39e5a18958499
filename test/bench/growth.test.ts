// What a day of work costs the store, with a short history and with one twenty times as long. Counted, never timed: the same rows and the same transactions.
import { expect, it } from 'vitest';
import type { Ports, SyncEngine } from '@syncline/core';
import { storeName } from '../../packages/core/src/store-name.ts';
import { appendHistory } from '../../packages/core/src/sync/history-append.ts';
import { Local } from '../../packages/core/src/sync/local.ts';
import { createSimIds } from '@syncline/core/testing';
import { ExchangeWorld, USER } from '../simulation/exchange-world.ts';
import { history as historyOf } from './page/data.ts';
import { type CountingStores, createCountingStores, type Spent, spentOn } from './run/counting-stores.ts';

const CHUNK = 2000;

async function fill({ stores, clock }: Ports, world: ExchangeWorld, count: number): Promise<void> {
  const store = await world.drive(stores.open(storeName('http://server.test', USER)));
  const local = new Local({ store, clock, ids: { uuid: () => '00000000-0000-4000-8000-0000000000c1' } });
  for (let at = 0; at < count; at += CHUNK) {
    const part = historyOf(count, at, at + CHUNK).map((session) => ({ ...session, source: 'mac_app', plannedDuration: null, displayId: null, clock: null, cancelled: null, version: 1, deletedAt: null }));
    await world.drive(local.commit((draft) => appendHistory(draft, store, part), 'relaxed'));
  }
  expect(local.history.directory.reduce((sum, part) => sum + part.count, 0)).toBe(count);
  await world.drive(store.close());
}

interface Part extends Spent {
  /** Letters of the requests and of the answers to them. */
  readonly transferred: number;
}

interface Day {
  readonly world: ExchangeWorld;
  readonly own: SyncEngine;
  readonly other: SyncEngine;
  /** Since the last call. */
  readonly spent: () => Part;
}

async function begin(stored: number): Promise<Day> {
  const world = await ExchangeWorld.create();
  const device = world.device();
  // A store that has met this server: one that holds sessions and has not would offer them all to it.
  const met = await world.open(device);
  await world.run(5000);
  await world.drive(met.close());
  await fill(device.openPage({ ids: createSimIds(1), server: () => Promise.resolve({ status: 503, headers: {}, body: '' }) }).ports, world, stored);
  const counting: CountingStores[] = [];
  const over = (ports: Ports): Ports => {
    const counted = createCountingStores(ports.stores);
    counting.push(counted);
    return { ...ports, stores: counted.stores };
  };
  const own = await world.open(device, { over });
  const other = await world.open(world.device());
  const spent = (): Part => {
    const letters = world.requests.splice(0).reduce((sum, { request, answerChars }) => sum + (request.body?.length ?? 0) + answerChars, 0);
    return { ...spentOn(counting.flatMap(({ take }) => take())), transferred: letters };
  };
  return { world, own, other, spent };
}

/** What each part of a day costs. */
async function live(stored: number): Promise<Record<string, Part>> {
  const { world, own, other, spent } = await begin(stored);
  const costs: Record<string, Part> = { opening: spent() };
  await world.run(60_000);
  costs['first sync'] = spent();
  await world.drive(own.sessions.record(world.session(50, 25)));
  costs['first record'] = spent();
  await world.drive(own.sync());
  costs['first push'] = spent();
  const { id } = await world.drive(other.sessions.record(world.session(300, 25)));
  await world.drive(other.sync());
  await world.drive(own.sync());
  costs['news of another device'] = spent();
  expect((await world.drive(own.sessions.get(id)))?.state).toBe('confirmed');
  spent();
  await world.drive(own.sessions.record(world.session(20, 10)));
  await world.drive(own.sync());
  costs['record and push'] = spent();
  await world.drive(own.sync());
  costs['idle sync'] = spent();
  return costs;
}

/** A look whether short chunks wait to be merged, and a chunk more at a border between two. */
const LEEWAY = 2;
/** Whoever writes history writes its directory, which says of each 2,000 sessions where they lie. */
const DIRECTORY_BYTES = 64;
/** Numbers of more digits. */
const DIGITS = 64;

it('a day costs as many rows, transactions and bytes with 40,000 sessions stored as with 2,000', async () => {
  const [short, long] = [await live(2000), await live(40_000)];
  for (const [part, { transactions, rowsRead, writes, bytesWritten, transferred }] of Object.entries(long)) {
    const before = short[part] as Part;
    expect(transactions, part).toBeLessThanOrEqual(before.transactions + LEEWAY);
    expect(rowsRead, part).toBeLessThanOrEqual(before.rowsRead + LEEWAY);
    expect(writes, part).toBeLessThanOrEqual(before.writes + LEEWAY);
    const directories = part.endsWith('push') || part.startsWith('news') ? 1 : 0;
    expect(bytesWritten, part).toBeLessThanOrEqual(before.bytesWritten + directories * DIRECTORY_BYTES * ((40_000 - 2000) / CHUNK) + DIGITS);
    expect(transferred, part).toBeLessThanOrEqual(before.transferred + DIGITS);
  }
  expect(short['idle sync']?.rowsRead).toBeLessThanOrEqual(8);
});
