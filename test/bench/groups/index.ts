// What `pnpm bench` can measure.
import type { Choice } from '../options.ts';
import type { Results } from '../run/rounds.ts';
import { measureDrain, WAYS } from './drain.ts';
import { measureBlocking, measureGrowth } from './growth.ts';
import { measureOverlaps } from './overlaps.ts';
import { measurePreferences } from './preferences.ts';
import { measureServer, SERVER_WORKS } from './server.ts';
import { measureShares, measureSizes } from './sizes.ts';
import { CONTENDERS, measureStores } from './store.ts';

export interface GroupOptions {
  readonly rounds: number;
  /** By their whole names; null for all. */
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

export interface Group extends Choice {
  readonly measure: (options: GroupOptions) => Promise<Results>;
}

/** Takes part whole, in the one size that it has. */
const fixed = (measure: Group['measure']): Group => ({ contenders: [], isSized: false, measure });

export const GROUPS: Readonly<Record<string, Group>> = {
  store: {
    contenders: NEAR, isSized: true,
    measure: ({ rounds, contenders, stored, say }) => measureStores({ names: contenders ?? NEAR, rounds, stored, imported: 10_000, say }),
  },
  peers: {
    contenders: Object.keys(CONTENDERS), isSized: false,
    measure: ({ rounds, contenders, say }) => measureStores({ names: contenders ?? Object.keys(CONTENDERS), rounds, stored: 10_000, imported: 2000, say }),
  },
  overlaps: fixed(({ rounds, say }) => measureOverlaps([1000, 10_000, 100_000, 1_000_000], rounds, say)),
  growth: fixed(({ rounds, say }) => measureGrowth([1000, 10_000, 100_000, 1_000_000], rounds, say)),
  blocking: { contenders: [], isSized: true, measure: ({ rounds, stored, say }) => measureBlocking(stored, rounds, say) },
  drain: { contenders: Object.keys(WAYS), isSized: false, measure: ({ rounds, contenders, say }) => measureDrain(contenders ?? Object.keys(WAYS), rounds, say) },
  server: { contenders: SERVER_WORKS, isSized: false, measure: ({ rounds, contenders, say }) => measureServer(contenders ?? SERVER_WORKS, rounds, say) },
  preferences: fixed(({ rounds, say }) => measurePreferences(rounds, say)),
  sizes: fixed(sizes),
};
