// A thousand waiting sessions go to a server 5 ms away: by the exchange against IndexedDB and requests written by hand, and by the
// documented calls alone against a bare loop of fetches. Every contender talks to the real server app on its store in memory.
import { setTimeout as sleep } from 'node:timers/promises';
import { AppServer } from '../../faults/lib/app-server.ts';
import { visit } from '../run/browser.ts';
import { bundlePage } from '../run/bundle.ts';
import { inTurns, type Results, Rounds } from '../run/rounds.ts';

const COUNT = 1000;
const AWAY_MS = 5;
/** Requests that the engine has under way at once in basic mode. */
const LANES = 4;

interface Way {
  readonly script: string;
  readonly isBasic: boolean;
}

const ENGINE = "import { createEngineDrainer } from './drain-engine.ts'; offerDrain(createEngineDrainer());";
const raw = (atOnce: number): string => `import { createRawDrainer } from './drain-raw.ts'; offerDrain(createRawDrainer(${atOnce}));`;

export const WAYS: Readonly<Record<string, Way>> = {
  syncline: { script: ENGINE, isBasic: false },
  'raw, one request': { script: raw(COUNT), isBasic: false },
  'raw, 10 batches': { script: raw(COUNT / 10), isBasic: false },
  'syncline basic': { script: ENGINE, isBasic: true },
  'fetch loop': { script: `import { createFetchLoop } from './drain-raw.ts'; offerDrain(createFetchLoop(${LANES}));`, isBasic: true },
};

const pathOf = (name: string): string => `/${name.replaceAll(/\W+/g, '-')}`;

async function pagesOf(names: readonly string[]): Promise<Record<string, { type: string; body: string }>> {
  const pages: Record<string, { type: string; body: string }> = {};
  for (const name of names) {
    const path = pathOf(name);
    pages[path] = { type: 'text/html', body: `<!doctype html><link rel="icon" href="data:,"><script type="module" src="${path}.js"></script>` };
    pages[`${path}.js`] = { type: 'text/javascript', body: await bundlePage(`import { offerDrain } from './drain.ts'; ${WAYS[name]?.script ?? ''}`) };
  }
  return pages;
}

export async function measureDrain(contenders: readonly string[], rounds: number, say: (line: string) => void): Promise<Results> {
  const server = new AppServer(await pagesOf(contenders));
  const calls: string[] = [];
  server.onCall = async (path) => {
    calls.push(path);
    await sleep(AWAY_MS);
  };
  await server.listen();
  const found = new Rounds();
  try {
    await inTurns(contenders, rounds, async (name, number) => {
      say(`round ${number + 1} of ${rounds}: ${name}`);
      const account = await server.renew(() => Date.now(), WAYS[name]?.isBasic ?? false);
      const who = JSON.stringify({ userId: account.userId, token: await account.newToken() });
      const ms = await visit({ origin: `http://127.0.0.1:${server.port}` }, { from: null }, async ({ open }) => {
        const page = await open(pathOf(name).slice(1));
        await page.evaluate(`works.hold(${who}, ${COUNT})`);
        calls.length = 0;
        return page.evaluate<number>(`works.drain(${COUNT})`);
      });
      if (account.total() !== COUNT) throw new Error(`wrong answer: the server has ${account.total()} sessions of ${name}`);
      found.add(name, { 'drain of 1,000, ms': ms, 'requests of a drain': calls.length });
    });
  } finally {
    await server.close();
  }
  return found.results();
}
