// What one strict update of the store costs beside IndexedDB written by hand, in a real Chromium on a real profile.
//   npx tsx --conditions=@syncline/source test/bench/store-update.ts [turns]
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { findBrowser } from '../provision/browser.mjs';
import type { Timing } from './store-update.page.ts';

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'store-update.page.ts')],
    bundle: true, format: 'esm', write: false, minify: true, conditions: ['@syncline/source', 'browser'], target: 'es2023',
  });
  return outputFiles[0]?.text ?? '';
}

async function measureInBrowser(script: string, turns: number): Promise<readonly Timing[]> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    // An isolated page has a clock of 5 µs instead of 100.
    const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
    response.writeHead(200, { ...headers, 'content-type': isScript ? 'text/javascript' : 'text/html' }).end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const profile = mkdtempSync(join(import.meta.dirname, '../../.cache/bench-'));
  const found = findBrowser();
  const context = await chromium.launchPersistentContext(profile, found ? { executablePath: found.executablePath, args: found.args, env: found.env } : {});
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.measure');
    return await page.evaluate(`measure(${turns})`);
  } finally {
    await context.close();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

const timings = await measureInBrowser(await bundle(), Number(process.argv[2] ?? 300));
const floor = timings[0];
for (const { name, p50, p90 } of timings) {
  console.log(`${name.padEnd(24)} p50 ${p50.toFixed(2)} ms  p90 ${p90.toFixed(2)} ms  ${(p50 / (floor?.p50 ?? 1)).toFixed(2)} x`);
}
