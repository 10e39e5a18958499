// Whether the engine's costs stay flat while the history grows, and the longest that it keeps the main thread.
import { heapOf, openSite, type Site } from '../run/browser.ts';
import { bundlePage } from '../run/bundle.ts';
import { inTurns, type Results, Rounds } from '../run/rounds.ts';
import { longestTask, startTrace } from '../run/trace.ts';
import { CONTENDERS, onSettled } from './store.ts';
import { measureIdle, measureMoving, withServer } from './synced.ts';

const PAGE = 'syncline';
/** What the plot calls them. */
const NAMES: Readonly<Record<string, string>> = {
  'durable write ms': 'record', 'idle sync ms': 'idle sync', 'heap after open MB': 'heap, MB', 'status computing ms': 'status', 'cold start ms': 'cold start', 'overlap query ms': 'overlap query', 'pending list ms': 'pending list',
};

async function onSite<T>(work: (site: Site) => Promise<T>): Promise<T> {
  const site = await openSite();
  try {
    site.add(PAGE, await bundlePage(`import { offer } from './works.ts'; ${CONTENDERS[PAGE] ?? ''}`));
    return await work(site);
  } finally {
    site.close();
  }
}

/** By work, then by how many sessions are stored. */
export function measureGrowth(counts: readonly number[], rounds: number, say: (line: string) => void): Promise<Results> {
  return withServer((server) => onSite(async (site) => {
    const found = new Rounds();
    await inTurns(counts.map(String), rounds, async (count, number) => {
      say(`round ${number + 1} of ${rounds}: ${count} sessions`);
      const alone = await onSettled(site, PAGE, Number(count), async ({ context, open }) => {
        const page = await open(PAGE);
        const empty = await heapOf(context, page);
        const parts: Record<string, number>[] = [await page.evaluate('works.cold()')];
        parts.push({ 'heap after open MB': (await heapOf(context, page)) - empty });
        for (const work of [`warm(${count})`, 'write()']) parts.push(await page.evaluate(`works.${work}`));
        return Object.assign({}, ...parts) as Record<string, number>;
      });
      const measured = { ...alone, ...(await measureIdle(server, Number(count))) };
      const named = Object.entries(NAMES).map(([work, name]) => [name, measured[work] ?? Number.NaN] as const);
      found.add(Number(count).toLocaleString('en'), Object.fromEntries(named));
    });
    return found.results();
  }));
}

/** Processor time of the longest task of the page's main thread for each kind of work, so that other programs cannot lengthen it. */
export function measureBlocking(stored: number, rounds: number, say: (line: string) => void): Promise<Results> {
  const works = { opening: 'cold()', 'counts, lists, overlaps': `look(${stored})`, recording: 'write()', acknowledging: 'acknowledge()' };
  return withServer((server) => onSite(async (site) => {
    const found = new Rounds();
    for (let round = 0; round < rounds; round += 1) {
      say(`round ${round + 1} of ${rounds}`);
      const alone = await onSettled(site, PAGE, stored, async ({ context, open }) => {
        const page = await open(PAGE);
        const longest: Record<string, number> = {};
        for (const [name, work] of Object.entries(works)) {
          const stop = await startTrace(context, page);
          await page.evaluate(`works.${work}`);
          longest[name] = longestTask(await stop());
        }
        return longest;
      });
      const longest = { ...alone, ...(await measureMoving(server, stored)) };
      for (const [name, ms] of Object.entries(longest)) found.add(name, { 'longest task, ms': ms });
      found.add('whole', { 'longest task, ms': Math.max(...Object.values(longest)) });
    }
    return found.results();
  }));
}
