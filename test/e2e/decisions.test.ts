// The web timer where it waits for a person: sessions that the server refused, and notices that stay until they were read.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { addPastSession, atNight, signIn } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const HOUR = 3_600_000;

describe('the web timer', () => {
  let server: ServerProcess;
  let profile: Profile;
  let page: Page;
  const base = atNight(1);

  beforeAll(async () => {
    server = await startServer();
    profile = await openProfile();
    page = await profile.page(`${server.url}/`);
    await signIn(page);
  });
  afterAll(async () => {
    await profile.dispose();
    await server.dispose();
  });

  it('tells that the browser was cleared until somebody has read it: then no more, in no tab and after no reload', async () => {
    await profile.context.route('**/api/**', (route) => route.abort());
    await addPastSession(page, { start: base, end: base + HOUR / 2, category: 'study', project: 'cleared' });
    await page.goto(`${server.url}/icon.svg`);
    await page.evaluate(async () => {
      for (const { name = '' } of await indexedDB.databases()) {
        await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
      }
    });
    await page.goto(`${server.url}/`);
    const second = await profile.page(`${server.url}/`);
    const told = (tab: Page) => tab.getByText('This browser was cleared.');
    await Promise.all([page, second].map((tab) => told(tab).waitFor()));
    expect(await told(page).textContent()).toContain('At most 1 session.');
    await page.getByRole('button', { name: 'Dismiss' }).click({ timeout: 5000 });
    await Promise.all([page, second].map((tab) => told(tab).waitFor({ state: 'detached' })));
    await second.close();
    await profile.context.unroute('**/api/**');
    await page.reload();
    await page.getByText('You can close this page; everything of this device is on the server.').waitFor();
    expect(await told(page).count()).toBe(0);
  });
});
