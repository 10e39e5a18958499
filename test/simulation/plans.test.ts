// Plans that apps draw and read themselves: their bounds hold, and what makes no sense is named.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatePlan, type PlanShape, readPlan } from '@syncline/core/testing';
import { describe, expect, it } from 'vitest';
import { KINDS, planOf } from './seeds.ts';

const PEOPLE = new Set(['record', 'again', 'start', 'complete', 'cancel', 'retry', 'discard', 'sync', 'look', 'open', 'close', 'hide']);

describe('a plan that is drawn', () => {
  it('keeps within its bounds, the smallest ones included', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const { users, devices, actions } = generatePlan(seed, { maxUsers: 2, maxDevices: 1, maxTabs: 1, maxDeeds: 2 });
      expect([users, devices.length, devices[0]?.tabs], `seed ${seed}`).toEqual([1, 1, 1]);
      expect(actions.filter((action) => PEOPLE.has(action.do)).length, `seed ${seed}`).toBeLessThanOrEqual(2);
    }
  });

  it.each<[seed: number, shape: PlanShape, says: string]>([
    [Number.NaN, {}, 'a seed is a whole number, and not NaN'],
    [1, { maxDevices: 0 }, 'maxDevices must be a whole number from 1 on, and is 0'],
    [1, { maxDeeds: 2.5 }, 'maxDeeds must be a whole number from 1 on, and is 2.5'],
    [1, { faults: ['fire' as 'net'] }, 'there is no kind of fault called fire'],
  ])('from %o with %j is refused', (seed, shape, says) => {
    expect(() => generatePlan(seed, shape)).toThrow(says);
  });
});

describe('a plan that is read', () => {
  const device = { user: 0, type: 'web_timer', tabs: 1, clockAheadMs: 0, driftPpm: 0, latencyMs: 40 };
  const good = { seed: 1, users: 1, devices: [device], actions: [{ at: 0, do: 'start', device: 0, tab: 0 }] };

  it('is the one that was written, whatever its kind', () => {
    for (const { from } of KINDS) {
      for (let seed = from; seed < from + 30; seed += 1) {
        const written = JSON.parse(JSON.stringify(planOf(seed))) as unknown;
        expect(readPlan(written)).toEqual(written);
      }
    }
  });

  it('is each of those that are kept', () => {
    const folder = join(import.meta.dirname, 'regressions');
    for (const name of readdirSync(folder)) {
      const { plan } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { readonly plan: unknown };
      expect(() => readPlan(plan), name).not.toThrow();
    }
  });

  it('asks of a server that dies for no length of time: it is back at once', () => {
    const plan = { ...good, actions: [{ at: 0, do: 'server-crash', when: 'before' }] };
    expect(readPlan(plan)).toBe(plan);
  });

  it.each<[value: unknown, says: string]>([
    [null, 'a plan is an object'],
    [{ ...good, seed: 'x' }, 'seed must be a whole number'],
    [{ ...good, users: 0 }, 'users must be a whole number from 1 to 100'],
    [{ ...good, users: 5_000_000 }, 'users must be a whole number from 1 to 100'],
    [{ ...good, devices: [] }, 'devices must be a list of 1 to 100'],
    [{ ...good, devices: Array.from({ length: 101 }, () => device) }, 'devices must be a list of 1 to 100'],
    [{ ...good, devices: [{ ...device, latencyMs: null }] }, 'devices[0].latencyMs must be a number'],
    [{ ...good, devices: [{ ...device, user: 1 }] }, 'devices[0].user must be one of 0 to 0'],
    [{ ...good, actions: {} }, 'actions must be a list'],
    [{ ...good, actions: [null] }, 'actions[0].do is no deed'],
    [{ ...good, actions: [{ at: 0, do: 'constructor' }] }, 'actions[0].do is no deed'],
    [{ ...good, actions: [{ at: 0, do: 'start', device: 1, tab: 0 }] }, 'actions[0].device must be one of 0 to 0'],
    [{ ...good, actions: [{ do: 'start', device: 0, tab: 0 }] }, 'actions[0].at must be a number'],
    [{ ...good, actions: [{ at: 0, do: 'sleep', device: 0 }] }, 'actions[0].forMs must be a number'],
    [{ ...good, isBasic: 'yes' }, 'isBasic must be one of true, false'],
    [{ ...good, actions: [{ at: 0, do: 'start', device: 0, tab: -1 }] }, 'actions[0].tab must be one of 0 to 99'],
    [{ ...good, actions: [{ at: 0, do: 'net', device: 0, forMs: 1000, fault: 'lose-answers' }] }, 'actions[0].fault must be one of cut, lose-request, lose-answer,'],
    [{ ...good, actions: [{ at: 0, do: 'net', device: 0, forMs: 1000 }] }, 'actions[0].fault must be one of'],
    [{ ...good, actions: [{ at: 0, do: 'kill', device: 0, tab: 0, point: 'comitted' }] }, 'actions[0].point must be one of before-commit, committed'],
    [{ ...good, actions: [{ at: 0, do: 'record', device: 0, tab: 0, start: 0, minutes: 5, poison: 404 }] }, 'actions[0].poison must be one of 400, 409, 413, 422, 500'],
    [{ ...good, actions: [{ at: 0, do: 'server-crash', when: 'during' }] }, 'actions[0].when must be one of before, after'],
    [{ ...good, devices: [{ ...device, tabs: 1.5 }] }, 'devices[0].tabs must be one of 0 to 100'],
    [{ ...good, devices: [{ ...device, tabs: 1_000_000 }] }, 'devices[0].tabs must be one of 0 to 100'],
    [{ ...good, devices: [{ ...device, latencyMs: -1 }] }, 'devices[0].latencyMs must be a number from 0 on'],
    [{ ...good, actions: [{ at: -1, do: 'start', device: 0, tab: 0 }] }, 'actions[0].at must be a number from 0 on'],
    [{ ...good, actions: [{ at: 0, do: 'sleep', device: 0, forMs: -1 }] }, 'actions[0].forMs must be a number from 0 on'],
    [{ ...good, actions: [{ at: 0, do: 'delete', device: 0, tab: 0, nth: 0.5 }] }, 'actions[0].nth must be a whole number from 0 on'],
    [{ ...good, actions: [{ at: 0, do: 'discard', device: 0, tab: 0, nth: -1 }] }, 'actions[0].nth must be a whole number from 0 on'],
    [{ ...good, actions: [{ at: 5, do: 'server-save' }, { at: 4, do: 'server-restore' }] }, 'actions[1].at must not be before actions[0].at'],
    [{ ...good, actions: [{ at: 0, do: 'annotate', device: 0, tab: 0, session: 0, atEnd: true }] }, 'actions[0] needs a plan with hasPreferences'],
  ])('%j is none, in words', (value, says) => {
    expect(() => readPlan(value)).toThrow(says);
  });
});
