// What a network carries in the time of one request, and more than that waiting.
import { expect, it } from 'vitest';
import { ExchangeWorld } from './exchange-world.ts';

it('[I-14] everything arrives over a network so slow that only a few sessions fit into the time of one request', async () => {
  const world = await ExchangeWorld.create();
  const engine = await world.open(world.device(), {
    over: (ports) => ({
      ...ports,
      transport: {
        ...ports.transport,
        send: async (request, ...rest) => ((request.body?.length ?? 0) > 20_000 ? { ok: false, failure: 'timeout', message: 'no answer in time' } : ports.transport.send(request, ...rest)),
      },
    }),
  });
  await world.drive(Promise.all(Array.from({ length: 200 }, (_, i) => engine.sessions.record(world.session(3000 - 2 * i, 1)))));
  await world.run(600_000);
  expect(engine.status.current.data_summary.unsynced_sessions).toBe(0);
});

it.each(['timeout', 'too_large'] as const)('[C08, I-14] a long history comes down although a long answer ends like this: %s', async (failure) => {
  const world = await ExchangeWorld.create();
  const other = await world.open(world.device());
  await world.drive(Promise.all(Array.from({ length: 200 }, (_, i) => other.sessions.record(world.session(3000 - 2 * i, 1)))));
  await world.drive(other.sync());
  const engine = await world.open(world.device(), {
    over: (ports) => ({
      ...ports,
      transport: {
        ...ports.transport,
        send: async (...request) => {
          const result = await ports.transport.send(...request);
          return result.ok && result.response.body.length > 20_000 ? { ok: false, failure, message: '' } : result;
        },
      },
    }),
  });
  await world.run(1_200_000);
  expect(engine.status.current.data_summary.total_sessions).toBe(200);
  expect(await world.drive(engine.sessions.list({ limit: 1000 }))).toHaveLength(200);
});
