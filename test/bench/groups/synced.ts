// An engine that talks to the real server app, in memory, with a long history on the device: what an idle sync costs, and how long sending and
// taking in a thousand sessions keep the main thread.
import { AppServer } from '../../faults/lib/app-server.ts';
import { OWN_DEVICE } from '../page/data.ts';
import { removeSettled, settledFolder, type Visit, visit } from '../run/browser.ts';
import { bundlePage } from '../run/bundle.ts';
import { longestTask, startTrace } from '../run/trace.ts';

const PAGE = 'synced';
const OTHER_DEVICE = '5f0d7a52-6a3c-4d0e-9b1e-0a1b2c3d4e0f';
const COUNT = 1000;

export async function withServer<T>(work: (server: AppServer) => Promise<T>): Promise<T> {
  const server = new AppServer({
    [`/${PAGE}`]: { type: 'text/html', body: `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/${PAGE}.js"></script>` },
    [`/${PAGE}.js`]: { type: 'text/javascript', body: await bundlePage("import './synced.ts';") },
  });
  await server.listen();
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

/** A new account, and a settled profile of a device that has met the server and has so many sessions. @param work is given how to open such a device. */
async function onDevice<T>(server: AppServer, stored: number, work: (at: Visit, open: (deviceId: string) => string) => Promise<T>, before?: (at: Visit, open: (deviceId: string) => string) => Promise<void>): Promise<T> {
  const origin = { origin: `http://127.0.0.1:${server.port}` };
  const { userId, newToken } = await server.renew(() => Date.now(), false);
  const account = JSON.stringify({ userId, token: await newToken() });
  const open = (deviceId: string): string => `works.open(${account}, "${deviceId}")`;
  const keep = settledFolder(PAGE);
  try {
    await visit(origin, { from: null, keep }, async (at) => {
      const page = await at.open(PAGE);
      await page.evaluate(open(OWN_DEVICE));
      await page.evaluate(`works.fill(${stored})`);
    });
    await visit(origin, { from: keep, keep }, async (at) => (await at.open(PAGE)).evaluate(open(OWN_DEVICE)));
    if (before) await visit(origin, { from: null }, (at) => before(at, open));
    return await visit(origin, { from: keep }, (at) => work(at, open));
  } finally {
    removeSettled(keep);
  }
}

/** Milliseconds of a sync with nothing new. */
export function measureIdle(server: AppServer, stored: number): Promise<Readonly<Record<string, number>>> {
  return onDevice(server, stored, async (at, open) => {
    const page = await at.open(PAGE);
    await page.evaluate(open(OWN_DEVICE));
    return page.evaluate('works.idle()');
  });
}

/** Processor time of the longest task while a thousand sessions of another device come down, and while a thousand of this one's go up. */
export function measureMoving(server: AppServer, stored: number): Promise<Readonly<Record<string, number>>> {
  return onDevice(server, stored, async (at, open) => {
    const page = await at.open(PAGE);
    let stop = await startTrace(at.context, page);
    await page.evaluate(open(OWN_DEVICE));
    const receiving = longestTask(await stop());
    const found = await page.evaluate<number>(`works.newest(${COUNT})`);
    if (found !== COUNT) throw new Error(`wrong answer: ${found} of ${COUNT} sessions came`);
    await page.evaluate(`works.hold(${COUNT}, ${COUNT})`);
    stop = await startTrace(at.context, page);
    await page.evaluate(`works.drain(${COUNT})`);
    return { [`opening, ${COUNT.toLocaleString('en')} come`]: receiving, [`sending ${COUNT.toLocaleString('en')}`]: longestTask(await stop()) };
  }, async (at, open) => {
    const page = await at.open(PAGE);
    await page.evaluate(open(OTHER_DEVICE));
    await page.evaluate(`works.hold(0, ${COUNT})`);
    await page.evaluate(`works.drain(${COUNT})`);
  });
}
