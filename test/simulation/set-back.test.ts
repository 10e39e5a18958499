// A server that was set back to a backup, and what its devices give it back: each order in which they come, and all at once.
import type { SyncEngine } from '@syncline/core';
import { describe, expect, it } from 'vitest';
import { type TwoDevices, twoDevices } from './exchange-world.ts';
import { expectNothingLeft, ORDERS, quiet, storedIds, syncAll } from './set-back-world.ts';

describe('a session recorded and deleted after the backup', () => {
  it.each(ORDERS.flatMap((order) => [true, false].map((isKnown) => [order.join(' then '), isKnown ? 'knows' : 'missed', order, isKnown] as const)))(
    '[D01] [I-25] stays deleted and can be had back: %s, the other device %s the delete', async (_order, _knows, order, isKnown) => {
      const devices = await twoDevices({ streams: false });
      const { world, a, b } = devices;
      world.server.save();
      const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
      await syncAll(devices, [['a'], ['b']]);
      await world.drive(a.sessions.delete(id));
      await syncAll(devices, isKnown ? [['a'], ['b']] : [['a']]);
      world.server.restore();
      await syncAll(devices, order);
      const engines = await quiet(devices);
      expect(storedIds(world)).toEqual([]);
      for (const engine of engines) {
        expectNothingLeft(engine);
        expect(engine.status.current.data_summary.total_sessions).toBe(0);
        expect((await world.drive(engine.sessions.list({ states: ['deleted'] }))).map((session) => session.id)).toEqual([id]);
      }
      await world.drive(b.sessions.restore(id));
      await syncAll(devices, [['b'], ['a']]);
      expect(storedIds(world)).toEqual([id]);
      expect(await world.drive(a.sessions.get(id))).toMatchObject({ state: 'confirmed', duration: 30 });
    },
  );

  it.each(ORDERS.map((order) => [order.join(' then '), order] as const))('[D01] [I-25] stays deleted where the other device knows an older state of it: %s', async (_, order) => {
    const devices = await twoDevices({ streams: false });
    const { world, a, b } = devices;
    world.server.save();
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    await syncAll(devices, [['a'], ['b']]);
    for (const note of ['one', 'two']) await world.drive(b.sessions.amend(id, { note }));
    await syncAll(devices, [['b'], ['a']]);
    await world.drive(a.sessions.amend(id, { note: 'three' }));
    await world.drive(a.sessions.delete(id));
    await syncAll(devices, [['a']]);
    world.server.restore();
    await syncAll(devices, order);
    for (const engine of await quiet(devices)) {
      expectNothingLeft(engine);
      expect((await world.drive(engine.sessions.list({ states: ['deleted'] }))).map((session) => session.note)).toEqual(['three']);
    }
  });

  it('[D01] [I-25] stays deleted where the delete was on its way when the server was set back', async () => {
    const devices = await twoDevices({ streams: false });
    const { world, first, a } = devices;
    world.server.save();
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    await syncAll(devices, [['a'], ['b']]);
    world.offline.add(first);
    await world.drive(a.sessions.delete(id));
    world.server.restore();
    world.offline.delete(first);
    await syncAll(devices, [['a'], ['b']]);
    for (const engine of await quiet(devices)) {
      expectNothingLeft(engine);
      expect((await world.drive(engine.sessions.list({ states: ['deleted'] }))).map((session) => session.id)).toEqual([id]);
    }
  });
});

describe('a session changed more than once after the backup', () => {
  it.each(ORDERS.flatMap((order) => [true, false].map((isStored) => [order.join(' then '), isStored ? 'in the backup' : 'not in the backup', order, isStored] as const)))(
    '[D01] [I-20] ends as it was last: %s, %s', async (_order, _where, order, isStored) => {
      const devices = await twoDevices({ streams: false });
      const { world, a, b } = devices;
      if (!isStored) world.server.save();
      const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
      await syncAll(devices, [['a'], ['b']]);
      if (isStored) world.server.save();
      await world.drive(a.sessions.amend(id, { note: 'first' }));
      await syncAll(devices, [['a'], ['b']]);
      await world.drive(b.sessions.amend(id, { note: 'last' }));
      await syncAll(devices, [['b']]);
      world.server.restore();
      await syncAll(devices, order);
      for (const engine of await quiet(devices)) {
        expectNothingLeft(engine);
        expect(await world.drive(engine.sessions.get(id))).toMatchObject({ note: 'last', pending: false });
      }
    },
  );
});

describe('what people decided while the server was being set back', () => {
  /** A session that both devices have, changed after the backup; and then a decision made without a network. */
  async function decide(over: (devices: TwoDevices, id: string) => Promise<unknown>, isStored: boolean): Promise<TwoDevices & { readonly id: string }> {
    const devices = await twoDevices({ streams: false });
    const { world, first, a } = devices;
    if (!isStored) world.server.save();
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    await syncAll(devices, [['a'], ['b']]);
    if (isStored) world.server.save();
    await world.drive(a.sessions.amend(id, { note: 'acknowledged', project: 'old' }));
    await syncAll(devices, [['a'], ['b']]);
    await over(devices, id);
    world.offline.add(first);
    return { ...devices, id };
  }

  async function back(devices: TwoDevices & { readonly id: string }): Promise<readonly SyncEngine[]> {
    devices.world.server.restore();
    devices.world.offline.clear();
    await syncAll(devices, [['a'], ['b']]);
    const engines = await quiet(devices);
    for (const engine of engines) expectNothingLeft(engine);
    return engines;
  }

  it.each([true, false])('[D01] [I-20] goes on top of what was acknowledged before: an edit, in the backup: %s', async (isStored) => {
    const devices = await decide(() => Promise.resolve(), isStored);
    await devices.world.drive(devices.a.sessions.amend(devices.id, { project: 'new' }));
    for (const engine of await back(devices)) expect(await devices.world.drive(engine.sessions.get(devices.id))).toMatchObject({ note: 'acknowledged', project: 'new' });
  });

  it.each([true, false])('[D01] [I-25] a delete, in the backup: %s', async (isStored) => {
    const devices = await decide(() => Promise.resolve(), isStored);
    await devices.world.drive(devices.a.sessions.delete(devices.id));
    for (const engine of await back(devices)) {
      expect(await devices.world.drive(engine.sessions.list({ states: ['deleted'] }))).toMatchObject([{ id: devices.id, note: 'acknowledged' }]);
    }
  });

  it.each([true, false])('[D01] [I-20] a delete taken back, in the backup: %s', async (isStored) => {
    const devices = await decide(async (all, id) => {
      await all.world.drive(all.a.sessions.delete(id));
      await syncAll(all, [['a'], ['b']]);
    }, isStored);
    await devices.world.drive(devices.a.sessions.restore(devices.id));
    for (const engine of await back(devices)) expect(await devices.world.drive(engine.sessions.list())).toMatchObject([{ id: devices.id, note: 'acknowledged' }]);
  });

  it.each([true, false])('[D01] [I-20] two sessions kept side by side, in the backup: %s', async (isStored) => {
    const devices = await decide(({ world, a, b }) => world.drive(a.sessions.record(world.session(110, 30)).then(() => a.sync()).then(() => b.sync())), isStored);
    const { world, a } = devices;
    await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind: 'keep_all' }).then((plan) => a.conflicts.resolve(plan)));
    for (const engine of await back(devices)) {
      expect(await world.drive(engine.sessions.list())).toHaveLength(2);
      expect(engine.conflicts.current).toEqual([]);
      expect(engine.conflicts.journal.current).toMatchObject([{ outcome: 'applied', undoneAt: null }]);
    }
  });
});

describe('a session that was deleted in the backup, and restored and changed since', () => {
  it.each(ORDERS.map((order) => [order.join(' then '), order] as const))('[D01] [I-20] stands again, as it was changed: %s', async (_, order) => {
    const devices = await twoDevices({ streams: false });
    const { world, a } = devices;
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    await syncAll(devices, [['a']]);
    await world.drive(a.sessions.delete(id));
    await syncAll(devices, [['a'], ['b']]);
    world.server.save();
    await world.drive(a.sessions.restore(id));
    await world.drive(a.sessions.amend(id, { note: 'changed' }));
    await syncAll(devices, [['a'], ['b']]);
    world.server.restore();
    await syncAll(devices, order);
    for (const engine of await quiet(devices)) {
      expectNothingLeft(engine);
      expect(await world.drive(engine.sessions.list())).toMatchObject([{ id, note: 'changed' }]);
    }
  });
});

it.each(ORDERS.map((order) => [order.join(' then '), order] as const))('[D01] [I-20] sessions stay those of the devices that recorded them, whichever device brings them back: %s', async (_, order) => {
  const devices = await twoDevices({ streams: false });
  const { world, a, b } = devices;
  world.server.save();
  const recorded = [[a, 120], [b, 100]] as const;
  const owners = new Map<string, string>();
  for (const [engine, minutesAgo] of recorded) owners.set((await world.drive(engine.sessions.record(world.session(minutesAgo, 30)))).id, engine.deviceId);
  await syncAll(devices, [['a'], ['b'], ['a']]);
  world.server.restore();
  await syncAll(devices, order);
  await quiet(devices);
  const later = await world.open(world.device());
  await world.run(5000);
  expect(new Map((await world.drive(later.sessions.list())).map(({ id, deviceId }) => [id, deviceId]))).toEqual(owners);
});

describe('a session that was changed after the backup and is again as it was', () => {
  it('[D01] [I-20] keeps what is edited once one device was there, whatever another offers later', async () => {
    const devices = await twoDevices({ streams: false });
    const { world, second, a, b } = devices;
    const { id } = await world.drive(b.sessions.record(world.session(120, 30, { note: 'before' })));
    await syncAll(devices, [['b'], ['a']]);
    world.server.save();
    await world.drive(a.sessions.delete(id));
    await world.drive(a.sessions.restore(id));
    await syncAll(devices, [['a'], ['b']]);
    world.server.restore();
    world.offline.add(second);
    await syncAll(devices, [['a']]);
    await world.drive(a.sessions.amend(id, { note: 'after' }));
    await syncAll(devices, [['a']]);
    world.offline.clear();
    await syncAll(devices, [['b'], ['a']]);
    for (const engine of await quiet(devices)) {
      expectNothingLeft(engine);
      expect(await world.drive(engine.sessions.get(id))).toMatchObject({ state: 'confirmed', note: 'after' });
    }
  });
});
