// A browser in which a person forbade pages to keep anything: no database, no marker, no locks.
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFirefox } from '../provision/other-browsers.mjs';
import { AppServer } from './lib/app-server.ts';
import { newProfile } from './lib/browser-profile.ts';
import { notRun } from './lib/not-run.ts';

const MINUTE = 60_000;

/** Records one session as any app does. What it was told of the storage stands in the note. */
const PAGE = `
  import { createSyncEngine } from '@syncline/core';
  const [user, token] = location.hash.slice(1).split('/');
  const engine = await createSyncEngine({ user, device: { type: 'web_timer', version: '1' }, server: { url: location.origin, token: () => token } });
  const startTime = Date.now() - 3_600_000;
  const note = engine.status.current.local.problems.join(' ');
  await engine.sessions.record({ startTime, endTime: startTime + 1_500_000, category: 'writing', project: 'book', note });
`;

let server: AppServer;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir: import.meta.dirname }, bundle: true, format: 'esm', write: false, conditions: ['@syncline/source', 'browser'], target: 'es2023',
  });
  server = new AppServer({
    '/': { type: 'text/html', body: '<!doctype html><title>forbidden</title><script type="module" src="/forbidden.js"></script>' },
    '/forbidden.js': { type: 'text/javascript', body: outputFiles[0]?.text ?? '' },
  });
  await server.listen();
});
afterAll(() => server?.close());

async function expectSent(open: (address: string) => Promise<() => Promise<void>>): Promise<void> {
  const account = await server.renew(() => Date.now(), false);
  const end = await open(`http://localhost:${server.port}/#${account.userId}/${await account.newToken()}`);
  await expect.poll(() => account.stored().size, { timeout: MINUTE }).toBe(1);
  expect([...account.stored().values()]).toMatchObject([{ content: expect.stringContaining('volatile_storage') }]);
  await end();
}

describe('everything goes on in memory, which is said, and is sent', () => {
  it('[A09] in Chromium', { timeout: 2 * MINUTE }, () => expectSent(async (address) => {
    const profile = await newProfile({ profile: { default_content_setting_values: { cookies: 2 } } });
    await (await profile.context.newPage()).goto(address);
    return () => profile.dispose();
  }));

  it('[A09] in Firefox, which refuses channels as well', { timeout: 2 * MINUTE }, async () => {
    const firefox = findFirefox();
    if (firefox === undefined) return notRun('faults: forbidden storage in Firefox', 'there is no firefox-esr here');
    await expectSent(async (address) => firefox.open(address, { 'network.cookie.cookieBehavior': 2 }));
  });
});
