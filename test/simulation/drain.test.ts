// A long time offline: ten thousand sessions wait, and go in few requests of bounded size, with progress that only moves forward.
import { LIMITS } from '@syncline/protocol';
import { expect, it } from 'vitest';
import { ExchangeWorld, USER } from './exchange-world.ts';

const SESSIONS = 10_000;
const MINUTE = 60_000;
const START = Date.UTC(2025, 0, 1);

it('ten thousand pending sessions drain in requests of at most a thousand and one MiB, each once, and the progress is seen', async () => {
  const world = await ExchangeWorld.create();
  const device = world.device();
  const engine = await world.open(device);
  await world.run(5000);
  world.offline.add(device);
  const times = Array.from({ length: SESSIONS }, (_, i) => START + i * 10 * MINUTE);
  await world.drive(Promise.all(times.map((startTime) => engine.sessions.record({ startTime, endTime: startTime + 5 * MINUTE, category: 'work', project: 'Personal', note: '' }))));
  expect(engine.status.current.data_summary.unsynced_sessions).toBe(SESSIONS);
  world.requests.length = 0;
  const seen: { readonly done: number; readonly total: number }[] = [];
  engine.status.subscribe(() => {
    const { progress } = engine.status.current.local;
    if (progress !== null) seen.push(progress);
  });
  world.offline.delete(device);
  await world.drive(engine.sync());
  await world.run(60_000);
  expect(engine.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { unsynced_sessions: 0, total_sessions: SESSIONS }, local: { progress: null } });
  expect(new Set(world.server.stored(USER).map(({ id }) => id)).size).toBe(SESSIONS);
  const sizes = world.requests.map(({ request }) => request.body ?? '');
  const operations = sizes.flatMap((body) => (body.startsWith('{') ? [(JSON.parse(body) as { operations?: readonly unknown[] }).operations?.length ?? 0] : []));
  expect(Math.max(...operations)).toBeLessThanOrEqual(LIMITS.opsPerExchangeMax);
  expect(operations.reduce((sum, count) => sum + count, 0)).toBe(SESSIONS);
  expect(Math.max(...sizes.map(({ length }) => length))).toBeLessThanOrEqual(LIMITS.exchangeBytesMax);
  expect(seen.length).toBeGreaterThanOrEqual(SESSIONS / LIMITS.opsPerExchangeMax);
  expect(seen.every(({ done, total }, i) => total === SESSIONS && done < total && done >= (seen[i - 1]?.done ?? 0))).toBe(true);
});
