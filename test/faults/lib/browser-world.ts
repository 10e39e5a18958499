// A real browser with the engine's page, the real server behind it, and what a test may do to both.
import { join } from 'node:path';
import { build } from 'esbuild';
import type { CDPSession, Page } from 'playwright';
import type { EngineSetup, Seen } from '../page/engine.page.ts';
import { type AccountServer, AppServer } from './app-server.ts';
import type { BrowserProfile } from './browser-profile.ts';

const SPEED = 10;

/** Serves the engine's page and the API. */
export async function startPageServer(): Promise<AppServer> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../page/engine.page.ts')],
    bundle: true, format: 'esm', write: false, conditions: ['@syncline/source', 'browser'], target: 'es2023',
  });
  const server = new AppServer({
    '/': { type: 'text/html', body: '<!doctype html><title>engine</title><script type="module" src="/engine.js"></script>' },
    '/blank': { type: 'text/html', body: '<!doctype html><title>blank</title>' },
    '/engine.js': { type: 'text/javascript', body: outputFiles[0]?.text ?? '' },
  });
  await server.listen();
  return server;
}

/** One account on the server, and the pages on which it is used. */
export class BrowserWorld {
  readonly server: AppServer;
  readonly account: AccountServer;
  readonly url: string;
  readonly setup: EngineSetup;

  constructor(server: AppServer, account: AccountServer, token: string) {
    this.server = server;
    this.account = account;
    this.url = `http://localhost:${server.port}`;
    this.setup = { user: account.userId, token, speed: SPEED, since: Date.now() };
  }

  /** A tab with its engine open. */
  async tab(profile: BrowserProfile): Promise<Page> {
    const page = await profile.context.newPage();
    await this.openIn(page, this.url);
    return page;
  }

  /** Opens the engine in this page, on that origin of the same server. */
  async openIn(page: Page, url: string): Promise<Seen> {
    await page.goto(`${url}/`);
    await page.waitForFunction(() => 'syncline' in window);
    return page.evaluate((setup) => window.syncline.open(setup), this.setup);
  }

  /** Everything that was recorded is on the server, and nothing else. */
  differences(recorded: Iterable<string>): { lost: string[]; strange: string[]; miscounted: number } {
    const wanted = new Set(recorded);
    const stored = this.account.stored();
    return {
      lost: [...wanted].filter((id) => !stored.has(id)),
      strange: [...stored.keys()].filter((id) => !wanted.has(id)),
      miscounted: this.account.total() - stored.size,
    };
  }
}

export const RIGHT = { lost: [], strange: [], miscounted: 0 } as const;

/** @param isBasic the server offers the documented calls only. */
export async function openBrowserWorld(server: AppServer, isBasic = false): Promise<BrowserWorld> {
  server.isDown = false;
  const account = await server.renew(() => Date.now(), isBasic);
  return new BrowserWorld(server, account, await account.newToken());
}

export function look(page: Page): Promise<Seen> {
  return page.evaluate(() => window.syncline.look());
}

/** Asks the page again and again until it shows what is wanted. */
export async function until(page: Page, holds: (seen: Seen) => boolean, wanted: string): Promise<Seen> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const seen = await look(page);
    if (holds(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`not within a minute: ${wanted}: ${seen.unsent.length} unsent, ${JSON.stringify(seen.status.local)}`);
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
}

/** Nothing left to send. */
export const isSent = ({ status, unsent }: Seen): boolean => status.data_summary.unsynced_sessions === 0 && unsent.length === 0;

export function record(page: Page, number: number, note = ''): Promise<{ id: string } | { refused: string }> {
  return page.evaluate(([at, text]) => window.syncline.record(at, text), [number, note] as const);
}

export function cdp(page: Page): Promise<CDPSession> {
  return page.context().newCDPSession(page);
}
