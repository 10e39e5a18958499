import { describe, expect, it } from 'vitest';
import type { LastingProblem } from './api.ts';
import { createEngineWorld, type EngineWorld, type OpenedEngine } from './testing/engine-world.ts';

const DAY_MS = 86_400_000;
const told = ({ engine }: OpenedEngine): unknown => engine.status.current.local;
const lost = (sessions: number) => ({ possibly_lost: sessions, problems: sessions === 0 ? [] : ['possible_local_loss'] });

/** A device whose store vanishes with so many unsent sessions, opened again. */
async function lose(world: EngineWorld, { engine, page }: OpenedEngine, sessions: number): Promise<OpenedEngine> {
  for (let i = 0; i < sessions; i += 1) await world.drive(engine.sessions.record(world.session(600 - 30 * i, 25)));
  page.kill();
  world.device.disk.evict();
  return world.open();
}

async function offline(): Promise<{ readonly world: EngineWorld; readonly first: OpenedEngine }> {
  const world = createEngineWorld();
  world.isOffline = true;
  return { world, first: await world.open() };
}

describe('a loss that a person has read of', () => {
  it('is told no more: in no tab, at no later start, and not by the marker either', async () => {
    const { world, first } = await offline();
    const a = await lose(world, first, 2);
    const b = await world.open();
    expect([a, b].map(told)).toEqual([expect.objectContaining(lost(2)), expect.objectContaining(lost(2))]);
    await world.drive(b.engine.dismiss('possible_local_loss'));
    await world.run(100);
    expect([a, b].map(told)).toEqual([expect.objectContaining(lost(0)), expect.objectContaining(lost(0))]);
    a.page.kill();
    b.page.kill();
    const c = await world.open();
    expect(told(c)).toMatchObject(lost(0));
    // The marker speaks for a store that vanishes with nothing in it.
    expect(told(await lose(world, c, 0))).toMatchObject(lost(0));
  });

  it('is told anew with only what is lost then', async () => {
    const { world, first } = await offline();
    const a = await lose(world, first, 2);
    await world.drive(a.engine.dismiss('possible_local_loss'));
    const b = await lose(world, a, 3);
    expect(told(b)).toMatchObject(lost(3));
    expect(b.engine.explain().find(({ of }) => of === 'problem')).toMatchObject({ state: 'possible_local_loss', value: 3, action: 'dismiss' });
    await world.drive(b.engine.dismiss('possible_local_loss'));
    expect(told(await lose(world, b, 1))).toMatchObject(lost(1));
  });

  it('stays read where the marker was written before that', async () => {
    const { world, first } = await offline();
    const a = await lose(world, first, 2);
    const name = world.device.disk.names()[0] ?? '';
    const before = a.page.ports.stores.readMarker(name) ?? '';
    await world.drive(a.engine.dismiss('possible_local_loss'));
    a.page.kill();
    const page = world.page();
    page.ports.stores.writeMarker(name, before);
    expect(told({ engine: await world.drive(world.begin(page)), page })).toMatchObject(lost(0));
  });

  it('[A12] is never told as fewer than none, whatever the disk made of the number that was read', async () => {
    const { world, first } = await offline();
    const a = await lose(world, first, 2);
    a.page.kill();
    const data = world.device.disk.data(world.device.disk.names()[0] ?? '');
    const row = data.rows('meta').find(({ key }) => key === 'sync')?.value as { readonly loss: object };
    data.commit([{ kind: 'put', table: 'meta', key: 'sync', value: { ...row, loss: { ...row.loss, read: 7 } } }], 'strict');
    expect(told(await world.open())).toMatchObject(lost(0));
  });

  it('is let go of after a day like any other, and not before that was told to a server', async () => {
    const { world, first } = await offline();
    const a = await lose(world, first, 2);
    await world.drive(a.engine.dismiss('possible_local_loss'));
    a.page.kill();
    await world.run(2 * DAY_MS);
    const b = await world.open();
    expect(told(b)).toMatchObject(lost(0));
    const [row] = world.device.disk.rows(world.device.disk.names()[0] ?? '', 'meta').filter(({ key }) => key === 'sync');
    expect(row?.value).toMatchObject({ loss: { sessions: 2, read: 2 } });
  });
});

it('any other problem is not dismissed, nor this one by that, and where nothing is told nothing happens', async () => {
  const { world, first } = await offline();
  for (const problem of ['device_cloned', 'possible_local_loss'] as const) await world.drive(first.engine.dismiss(problem));
  const { engine } = await lose(world, first, 2);
  for (const problem of ['device_cloned', 'clock_skew'] as LastingProblem[]) await world.drive(engine.dismiss(problem));
  expect(engine.status.current.local).toMatchObject(lost(2));
  await world.drive(engine.close());
  await expect(world.drive(engine.dismiss('possible_local_loss'))).rejects.toMatchObject({ code: 'closed' });
});
