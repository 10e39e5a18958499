// Settlements on a server that was set back to a backup: the journal is whole again on every device, and each can be undone.
import type { ConflictChoice, SyncEngine } from '@syncline/core';
import { describe, expect, it } from 'vitest';
import { type ExchangeWorld, tokenOf, type TwoDevices, twoDevices } from './exchange-world.ts';
import { expectNothingLeft, ORDERS, quiet, syncAll } from './set-back-world.ts';

describe('a settlement made after the backup', () => {
  type Choose = (early: string, late: string) => ConflictChoice;
  const CHOICES: readonly (readonly [string, Choose, readonly number[], number])[] = [
    ['keep_all', () => ({ kind: 'keep_all' }), [30, 30], 30],
    ['keep_one', (early) => ({ kind: 'keep_one', sessionId: early }), [30], 30],
    ['trim', (early) => ({ kind: 'trim', sessionId: early }), [20, 30], 30],
    ['split', (early) => ({ kind: 'split', sessionId: early }), [20, 30, 10], 60],
    ['merge_span', () => ({ kind: 'merge_span' }), [50], 30],
    ['merge_sum', () => ({ kind: 'merge_sum' }), [60], 30],
  ];

  /** Two sessions of two devices that overlap, settled by the first. */
  async function settled(choose: Choose, isStored: boolean, length: number) {
    const devices = await twoDevices({ streams: false });
    const { world, a, b } = devices;
    if (!isStored) world.server.save();
    const early = (await world.drive(a.sessions.record(world.session(120, length)))).id;
    const late = (await world.drive(b.sessions.record(world.session(100, 30)))).id;
    await syncAll(devices, [['a'], ['b'], ['a']]);
    if (isStored) world.server.save();
    const plan = await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', choose(early, late)));
    const settlement = await world.drive(a.conflicts.resolve(plan));
    await syncAll(devices, [['a'], ['b']]);
    return { ...devices, settlement, early, late };
  }

  async function minutes({ world }: TwoDevices, engine: SyncEngine): Promise<readonly (number | null)[]> {
    return (await world.drive(engine.sessions.list())).map(({ duration }) => duration).reverse();
  }

  const cases = CHOICES.flatMap(([name, choose, after, length]) => [true, false].flatMap((isStored) => ORDERS.map((order) => [name, isStored, order.join(' then '), choose, after, length, order] as const)));

  it.each(cases)('[D01] [I-20] stands in every journal, and can be undone by any device: %s, sessions in the backup: %s, %s', async (kind, isStored, _, choose, after, length, order) => {
    const devices = await settled(choose, isStored, length);
    const { world, b, settlement } = devices;
    world.server.restore();
    await syncAll(devices, order);
    const engines = await quiet(devices);
    for (const engine of engines) {
      expectNothingLeft(engine);
      expect(engine.conflicts.journal.current).toMatchObject([{ id: settlement.id, kind, outcome: 'applied', undoneAt: null }]);
      expect(await minutes(devices, engine)).toEqual(after);
      expect(engine.conflicts.current).toEqual([]);
    }
    await world.drive(b.conflicts.undo(settlement.id));
    await world.drive(b.sync());
    for (const engine of engines) {
      await world.drive(engine.sync());
      expectNothingLeft(engine);
      expect(engine.conflicts.journal.current).toMatchObject([{ id: settlement.id, outcome: 'applied', undoneAt: expect.any(Number) as number }]);
      expect(await minutes(devices, engine)).toEqual([length, 30]);
      expect(engine.conflicts.current).toHaveLength(1);
    }
  });

  it.each(cases)('[D01] [I-20] and undone stays undone: %s, sessions in the backup: %s, %s', async (_kind, isStored, _, choose, _after, length, order) => {
    const devices = await settled(choose, isStored, length);
    const { world, a, settlement } = devices;
    await world.drive(a.conflicts.undo(settlement.id));
    await syncAll(devices, [['a'], ['b']]);
    world.server.restore();
    await syncAll(devices, order);
    for (const engine of await quiet(devices)) {
      expectNothingLeft(engine);
      expect(engine.conflicts.journal.current).toMatchObject([{ id: settlement.id, undoneAt: expect.any(Number) as number }]);
      expect(await minutes(devices, engine)).toEqual([length, 30]);
      expect(engine.conflicts.current).toHaveLength(1);
    }
  });

  it.each(cases)('[D01] [I-20] is undone where somebody undid it without a network: %s, sessions in the backup: %s, %s', async (_kind, isStored, _, choose, _after, length, order) => {
    const devices = await settled(choose, isStored, length);
    const { world, first, a, settlement } = devices;
    world.offline.add(first);
    await world.drive(a.conflicts.undo(settlement.id));
    world.server.restore();
    world.offline.clear();
    await syncAll(devices, order);
    for (const engine of await quiet(devices)) {
      expectNothingLeft(engine);
      expect(engine.conflicts.journal.current).toMatchObject([{ id: settlement.id, undoneAt: expect.any(Number) as number }]);
      expect(await minutes(devices, engine)).toEqual([length, 30]);
      expect(engine.conflicts.current).toHaveLength(1);
    }
  });
});

describe('a settlement undone after the backup', () => {
  const cases = (['merge_span', 'keep_all'] as const).flatMap((kind) => ORDERS.map((order) => [kind, order.join(' then '), order] as const));

  it.each(cases)('[D01] [I-20] is undone again, in the journal, too: %s, %s', async (kind, _, order) => {
    const devices = await twoDevices({ streams: false });
    const { world, a, b } = devices;
    await world.drive(a.sessions.record(world.session(120, 30)));
    await world.drive(a.sessions.record(world.session(100, 30)));
    const settlement = await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind }).then((plan) => a.conflicts.resolve(plan)));
    await syncAll(devices, [['a'], ['b']]);
    world.server.save();
    await world.drive(b.conflicts.undo(settlement.id));
    await syncAll(devices, [['b'], ['a']]);
    world.server.restore();
    await syncAll(devices, order);
    for (const engine of await quiet(devices)) {
      expectNothingLeft(engine);
      expect(engine.conflicts.current).toHaveLength(1);
      expect(engine.conflicts.journal.current).toMatchObject([{ id: settlement.id, undoneAt: expect.any(Number) as number }]);
    }
  });
});

describe('sessions that were kept side by side after the backup, one of them deleted since', () => {
  /** The first device kept them all, the second deleted the last of them. */
  async function keptAndDeleted(minutesAgo: readonly number[], isStored: boolean, isKnown: boolean) {
    const devices = await twoDevices({ streams: false });
    const { world, a, b } = devices;
    if (!isStored) world.server.save();
    const ids: string[] = [];
    for (const begin of minutesAgo) ids.push((await world.drive(b.sessions.record(world.session(begin, 30)))).id);
    await syncAll(devices, [['b'], ['a']]);
    if (isStored) world.server.save();
    const settlement = await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind: 'keep_all' }).then((plan) => a.conflicts.resolve(plan)));
    await syncAll(devices, [['a'], ['b']]);
    const deleted = ids.at(-1) ?? '';
    await world.drive(b.sessions.delete(deleted));
    await syncAll(devices, isKnown ? [['b'], ['a']] : [['b']]);
    world.server.restore();
    return { ...devices, settlement, deleted };
  }

  async function conflictsOfServer({ server }: ExchangeWorld): Promise<number> {
    const answer = await server.app(new Request('http://server.test/api/sync/status?check_conflicts=true', { headers: { authorization: `Bearer ${tokenOf('good')}` } }));
    return ((await answer.json()) as { conflicts: readonly unknown[] }).conflicts.length;
  }

  async function expectAlike(world: ExchangeWorld, engines: readonly SyncEngine[], settlement: object, conflicts: number): Promise<void> {
    for (const engine of engines) {
      await world.drive(engine.sync());
      expectNothingLeft(engine);
      expect(engine.conflicts.journal.current).toMatchObject([{ kind: 'keep_all', outcome: 'applied', ...settlement }]);
      expect(engine.conflicts.journal.current[0]).not.toHaveProperty('undoSuperseded');
      expect(engine.conflicts.current).toHaveLength(conflicts);
    }
    expect(await world.drive(conflictsOfServer(world))).toBe(conflicts);
  }

  const cases = [true, false].flatMap((isStored) => [true, false].flatMap((isKnown) => ORDERS.map((order) => [isStored, isKnown ? 'knows' : 'missed', order.join(' then '), isKnown, order] as const)));

  it.each(cases)('[D01] [I-20] the others stay kept everywhere, until anybody undoes it: in the backup: %s, the first device %s the delete, %s', async (isStored, _knows, _order, isKnown, order) => {
    const devices = await keptAndDeleted([120, 100, 80], isStored, isKnown);
    const { world, settlement: { id } } = devices;
    await syncAll(devices, order);
    const engines = await quiet(devices);
    await expectAlike(world, engines, { id, undoneAt: null }, 0);
    await world.drive(engines[2]?.conflicts.undo(id) ?? Promise.reject(new Error('three engines')));
    await world.drive(engines[2]?.sync() ?? Promise.reject(new Error('three engines')));
    await expectAlike(world, engines, { id, undoneAt: expect.any(Number) as number }, 1);
  });

  it.each(cases)('[D01] [I-20] it is kept apart from the other once it is restored: in the backup: %s, the first device %s the delete, %s', async (isStored, _knows, _order, isKnown, order) => {
    const devices = await keptAndDeleted([120, 100], isStored, isKnown);
    const { world, b, settlement: { id }, deleted } = devices;
    await syncAll(devices, order);
    const engines = await quiet(devices);
    await world.drive(b.sessions.restore(deleted));
    await world.drive(b.sync());
    await expectAlike(world, engines, { id, undoneAt: null }, 0);
    await world.drive(b.conflicts.undo(id));
    await world.drive(b.sync());
    await expectAlike(world, engines, { id, undoneAt: expect.any(Number) as number }, 1);
  });
});

describe('sessions kept side by side, and a server that reads no settlements given back', () => {
  it.each(ORDERS.map((order) => [order.join(' then '), order] as const))('[D01] [I-20] are kept again under the same id, once: %s', async (_, order) => {
    const devices = await twoDevices({ streams: false, without: ['versions'] });
    const { world, a, b } = devices;
    for (const begin of [120, 100]) await world.drive(b.sessions.record(world.session(begin, 30)));
    await syncAll(devices, [['b'], ['a']]);
    world.server.save();
    const { id } = await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind: 'keep_all' }).then((plan) => a.conflicts.resolve(plan)));
    await syncAll(devices, [['a'], ['b']]);
    world.server.restore();
    await syncAll(devices, order);
    for (const engine of await quiet(devices)) {
      expectNothingLeft(engine);
      expect(engine.conflicts.current).toEqual([]);
      expect(engine.conflicts.journal.current).toMatchObject([{ id, kind: 'keep_all', outcome: 'applied', undoneAt: null }]);
    }
  });
});
