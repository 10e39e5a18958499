// A fresh Chromium on a profile on disk for each measurement, and the one small server whose pages they load.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright';
import { findBrowser } from '../../provision/browser.mjs';

const cache = join(import.meta.dirname, '../../../.cache/bench');
/** What a contender leaves on disk; the rest of a profile is the browser's own. */
const STORAGE = 'Default/IndexedDB';

export interface Site {
  readonly origin: string;
  /** The page at `/name` runs this script. */
  add(name: string, script: string): void;
  close(): void;
}

export async function openSite(): Promise<Site> {
  const scripts = new Map<string, string>();
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname.slice(1);
    const script = scripts.get(path.replace(/\.js$/, ''));
    // An isolated page has a clock of 5 µs instead of 100.
    const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
    if (script === undefined) return void response.writeHead(404, headers).end();
    const isScript = path.endsWith('.js');
    response.writeHead(200, { ...headers, 'content-type': isScript ? 'text/javascript' : 'text/html' });
    response.end(isScript ? script : `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/${path}.js"></script>`);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (name, script) => void scripts.set(name, script),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What a contender left behind, to begin from again and again. */
export interface Settled {
  readonly folder: string;
}

export interface Visit {
  readonly context: BrowserContext;
  open(path: string): Promise<Page>;
}

/** @param from a settled store to begin with, or null for an empty profile. @param keep where to keep what is left, or null. */
export async function visit<T>(site: Pick<Site, 'origin'>, { from, keep }: { from: Settled | null; keep?: Settled }, work: (visit: Visit) => Promise<T>): Promise<T> {
  mkdirSync(cache, { recursive: true });
  const profile = mkdtempSync(join(cache, 'profile-'));
  if (from) cpSync(from.folder, join(profile, STORAGE), { recursive: true });
  const found = findBrowser();
  const launch = found ? { executablePath: found.executablePath, args: found.args, env: found.env } : {};
  const context = await chromium.launchPersistentContext(profile, launch);
  try {
    const result = await work({ context, open: (path) => openPage(context, `${site.origin}/${path}`) });
    await context.close();
    if (keep) removeSettled(keep);
    if (keep && existsSync(join(profile, STORAGE))) cpSync(join(profile, STORAGE), keep.folder, { recursive: true });
    return result;
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.goto(url);
  await page.waitForFunction('globalThis.works');
  return page;
}

export function settledFolder(name: string): Settled {
  mkdirSync(cache, { recursive: true });
  return { folder: mkdtempSync(join(cache, `${name}-`)) };
}

export function removeSettled({ folder }: Settled): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Megabytes that the page's script holds after a collection, typed columns included. */
export async function heapOf(context: BrowserContext, page: Page): Promise<number> {
  const session = await context.newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const usage: { usedSize: number; backingStorageSize?: number } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return (usage.usedSize + (usage.backingStorageSize ?? 0)) / 1e6;
}
