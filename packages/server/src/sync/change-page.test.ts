import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LIMITS } from '@syncline/protocol';
import type { Change, UserReader } from '../ports.ts';
import { sessionRow } from '../testing/store-world.ts';
import { uuidOf } from '../testing/contract-case.ts';
import { readPage } from './change-page.ts';

/** A history whose records carry documents of these sizes. */
function historyOf(sizes: readonly number[]): { readonly tx: UserReader; readonly most: () => number } {
  const changes = sizes.map((size, i): Change => ({
    kind: 'session', sequence: i + 1, session: sessionRow(uuidOf(i + 1), i + 1, { annotation: size === 0 ? null : new Uint8Array(size) }),
  }));
  let most = 0;
  const read = async (after: number, limit: number): Promise<readonly Change[]> => {
    const found = changes.filter(({ sequence }) => sequence > after).slice(0, limit);
    most = Math.max(most, found.reduce((sum, { sequence }) => sum + (sizes[sequence - 1] ?? 0), 0));
    return found;
  };
  return { tx: { changes: read } as Partial<UserReader> as UserReader, most: () => most };
}

it('[C08] a walk brings each change once, in order, in pages of bounded size, whatever the records weigh', async () => {
  const size = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constantFrom(10, 4_000, 65_536));
  // Runs of equal records, so that what follows may weigh less or more than what came first.
  const runs = fc.array(fc.tuple(size, fc.integer({ min: 1, max: 180 })), { minLength: 1, maxLength: 5 });
  await fc.assert(fc.asyncProperty(runs, fc.integer({ min: 1, max: 1000 }), async (parts, limit) => {
    const sizes = parts.flatMap(([bytes, count]) => Array<number>(count).fill(bytes));
    const { tx } = historyOf(sizes);
    const seen: number[] = [];
    for (let after = 0, more = true; more;) {
      const page = await readPage(tx, after, sizes.length, sizes.length, limit);
      expect(page.changes.length).toBeLessThanOrEqual(limit);
      if (page.changes.length > 1) expect(JSON.stringify(page.changes).length).toBeLessThan(LIMITS.exchangeBytesMax + 2_000);
      seen.push(...page.changes.map(({ seq }) => seq));
      expect(page.reached).toBe(seen.length);
      ({ reached: after, more } = page);
    }
    expect(seen).toEqual(sizes.map((_, i) => i + 1));
  }), { numRuns: 60 });
});

it('[C08] never holds a thousand documents at once, also where those that come first have none', async () => {
  for (const light of [0, 100, 150]) {
    const { tx, most } = historyOf([...Array<number>(light).fill(0), ...Array<number>(1_000 - light).fill(65_536)]);
    await readPage(tx, 0, 1_000, 1_000, 1_000);
    expect(most()).toBeLessThan(251 * 65_536 + 1);
  }
});
