// One value of a stored row is damaged while nothing runs: it falls back to not knowing, and holds nothing up.
import { expect, it } from 'vitest';
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
  ['sync', 'lastContact'], ['sync', 'nextAttemptAt'], ['sync', 'skew'], ['sync', 'pause', { from: 0, until: 1e300 }], ['sync', 'lastError', { code: 'x', message: 'x', at: 1e300 }],
  ['head', 'lastAcknowledged'], ['answer', 'answer.lastSession', 9e15], ['answer', 'answer.preferencesUpdated', 9e15],
] as const)('a time that is none: %s %s', (key, path, junk: unknown = 1e300) => reopened(key, path, junk));
