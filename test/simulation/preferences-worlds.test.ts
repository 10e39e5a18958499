// Drawn worlds in which people set preferences on several devices while everything breaks: the fast part of the campaign from that seed on.
import { describe, expect, it } from 'vitest';
import { firstSeedOf, planOf, runReal } from './seeds.ts';

const FROM = firstSeedOf('preferences and notes');
const WORLDS = 40;

describe('preferences in drawn worlds', () => {
  it(`[I-09] ${WORLDS} worlds end with the same document and values everywhere, no last word that was not contested lost, and every loser offered`, async () => {
    const broken: string[] = [];
    for (let seed = FROM; seed < FROM + WORLDS; seed += 1) {
      const { violations } = await runReal(planOf(seed));
      broken.push(...violations.map(({ id, what }) => `${seed} ${id} ${what}`));
    }
    expect(broken).toEqual([]);
  });

  it('some are set at the same time on several devices, and none in the worlds before', () => {
    const setters = (seed: number): number => {
      const { devices, actions } = planOf(seed);
      return new Set(actions.flatMap((action) => (action.do === 'prefer' && devices[action.device]?.user === 0 ? [action.device] : []))).size;
    };
    const seeds = Array.from({ length: WORLDS }, (_, i) => i);
    expect(seeds.filter((i) => setters(FROM + i) > 1).length).toBeGreaterThan(WORLDS / 5);
    expect(seeds.some((i) => setters(i + 1) > 0)).toBe(false);
  });
});
