// One value of a stored row is damaged while nothing runs: it falls back to not knowing, and holds nothing up.
import type { Capability } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import { twoDevices } from './exchange-world.ts';

/** A device that has one session with the server is opened again with that value, and records another. */
async function reopened(key: string, path: string, junk: unknown) {
  const { world, first, a } = await twoDevices();
  await world.drive(a.sessions.record(world.session(600, 25)));
  await world.run(70_000);
  for (const page of first.pages) page.kill();
  const name = first.disk.names()[0] ?? '';
  const row = first.disk.rows(name, 'meta').find((one) => one.key === key)?.value as Record<string, object>;
  const [outer = '', inner] = path.split('.');
  const value = { ...row, [outer]: inner === undefined ? junk : { ...row[outer], [inner]: junk } };
  first.disk.data(name).commit([{ kind: 'put', table: 'meta', key, value }], 'strict');
  const again = await world.open(first);
  expect(again.status.current.local.problems).not.toContain('volatile_storage');
  const { id } = await world.drive(again.sessions.record(world.session(60, 25)));
  await world.run(100_000);
  expect(await world.drive(again.sessions.get(id))).toMatchObject({ state: 'confirmed' });
  expect(again.status.current).toMatchObject({ data_summary: { total_sessions: 2, unsynced_sessions: 0 }, local: { connection: 'online', parked: 0 } });
}

it.each([
  ['device', 'deviceId', ''], ['device', 'deviceId', 'two words'], ['device', 'incarnation', ''], ['sync', 'deviceId', ''],
  ['sync', 'exchange.epoch', ''], ['sync', 'exchange.tag', ''], ['sync', 'exchange.cursor', ''], ['sync', 'exchange.tag', 'x'.repeat(300)],
] as const)('a word that a server would refuse: %s %s = %j', reopened);

it.each([
  ['sync', 'lastContact'], ['sync', 'nextAttemptAt'], ['sync', 'skew'], ['sync', 'pause', { from: 0, until: 1e300 }], ['sync', 'pause', { from: 0, until: 8e15 }], ['sync', 'lastError', { code: 'x', message: 'x', at: 1e300 }],
  ['head', 'lastAcknowledged'], ['answer', 'answer.lastSession', 9e15], ['answer', 'answer.preferencesUpdated', 9e15],
] as const)('a time that is none: %s %s', (key, path, junk: unknown = 1e300) => reopened(key, path, junk));

it('a wait of an item that ends in a far year', async () => {
  const { world, first, a } = await twoDevices();
  world.offline.add(first);
  const { id } = await world.drive(a.sessions.record(world.session(60, 25)));
  for (const page of first.pages) page.kill();
  const data = first.disk.data(first.disk.names()[0] ?? '');
  const [row] = data.rows('operations');
  const value = row?.value as { readonly delivery: object };
  data.commit([{ kind: 'put', table: 'operations', key: row?.key ?? 0, value: { ...value, delivery: { ...value.delivery, wait: { from: 0, until: 8e15 } } } }], 'strict');
  world.offline.delete(first);
  const again = await world.open(first);
  await world.run(100_000);
  expect(await world.drive(again.sessions.get(id))).toMatchObject({ state: 'confirmed' });
});

describe('[A12] a row of history that cannot be read', () => {
  /** A device with three sessions in history, two of them in conflict, is opened again with that row damaged. */
  async function damaged(table: 'history' | 'columns', how: 'junk' | 'unreadable' | 'gone', without: readonly Capability[] = []) {
    const { world, first, a, b } = await twoDevices({ without });
    const ids: string[] = [];
    for (const minutes of [600, 590, 300]) ids.push((await world.drive(a.sessions.record(world.session(minutes, 25, { note: `${minutes}` })))).id);
    await world.run(70_000);
    for (const page of first.pages) page.kill();
    const data = first.disk.data(first.disk.names()[0] ?? '');
    const { key } = data.rows(table)[0] ?? { key: 0 };
    if (how === 'unreadable') data.damage(table, key);
    else data.commit([how === 'gone' ? { kind: 'delete', table, key } : { kind: 'put', table, key, value: 'rubbish' }], 'strict');
    world.offline.add(first);
    const again = await world.open(first);
    return { world, first, again, b, ids, list: async () => (await world.drive(again.sessions.list())).map(({ id }) => id) };
  }

  it.each((['history', 'columns'] as const).flatMap((table) => (['junk', 'unreadable', 'gone'] as const).map((how) => [table, how] as const)))(
    'is told, and what it held is fetched again, once (%s %s)', async (table, how) => {
      const { world, first, again, b, ids, list } = await damaged(table, how);
      await list();
      await world.run(1000);
      expect(again.status.current.local.problems).toEqual(['damaged_rows']);
      expect(again.explain().find(({ of }) => of === 'problem')).toMatchObject({ state: 'damaged_rows', value: 1, action: 'sync' });
      world.offline.delete(first);
      await world.run(400_000);
      expect(await list()).toEqual(ids.toReversed());
      expect(again.status.current).toMatchObject({ data_summary: { total_sessions: 3, unsynced_sessions: 0, conflicts_detected: 1 }, local: { problems: [], parked: 0 } });
      const { id } = await world.drive(again.sessions.record(world.session(310, 25)));
      await world.run(70_000);
      expect(again.conflicts.current.map(({ sessionIds }) => sessionIds.length)).toEqual([2, 2]);
      expect(again.status.current.data_summary.total_sessions).toBe(4);
      expect((await world.drive(b.sessions.list())).length).toBe(4);
      for (const page of first.pages) page.kill();
      const third = await world.open(first);
      expect((await world.drive(third.sessions.list())).map((session) => session.id)).toEqual([ids[2], id, ids[1], ids[0]]);
      expect(third.status.current.local.problems).toEqual([]);
    });

  it.each([false, true])('is told where one session that it held is asked for by its id, or changed (its columns, too: %s)', async (areBoth) => {
    for (const ask of ['get', 'amend'] as const) {
      const { world, first, again, ids: [id = ''] } = await damaged('history', 'unreadable');
      const data = first.disk.data(first.disk.names()[0] ?? '');
      if (areBoth) data.damage('columns', data.rows('columns')[0]?.key ?? 0);
      if (ask === 'get') expect(await world.drive(again.sessions.get(id))).toBeNull();
      else await expect(world.drive(again.sessions.amend(id, { note: 'new' }))).rejects.toMatchObject({ code: 'not_found' });
      await world.run(1000);
      expect(again.status.current.local.problems).toEqual(['damaged_rows']);
      world.offline.delete(first);
      await world.run(400_000);
      expect(await world.drive(again.sessions.amend(id, { note: 'new' }))).toMatchObject({ id, note: 'new' });
      expect(again.status.current.local.problems).toEqual([]);
    }
  });

  it('is told by a tab that does not lead, and fetched by the one that does', async () => {
    const { world, first, again, ids } = await damaged('history', 'junk');
    const other = await world.open(first);
    await world.drive(other.sessions.list());
    await world.run(1000);
    expect(again.status.current.local.problems).toEqual(['damaged_rows']);
    world.offline.delete(first);
    await world.run(400_000);
    expect((await world.drive(other.sessions.list())).map(({ id }) => id)).toEqual(ids.toReversed());
    expect([again, other].map(({ status }) => status.current.local.problems)).toEqual([[], []]);
  });

  it('stays and is told, where nobody has what it held', async () => {
    const { world, first, again, list } = await damaged('history', 'junk', ['exchange']);
    await list();
    world.offline.delete(first);
    await world.run(400_000);
    expect(again.status.current).toMatchObject({ data_summary: { total_sessions: 3 }, local: { problems: ['damaged_rows'] } });
    expect(again.explain().find(({ of }) => of === 'problem')).toMatchObject({ state: 'damaged_rows', action: 'ask_support' });
    expect(first.disk.rows(first.disk.names()[0] ?? '', 'history')).toEqual([expect.objectContaining({ value: 'rubbish' })]);
  });
});
