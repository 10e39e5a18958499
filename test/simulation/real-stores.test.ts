// Drawn worlds over the real store: Dexie under every device, the rest as ever. The fast part of the campaign with `--store dexie`.
import type { Store } from '@syncline/core';
import { createMemoryStores, createSimDisk, createSimScheduler, createSimTab, type Mark, MarkCounts, type RealStores, storeContract } from '@syncline/core/testing';
import { describe, expect, it } from 'vitest';
import { createRealStores } from './dexie-stores.ts';
import { createOutside } from './outside.ts';
import { KINDS, type Parts, runSeed } from './seeds.ts';

const WORLDS = 40;
/** Faults of a store that many worlds have; that it does not open few have, and plans that once failed. */
const FAULTS: readonly Mark[] = ['storage.aborted', 'storage.closed', 'storage.evicted.clean', 'storage.evicted.pending', 'tab.killed.writing', 'power.pending', 'profile.copied', 'storage.upgrade-blocked'];

function dexie(change: (stores: RealStores) => RealStores = (stores) => stores): Parts {
  const outside = createOutside();
  return { settle: outside.settle, realStores: () => change(createRealStores(outside)) };
}

describe('worlds over the real store', () => {
  const marks = new MarkCounts();

  it.each(KINDS)(`[A14, A17, I-01, I-08, I-18] ${WORLDS} of $name break nothing`, async ({ from }) => {
    const broken: string[] = [];
    for (let seed = from + 1; seed <= from + WORLDS; seed += 1) {
      const result = await runSeed(seed, dexie());
      marks.add(result.marks);
      broken.push(...result.violations.map(({ id, what }) => `${seed} ${id} ${what}`));
    }
    expect(broken).toEqual([]);
  });

  it('have stores that fail in every way', () => {
    expect(marks.missing().filter((mark) => FAULTS.includes(mark))).toEqual([]);
  });

  it('are the same each time', async () => {
    for (const { from } of KINDS) {
      const [first, second] = [await runSeed(from + 2, dexie()), await runSeed(from + 2, dexie())];
      expect(second.hash).toBe(first.hash);
    }
  });

  it.each<[string, (store: Awaited<ReturnType<RealStores['open']>>) => void]>([
    ['writes nothing', (store) => {
      const update = store.update.bind(store);
      store.update = (reads, decide, durability) => update(reads, (found) => ({ ...decide(found), writes: [] }), durability);
    }],
    ['finds nothing', (store) => {
      store.read = async (reads) => reads.map(() => []);
    }],
  ])('notice a store that %s', async (_what, spoil) => {
    const { violations } = await runSeed(1, dexie((stores) => ({
      ...stores,
      open: async (name) => {
        const store = await stores.open(name);
        spoil(store);
        return store;
      },
    })));
    expect(violations.map(({ id }) => id)).toContain('store');
  });
});

describe('a simulated disk over the real store', () => {
  it.each(storeContract(() => {
    const outside = createOutside();
    const scheduler = createSimScheduler({ settle: outside.settle });
    const disk = createSimDisk(scheduler, { realStores: createRealStores(outside) });
    return {
      first: createMemoryStores(disk, createSimTab(scheduler, 'a')),
      second: createMemoryStores(disk, createSimTab(scheduler, 'b')),
      drive: (promise) => scheduler.drive(promise),
      interrupt: async (name) => disk.interrupt(name, 'version_change'),
      dispose: async () => expect(await disk.differences()).toEqual([]),
    };
  }))('$name', ({ run }) => run());

  it('[A17] that loses its power between a decision and its commit holds what was there before', async () => {
    const outside = createOutside();
    const scheduler = createSimScheduler({ settle: outside.settle });
    const disk = createSimDisk(scheduler, { realStores: createRealStores(outside), latencyMs: (phase) => (phase === 'commit' ? 3 : 0) });
    const write = (store: Store, value: number): Promise<void> =>
      store.update([], () => ({ writes: [{ kind: 'put', table: 'meta', key: 'a', value }], result: undefined }), 'strict');
    const tab = createSimTab(scheduler, 'a');
    const store = await scheduler.drive(createMemoryStores(disk, tab).open('db'));
    await scheduler.drive(write(store, 1));
    void write(store, 2);
    await scheduler.runFor(1);
    tab.kill();
    disk.crash();
    const next = await scheduler.drive(createMemoryStores(disk, createSimTab(scheduler, 'b')).open('db'));
    expect(await scheduler.drive(next.read([{ table: 'meta' }]))).toEqual([[{ key: 'a', value: 1 }]]);
    expect(await disk.differences()).toEqual([]);
  });
});
