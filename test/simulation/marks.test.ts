// What a mark says is what it counts: a plan in which it happens meets it, and one in which it nearly happens does not.
import type { Action, Mark, Plan } from '@syncline/core/testing';
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

const record: Action = { at: 20_000, do: 'record', device: 0, tab: 0, start: -3_600_000, minutes: 25 };
const cut: Action = { at: 10_000, do: 'net', device: 0, fault: 'cut', forMs: 60_000 };
const refuse: Action = { at: 10_000, do: 'refuse-open', device: 0, forMs: 60_000 };
const kill: Action = { at: 11_000, do: 'kill', device: 0, tab: 0 };
const upgrade = (forMs: number): Action => ({ at: 10_000, do: 'upgrade', device: 0, tab: 0, forMs });
const basic = (actions: readonly Action[], devices = [device]): Plan => ({ ...plan(actions), isBasic: true, devices });

it.each<[mark: Mark, met: Plan, not: Plan]>([
  ['devices.two', basic([record, { ...record, device: 1 }], [device, device]), basic([record], [device, device])],
  ['token.expired.drain', basic([cut, record, { at: 30_000, do: 'expire', user: 0 }]), basic([record, { at: 30_000, do: 'expire', user: 0 }])],
  ['lock.stolen', basic([{ at: 20_000, do: 'steal', device: 0, tab: 0 }]), basic([{ at: 0, do: 'steal', device: 0, tab: 0 }])],
  ['storage.open-refused', basic([refuse, kill, { at: 12_000, do: 'open', device: 0, tab: 0 }]), basic([refuse, kill, { at: 90_000, do: 'open', device: 0, tab: 0 }])],
  ['storage.upgrade-blocked', basic([upgrade(60_000), record]), basic([upgrade(4000), record])],
  ['storage.upgrade-waited', basic([upgrade(4000), record]), basic([upgrade(0), record])],
  ['server.down', basic([{ at: 10_000, do: 'server-down', forMs: 60_000 }, record]), basic([record, { at: 30_000, do: 'server-down', forMs: 60_000 }])],
  ['server.crash-before', basic([{ at: 10_000, do: 'server-crash', when: 'before' }, record]), basic([record, { at: 30_000, do: 'server-crash', when: 'before' }])],
  ['server.crash-after', basic([{ at: 10_000, do: 'server-crash', when: 'after' }, record]), basic([record, { at: 30_000, do: 'server-crash', when: 'after' }])],
])('%s is met where it happens, and not where it was only planned', async (mark, met, not) => {
  const [there, nowhere] = [await runReal(met), await runReal(not)];
  expect([there.violations, nowhere.violations, there.marks[mark] > 0, nowhere.marks[mark]]).toEqual([[], [], true, 0]);
});

it('each transaction that aborts is one', async () => {
  const { violations, marks } = await runReal(basic([{ at: 10_000, do: 'abort', device: 0, count: 3 }, record]));
  expect([violations, marks['storage.aborted']]).toEqual([[], 3]);
});
