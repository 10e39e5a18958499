// Plans that once broke an invariant, as small as they could be made, run first and for ever.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '@syncline/core/testing';
import { describe, expect, it } from 'vitest';
import { runReal } from './seeds.ts';

interface Regression {
  readonly invariant: string;
  /** What went wrong. */
  readonly says: string;
  readonly plan: Plan;
}

const folder = join(import.meta.dirname, 'regressions');

describe('plans that once failed', () => {
  for (const name of readdirSync(folder).sort()) {
    const { invariant, says, plan } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Regression;
    it(`[${invariant}] ${name.replace('.json', '')}: ${says}`, async () => {
      expect((await runReal(plan)).violations).toEqual([]);
    });
  }
});
