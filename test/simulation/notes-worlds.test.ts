// Notes in drawn worlds. That they end the same everywhere is judged in every world from that seed on (preferences-worlds.test.ts, and the campaign).
import { describe, expect, it } from 'vitest';
import { firstSeedOf, planOf } from './seeds.ts';

const FROM = firstSeedOf('preferences and notes');
const WORLDS = 60;

describe('notes in drawn worlds', () => {
  it('[I-09] are edited on several devices of one account in many of them, and in none before', () => {
    const writers = (seed: number): number => {
      const { devices, actions } = planOf(seed);
      return new Set(actions.flatMap((action) => (action.do === 'annotate' && devices[action.device]?.user === 0 ? [action.device] : []))).size;
    };
    const seeds = Array.from({ length: WORLDS }, (_, i) => i);
    expect(seeds.filter((i) => writers(FROM + i) > 1).length).toBeGreaterThan(WORLDS / 6);
    expect(seeds.some((i) => writers(i + 1) > 0)).toBe(false);
  });
});
