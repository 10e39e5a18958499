// What `pnpm bench` can measure.
import type { Results } from '../run/rounds.ts';
import { measureDrain } from './drain.ts';
import { measureBlocking, measureGrowth } from './growth.ts';
import { measureOverlaps } from './overlaps.ts';
import { measurePreferences } from './preferences.ts';
import { measureServer } from './server.ts';
import { measureShares, measureSizes } from './sizes.ts';
import { CONTENDERS, measureStores } from './store.ts';

export interface GroupOptions {
  readonly rounds: number;
  readonly contenders: readonly string[] | null;
  readonly stored: number;
  readonly say: (line: string) => void;
}

async function sizes(): Promise<Results> {
  const once = (found: Record<string, number>): Results[string] =>
    Object.fromEntries(Object.entries(found).map(([name, value]) => [name, { median: Number(value.toFixed(2)), low: value, high: value, rounds: 1 }]));
  const measured = await measureSizes();
  return { 'KiB to download': once(measured), 'of it, KiB of our own code': once(await measureShares(measured['own code'] ?? Number.NaN)) };
}

/** Those that take in 100,000 sessions in less than minutes; the others are compared with 10,000. */
const NEAR = ['syncline', 'raw strict', 'raw', 'dexie', 'rxdb'];

export const GROUPS: Readonly<Record<string, (options: GroupOptions) => Promise<Results>>> = {
  store: ({ rounds, contenders, stored, say }) => measureStores({ names: contenders ?? NEAR, rounds, stored, imported: 10_000, say }),
  peers: ({ rounds, contenders, say }) => measureStores({ names: contenders ?? Object.keys(CONTENDERS), rounds, stored: 10_000, imported: 2000, say }),
  overlaps: ({ rounds, say }) => measureOverlaps([1000, 10_000, 100_000, 1_000_000], rounds, say),
  growth: ({ rounds, say }) => measureGrowth([1000, 10_000, 100_000, 1_000_000], rounds, say),
  blocking: ({ rounds, stored, say }) => measureBlocking(stored, rounds, say),
  drain: ({ rounds, contenders, say }) => measureDrain(contenders, rounds, say),
  server: ({ rounds, contenders, say }) => measureServer(contenders, rounds, say),
  preferences: ({ rounds, say }) => measurePreferences(rounds, say),
  sizes,
};
