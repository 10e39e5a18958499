import { describe, expect, it } from 'vitest';
import { createEngineWorld } from '../testing/engine-world.ts';
import { type Operation, UNTRIED } from '../model/operation.ts';
import { Local } from './local.ts';

async function twoTabs() {
  const world = createEngineWorld();
  const { stores, clock } = world.page().ports;
  const open = async (storeId: string): Promise<Local> => {
    const local = new Local({ store: await world.drive(stores.open('shared')), clock, ids: { uuid: () => storeId } });
    await world.drive(local.commit((draft) => draft.putMeta('knock', { id: storeId, sync: false }), 'relaxed'));
    await world.drive(local.refresh());
    return local;
  };
  const a = await open('a');
  const b = await open('b');
  await world.drive(a.refresh());
  return { world, a, b };
}

describe('a tab that is told what another one wrote', () => {
  it('reads everything where another decision was committed than the one that was told', async () => {
    const { world, a, b } = await twoTabs();
    const { version } = b.view.head;
    await world.drive(a.commit((draft) => draft.putMeta('knock', { id: 'from a', sync: true }), 'relaxed'));
    expect(a.view.head.version).toBe(version + 1);
    // A third tab said that it was writing its own row over the same version, and that came to nothing.
    await world.drive(b.refresh({ v: version + 1, by: 'c 1', since: version, rows: [['meta', 'leader']] }));
    expect(b.view.head.version).toBe(version + 1);
    expect(b.view.knock?.id).toBe('from a');
  });

  it('reads the rows that were told where that is what was committed', async () => {
    const { world, a, b } = await twoTabs();
    const { version } = b.view.head;
    await world.drive(a.commit((draft) => draft.putMeta('knock', { id: 'from a', sync: true }), 'relaxed'));
    await world.drive(b.refresh({ v: version + 1, by: a.view.head.by, since: version, rows: [['meta', 'knock']] }));
    expect(b.view.knock?.id).toBe('from a');
  });

  it.each(['__proto__', 'constructor', 'toString'])('[S-21, S-28] takes no row of the name %s for one of its own', async (key) => {
    const { world, a, b } = await twoTabs();
    const { version } = b.view.head;
    await world.drive(a.commit((draft) => draft.putMeta('knock', { id: 'from a', sync: true }), 'relaxed'));
    await world.drive(b.refresh({ v: version + 1, by: a.view.head.by, since: version, rows: [['meta', key], ['meta', 'knock']] }));
    expect(b.view.knock?.id).toBe('from a');
    expect(Object.hasOwn(b.view, key)).toBe(false);
    expect(Object.getPrototypeOf(b.view)).toBe(Object.getPrototypeOf(a.view));
  });
});

it('a fault of whoever is told of a commit ends nothing, and shows', async () => {
  const { world, a } = await twoTabs();
  const onChange = (): void => {
    throw new RangeError('told in vain');
  };
  a.listener = { onChange, onDecided: () => undefined, onStoreError: () => undefined, onVanished: () => undefined };
  const put = (id: string): Promise<void> => world.drive(a.commit((draft) => draft.putMeta('knock', { id, sync: true }), 'relaxed'));
  await put('first');
  await expect(world.run(10)).rejects.toThrow('told in vain');
  await put('second');
  expect(a.view.knock?.id).toBe('second');
});

it('an update that is undone brings the outbox back in its order, which costs one look at all of it however many operations had left', async () => {
  const { world, a } = await twoTabs();
  const operation = (n: number): Operation => ({
    opId: `op ${n}`, kind: 'submit', change: null, owner: 'user-1', at: n, delivery: UNTRIED,
    session: {
      id: `session ${n}`, startTime: n * 1000, endTime: n * 1000 + 1, plannedDuration: null, category: 'work', project: 'book', note: '', source: 'cli',
      deviceId: null, displayId: null, version: 0, deletedAt: null, clock: null, cancelled: null,
    },
  });
  await world.drive(a.commit((draft) => void Array.from({ length: 100 }, (_, n) => draft.queue(operation(n + 1))), 'relaxed'));
  const { view } = a;
  const before = [...view.operations.keys()];
  let { operations } = view;
  let looks = 0;
  Object.defineProperty(view, 'operations', {
    get: () => operations,
    set: (next: typeof operations) => {
      operations = next;
      looks += 1;
    },
  });
  const refused = a.commit((draft) => {
    draft.deleteOperations(before.slice(0, 60));
    throw new RangeError('the store refuses');
  }, 'relaxed');
  await expect(world.drive(refused)).rejects.toThrow('the store refuses');
  expect([...operations.keys()]).toEqual(before);
  expect(looks).toBe(1);
});

describe('a row that cannot be read', () => {
  const SETTLEMENT = { id: 's', kind: 'keep_all', sessionIds: ['a', 'b'], settledAt: 0, undoneAt: null, deviceId: null, outcome: 'applied', before: [], created: [] };

  it.each([SETTLEMENT, undefined])('counts as damaged until another is in its place, or none: %j', async (next) => {
    const { world, a, b } = await twoTabs();
    const data = world.device.disk.data('shared');
    for (const key of ['s', 'other']) data.commit([{ kind: 'put', table: 'settlements', key, value: 7 }], 'strict');
    await world.drive(a.commit((draft) => draft.setHead({ term: 1 }), 'relaxed'));
    for (const local of [a, b]) await world.drive(local.open({ table: 'meta', key: 'head' }));
    expect([a, b].map(({ view }) => view.damagedRows.size)).toEqual([2, 2]);
    const refused = a.commit((draft) => {
      draft.put('settlements', 's', SETTLEMENT);
      throw new Error('refused');
    }, 'relaxed');
    await expect(world.drive(refused)).rejects.toThrow('refused');
    expect(a.view.damagedRows.size).toBe(2);
    await world.drive(a.commit((draft) => (next === undefined ? draft.delete('settlements', 's') : draft.put('settlements', 's', next)), 'relaxed'));
    await world.drive(b.refresh({ v: a.view.head.version, by: a.view.head.by, since: b.view.head.version, rows: [['settlements', 's']] }));
    expect([a, b].map(({ view }) => view.damagedRows.size)).toEqual([1, 1]);
    expect([a, b].map(({ view }) => view.settlements.size)).toEqual(next === undefined ? [0, 0] : [1, 1]);
  });
});
