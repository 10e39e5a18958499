// Runs of one world in pairs: twice the same, with other clocks, and with messages that come late and more than once.
import type { Action, Plan } from '@syncline/core/testing';
import { describe, expect, it } from 'vitest';
import { KINDS, planOf, runReal } from './seeds.ts';

const HOUR = 3_600_000;

/** What the world came to: what the server has of each account, and what each device shows. */
const outcomeOf = async (plan: Plan): Promise<unknown> => {
  const { violations, outcome } = await runReal(plan);
  expect(violations).toEqual([]);
  return outcome;
};

const isPeople = ({ do: deed }: Action): boolean => deed === 'record' || deed === 'sync' || deed === 'look';

/** Some devices over which people record; nothing else happens to them. */
function plainPlan(seed: number): Plan {
  const plan = planOf(seed);
  const devices = plan.devices.map((device) => ({ ...device, clockAheadMs: 0, driftPpm: 0 }));
  return { ...plan, devices, actions: plan.actions.filter(isPeople).map((action) => (action.do === 'record' ? { ...action, poison: undefined } : action)) };
}

const PLAIN = Array.from({ length: 60 }, (_, index) => plainPlan(index + 1)).filter(({ actions }) => actions.filter((action) => action.do === 'record').length > 2);

describe('one seed', () => {
  it.each(KINDS)('[I-28] has one trace: $name', async ({ from }) => {
    for (let seed = from + 1; seed <= from + 8; seed += 1) {
      const [first, second] = [await runReal(planOf(seed)), await runReal(planOf(seed))];
      expect(second.hash, `seed ${seed}`).toBe(first.hash);
    }
  });
});

describe('what a world comes to', () => {
  it('[I-22] is the same by whatever clocks its devices go', async () => {
    expect(PLAIN.length).toBeGreaterThan(20);
    for (const plan of PLAIN.slice(0, 20)) {
      const devices = plan.devices.map((device, index) => ({ ...device, clockAheadMs: (index % 2 === 0 ? -1 : 1) * (index + 1) * HOUR, driftPpm: 100 * index }));
      expect(await outcomeOf({ ...plan, devices }), `seed ${plan.seed}`).toEqual(await outcomeOf(plan));
    }
  });

  it('[I-23, C09] is the same when messages overtake one another and come twice', async () => {
    for (const plan of PLAIN.slice(0, 20)) {
      const trouble = plan.devices.flatMap((_, device): Action[] => [
        { at: 0, do: 'net', device, fault: 'slow', forMs: 10 * HOUR },
        { at: 0, do: 'net', device, fault: 'duplicate', forMs: 10 * HOUR },
      ]);
      // After the others, so that these keep their places and with them their ids; a run lasts until its last one.
      const last: Action = { at: plan.actions.at(-1)?.at ?? 0, do: 'look', device: 0, tab: 0 };
      expect(await outcomeOf({ ...plan, actions: [...plan.actions, ...trouble, last] }), `seed ${plan.seed}`).toEqual(await outcomeOf(plan));
    }
  });
});
