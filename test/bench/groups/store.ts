// The device's store in a real browser: import, cold start, counts, overlaps, writes, acknowledgements, notices, heap.
import { PENDING } from '../page/data.ts';
import { heapOf, openSite, removeSettled, settledFolder, type Site, type Visit, visit } from '../run/browser.ts';
import { bundlePage } from '../run/bundle.ts';
import { inTurns, type Results, Rounds } from '../run/rounds.ts';

/** The least a durable record can cost, and the news of it; measured in a page beside the engine's. */
const FLOOR = "import { createFloor } from './floor.ts'; import { measureFloor } from './works.ts'; measureFloor(createFloor());";

export const CONTENDERS: Readonly<Record<string, string>> = {
  syncline: "import { createEngineContender } from './engine.ts'; offer(createEngineContender());",
  'raw strict': "import { createRaw } from './raw.ts'; offer(createRaw('strict'));",
  raw: "import { createRaw } from './raw.ts'; offer(createRaw('relaxed'));",
  dexie: "import { createDexieContender } from './dexie.ts'; offer(createDexieContender());",
  'dexie-cloud': "import { createDexieCloudContender } from './dexie-cloud.ts'; offer(createDexieCloudContender());",
  rxdb: "import { createRxContender } from './rxdb.ts'; offer(createRxContender());",
  pouchdb: "import { createPouchContender } from './pouchdb.ts'; offer(createPouchContender());",
  tinybase: "import { createTinyContender } from './tinybase.ts'; offer(createTinyContender());",
  'y-indexeddb': "import { createYjsContender } from './yjs.ts'; offer(createYjsContender());",
};

export interface StoreOptions {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly stored: number;
  readonly imported: number;
  readonly say: (line: string) => void;
}

const label = (name: string): string => name.replaceAll(' ', '-');

/**
 * Fills a profile, opens and closes it once more, so that what a browser reads later has settled, and begins there. Anew each time: how much a
 * database leaves to be done at the next opening is chance, and makes the cold start of one and the same contender several times longer or shorter.
 * @param count of sessions; `filled` is what storing them took.
 */
export async function onSettled<T>(site: Site, page: string, count: number, work: (at: Visit, filled: Readonly<Record<string, number>>) => Promise<T>): Promise<T> {
  const keep = settledFolder(page);
  try {
    const filled = await visit(site, { from: null, keep }, async ({ open }) => (await open(page)).evaluate<Record<string, number>>(`works.fill(${count}, ${PENDING})`));
    await visit(site, { from: keep, keep }, async ({ open }) => (await open(page)).evaluate('works.cold()'));
    return await visit(site, { from: keep }, (at) => work(at, filled));
  } finally {
    removeSettled(keep);
  }
}

export async function measureStores({ names, rounds, stored, imported, say }: StoreOptions): Promise<Results> {
  const site = await openSite();
  const found = new Rounds();
  try {
    for (const name of names) site.add(label(name), await bundlePage(`import { offer } from './works.ts'; ${CONTENDERS[name] ?? ''}`));
    site.add('floor', await bundlePage(FLOOR));
    await inTurns(names, rounds, async (name, number) => {
      say(`round ${number + 1} of ${rounds}: ${name}`);
      found.add(name, { [`import of ${imported.toLocaleString('en')}, rows/s`]: await visit(site, { from: null }, (at) => importRate(at, name, imported)) });
      found.add(name, await onSettled(site, label(name), stored, async (at, filled) => ({
        [`import of ${stored.toLocaleString('en')}, ms`]: filled['import ms'] ?? Number.NaN, ...(await measureStored(at, name, stored)),
      })));
      if (name === names[0]) found.add('floor', await visit(site, { from: null }, measureFloor));
    });
  } finally {
    site.close();
  }
  return found.results();
}

async function importRate({ open }: Visit, name: string, count: number): Promise<number> {
  const page = await open(label(name));
  const measured = await page.evaluate<Record<string, number>>(`works.fill(${count}, 1)`);
  return (count * 1000) / (measured['import ms'] ?? Number.NaN);
}

async function measureFloor({ open }: Visit): Promise<Record<string, number>> {
  const page = await open('floor');
  const write = await page.evaluate<Record<string, number>>('works.write()');
  return { ...write, ...(await page.evaluate<Record<string, number>>('works.notice()')) };
}

async function measureStored({ context, open }: Visit, name: string, stored: number): Promise<Record<string, number>> {
  const page = await open(label(name));
  const empty = await heapOf(context, page);
  const cold = await page.evaluate<Record<string, number>>('works.cold()');
  const heap = { 'heap after open MB': (await heapOf(context, page)) - empty };
  const warm = await page.evaluate<Record<string, number>>(`works.warm(${stored})`);
  const later = { 'heap after use MB': (await heapOf(context, page)) - empty };
  const write = await page.evaluate<Record<string, number>>('works.write()');
  const other = await open(label(name));
  await other.evaluate('works.watch()');
  const { ms, begun } = await page.evaluate<{ ms: number; begun: Record<number, number> }>('works.notice()');
  const shown = await other.evaluate<Record<number, number>>('globalThis.shown');
  await other.close();
  const acknowledged = await page.evaluate<Record<string, number>>('works.acknowledge()');
  return { ...cold, ...heap, ...warm, ...later, ...write, 'notice in the same tab ms': ms, ...acrossTabs(begun, shown), ...acknowledged };
}

function acrossTabs(begun: Readonly<Record<number, number>>, shown: Readonly<Record<number, number>>): Record<string, number> {
  const all = Object.entries(begun).map(([pending, at]) => (shown[Number(pending)] ?? Number.NaN) - at).filter((ms) => !Number.isNaN(ms)).toSorted((a, b) => a - b);
  // A tab that notices less than half of the changes is not following.
  const isFollowing = all.length * 2 > Object.keys(begun).length;
  return isFollowing ? { 'notice in another tab ms': all[Math.floor(all.length / 2)] ?? Number.NaN } : {};
}
