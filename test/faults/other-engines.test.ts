// The real store, locks and channel in Firefox and WebKit, held to the contracts that they keep in Chromium.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFirefox, findWebKit, type OtherBrowser } from '../provision/other-browsers.mjs';
import { notRun } from './lib/not-run.ts';
import type { ContractReport } from './page/contracts.page.ts';

const MINUTE = 60_000;
const ENGINES = [
  { name: 'Firefox', find: findFirefox, missing: 'there is no firefox-esr here' },
  { name: 'WebKit', find: findWebKit, missing: 'there is no MiniBrowser of webkit2gtk-driver here, or no xvfb' },
];

let server: Server;
let report: (body: string) => void = () => undefined;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page/contracts.page.ts')],
    bundle: true, format: 'esm', write: false, conditions: ['@syncline/source', 'browser'], target: 'es2022',
  });
  const script = outputFiles[0]?.text ?? '';
  server = createServer((request, response) => {
    if (request.method === 'POST') void textOf(request).then((body) => (response.end(), report(body)));
    else if (request.url === '/contracts.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>contracts</title><body><script type="module" src="/contracts.js"></script>');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

async function runIn(browser: OtherBrowser): Promise<ContractReport> {
  const reported = new Promise<string>((resolve) => (report = resolve));
  const end = browser.open(`http://localhost:${(server.address() as AddressInfo).port}/`);
  try {
    return JSON.parse(await reported) as ContractReport;
  } finally {
    await end();
  }
}

describe.each(ENGINES)('$name', ({ name, find, missing }) => {
  it('[A06, A13, A14, B03, B05] keeps the contracts of store, locks and channel', { timeout: 3 * MINUTE }, async () => {
    const browser = find();
    if (browser === undefined) return notRun(`faults: contracts in ${name}`, missing);
    const { agent, passed, failed } = await runIn(browser);
    expect(failed).toEqual([]);
    expect(passed.length, agent).toBeGreaterThan(20);
    expect(new Set(passed.map((line) => line.split(':')[0]))).toEqual(new Set(['store', 'locks', 'channel']));
  });
});
