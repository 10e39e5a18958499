// Requests and answers broken off at every byte, at random: afterwards each session is on the server exactly once.
import { describe, expect, it } from 'vitest';
import { amount } from './lib/amount.ts';
import { createChance } from './lib/chance.ts';
import type { Fault } from './lib/fault-proxy.ts';
import { openWorld } from './lib/fault-world.ts';
import { useProxy } from './lib/fixtures.ts';

const CUTS = amount(10_000);
/** So many for each engine; then the network heals, and everything is compared. */
const CUTS_OF_A_WORLD = 50;
const SEED = 20_260_101;

const faults = useProxy();

async function cutAndHeal(seed: number): Promise<number> {
  const chance = createChance(seed);
  let cuts = 0;
  const cut = (kind: 'cut-request' | 'cut-answer'): Fault => {
    cuts += 1;
    return { kind, at: chance.next(), reset: chance.next() < 0.5 };
  };
  const world = await openWorld(faults.app, faults.proxy, seed % 2 === 0, () => {
    if (cuts >= CUTS_OF_A_WORLD || chance.next() < 0.2) return { kind: 'pass' };
    return cut(chance.next() < 0.4 ? 'cut-request' : 'cut-answer');
  });
  while (cuts < CUTS_OF_A_WORLD) {
    await world.record('x'.repeat(chance.below(200)));
    if (chance.next() < 0.2) await world.time(chance.next() < 0.5 ? 'complete' : 'cancel');
    if (chance.next() < 0.1) {
      await world.close();
      await world.open();
    }
    await world.clock.pass(chance.below(3 * 60_000));
  }
  await world.untilWell();
  expect(world.lies, `seed ${seed}`).toEqual([]);
  expect(world.differences(), `seed ${seed}`).toEqual([]);
  await world.close();
  return cuts;
}

describe('an exchange that breaks off at a random byte', () => {
  it(`[C05, C06, C20, C10, I-01, I-03, I-04, I-08] loses nothing, stores nothing twice, and is never called healthy (${CUTS} cuts)`, { timeout: 600_000 }, async () => {
    let cuts = 0;
    for (let seed = SEED; cuts < CUTS; seed += 1) cuts += await cutAndHeal(seed);
    expect(cuts).toBeGreaterThanOrEqual(CUTS);
  });
});
