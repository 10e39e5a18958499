// What draining costs the device's store and the network, with few sessions waiting and with a thousand. Counted, never timed.
import { expect, it } from 'vitest';
import { ExchangeWorld } from '../simulation/exchange-world.ts';
import { createCountingStores, type Spent, spentOn } from './run/counting-stores.ts';

interface Cost extends Omit<Spent, 'bytesWritten'> {
  readonly requests: readonly string[];
}

/** In the store, and on the way there and back. */
interface Bytes {
  readonly written: number;
  readonly sent: number;
  readonly received: number;
}

interface Counted {
  readonly world: ExchangeWorld;
  readonly device: ReturnType<ExchangeWorld['device']>;
  readonly engine: Awaited<ReturnType<ExchangeWorld['open']>>;
  /** What that costs. */
  readonly look: (at: () => Promise<unknown>) => Promise<Cost & { readonly bytes: Bytes }>;
}

async function open(): Promise<Counted> {
  const world = await ExchangeWorld.create();
  const device = world.device();
  let take: ReturnType<typeof createCountingStores>['take'] = () => [];
  const engine = await world.open(device, {
    over: (ports) => {
      const counting = createCountingStores(ports.stores);
      ({ take } = counting);
      return { ...ports, stores: counting.stores };
    },
  });
  await world.drive(engine.sync());
  const look: Counted['look'] = async (at) => {
    take();
    world.requests.length = 0;
    await at();
    const { bytesWritten: written, ...spent } = spentOn(take());
    const letters = (of: (exchanged: (typeof world.requests)[number]) => number): number => world.requests.reduce((all, one) => all + of(one), 0);
    return {
      requests: world.requests.map(({ request }) => request.path), ...spent,
      bytes: { written, sent: letters(({ request }) => request.body?.length ?? 0), received: letters(({ answerChars }) => answerChars) },
    };
  };
  return { world, device, engine, look };
}

async function drain(count: number): ReturnType<Counted['look']> {
  const { world, device, engine, look } = await open();
  world.offline.add(device);
  await world.drive(Promise.all(Array.from({ length: count }, (_, n) => engine.sessions.record(world.session(30 * (n + 1), 20)))));
  await world.run(60_000);
  world.offline.clear();
  return look(async () => {
    const { reason, sent } = await world.drive(engine.sync());
    expect([reason, sent]).toEqual(['done', count]);
  });
}

it('five hundred waiting sessions go in one exchange, in as many transactions, rows read and writes as ten, and each in fewer bytes; a thousand in two', async () => {
  const [{ bytes: fewBytes, ...few }, { bytes: manyBytes, ...many }] = [await drain(10), await drain(500)];
  expect(many.requests).toEqual(['/api/sync/exchange']);
  expect(many).toEqual(few);
  expect(many.transactions).toBeLessThanOrEqual(4);
  for (const where of ['written', 'sent', 'received'] as const) expect(manyBytes[where] / 500, where).toBeLessThan(fewBytes[where] / 10);
  expect((await drain(1000)).requests).toEqual(Array(2).fill('/api/sync/exchange'));
});

it('a look at an idle server takes two: one to see what there is and whose turn it is, one for the answer', async () => {
  const { world, look } = await open();
  const { requests, transactions } = await look(() => world.run(300_000));
  expect(new Set(requests)).toEqual(new Set(['/api/sync/exchange']));
  expect(transactions).toBe(2 * requests.length);
});
