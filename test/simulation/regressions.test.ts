// Plans that once broke an invariant, as small as they could be made, run first and for ever.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '@syncline/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadParts, type PartNames } from './parts.ts';
import { type Parts, runReal } from './seeds.ts';

interface Regression {
  readonly invariant: string;
  /** What went wrong. */
  readonly says: string;
  readonly plan: Plan;
}

const folder = join(import.meta.dirname, 'regressions');

const places: readonly (readonly [string, PartNames])[] = [['in memory', {}], ['on Dexie', { store: 'dexie' }], ['with a server on PGlite', { server: 'pglite' }]];

describe.each(places)('plans that once failed, %s', (_place, names) => {
  let parts: Parts;
  beforeAll(async () => {
    parts = await loadParts(names);
  });

  for (const name of readdirSync(folder).sort()) {
    const { invariant, says, plan } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Regression;
    it(`[${invariant}] ${name.replace('.json', '')}: ${says}`, async () => {
      expect((await runReal(plan, parts)).violations).toEqual([]);
    });
  }
});
