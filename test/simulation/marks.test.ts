// What a mark says is what it counts: a plan in which it happens meets it, and one in which it nearly happens does not.
import type { Action, Plan } from '@syncline/core/testing';
import { expect, it } from 'vitest';
import { runReal } from './seeds.ts';

const device = { user: 0, type: 'web_timer', tabs: 2, clockAheadMs: 0, driftPpm: 0, latencyMs: 40 };
const plan = (actions: readonly Action[]): Plan => ({ seed: 1, users: 1, devices: [device], actions });
const start: Action = { at: 1000, do: 'start', device: 0, tab: 0 };
const complete: Action = { at: 9000, do: 'complete', device: 0, tab: 1 };

it.each<[says: string, between: readonly Action[], times: number]>([
  ['its tab died', [{ at: 3000, do: 'kill', device: 0, tab: 0 }], 1],
  ['its tab was closed', [{ at: 3000, do: 'close', device: 0, tab: 0 }], 1],
  ['its tab was opened again', [{ at: 3000, do: 'kill', device: 0, tab: 0 }, { at: 4000, do: 'open', device: 0, tab: 0 }], 1],
  ['its tab is still there', [], 0],
])('a session that is completed outlived its tab: %s', async (_says, between, times) => {
  const { violations, marks } = await runReal(plan([start, ...between, complete]));
  expect([violations, marks['session.completed'], marks['session.survived']]).toEqual([[], 1, times]);
});
