// Bugs planted in the exchange and the stream, each found by a named scenario that holds without it.
import { describe, expect, it } from 'vitest';
import { BUGS } from './planted/bugs.ts';
import { EXCHANGE } from './planted/bugs-exchange.ts';
import { loadScenarios } from './planted/load.ts';
import { type ScenarioName, SCENARIOS } from './planted/scenarios.ts';

describe('a scenario of the exchange', () => {
  it.each(Object.keys(SCENARIOS) as ScenarioName[])('holds: %s', async (name) => {
    await SCENARIOS[name]();
  });
});

describe('planted in the exchange', () => {
  it.each(EXCHANGE.map((bug) => [bug.rows.join(', '), bug.id, bug.says, bug] as const))('[%s] %s is found: %s', async (_rows, _id, _says, bug) => {
    const planted = await loadScenarios(bug);
    await expect(planted.SCENARIOS[bug.scenario]()).rejects.toThrow(/ instead of | share one id|was not told/);
  });

  it('have names of their own, and every scenario finds something', () => {
    const all = [...BUGS, ...EXCHANGE].map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
    expect(new Set(EXCHANGE.map(({ scenario }) => scenario))).toEqual(new Set(Object.keys(SCENARIOS)));
  });
});
