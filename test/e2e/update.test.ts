// A newer web timer is out, and the server takes nothing any more from the one that is open.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { addPastSession, atNight, signIn, waitForState } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { ReleaseGate } from './lib/release-gate.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const HOUR = 3_600_000;

describe('a web timer that is too old for the server', () => {
  let server: ServerProcess;
  let gate: ReleaseGate;
  let profile: Profile;
  let url: string;

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.dispose());
  beforeEach(async () => {
    gate = new ReleaseGate(server.url);
    url = `${await gate.open()}/`;
    profile = await openProfile();
  });
  afterEach(async () => {
    await profile.dispose();
    gate.close();
  });

  async function open(): Promise<Page> {
    const page = await profile.page(url);
    await signIn(page);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    return page;
  }

  const newer = (page: Page) => page.locator('meta[name="release"]');

  async function reloadWhenTold(page: Page): Promise<void> {
    await page.getByText('This version is too old for the server.').waitFor();
    expect(await newer(page).count()).toBe(0);
    await page.getByRole('button', { name: 'Reload' }).click();
    await newer(page).waitFor({ state: 'attached' });
  }

  it('[D09] is the newer one after one reload, though its worker keeps the page, and sends what waited', async () => {
    const page = await open();
    gate.putOut();
    const id = await addPastSession(page, { start: atNight(1), end: atNight(1) + HOUR / 2, category: 'writing', project: 'old page' });
    await reloadWhenTold(page);
    await waitForState(page, id, 'confirmed');
  });

  it('[D09] goes by itself where nobody looks at it, so that it does not go on sending for the one that was reloaded', async () => {
    const leads = await open();
    const page = await profile.page(url);
    await page.getByText('done by another open tab of this browser').waitFor();
    await leads.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true });
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    gate.putOut();
    const id = await addPastSession(page, { start: atNight(2), end: atNight(2) + HOUR / 2, category: 'writing', project: 'two old pages' });
    await reloadWhenTold(page);
    await waitForState(page, id, 'confirmed');
    expect(await newer(leads).count()).toBe(1);
  });

  it('[D09] is not kept from sending by a status board that is as old: that goes by itself, whoever looks at it', async () => {
    const first = await open();
    const board = await profile.page(`${url}status-board/`);
    await board.waitForFunction(() => navigator.serviceWorker.controller?.scriptURL.endsWith('/status-board/sw.js'));
    await first.close();
    const page = await profile.page(url);
    await page.getByText('done by another open tab of this browser').waitFor();
    gate.putOut();
    const id = await addPastSession(page, { start: atNight(3), end: atNight(3) + HOUR / 2, category: 'writing', project: 'old board' });
    await reloadWhenTold(page);
    await waitForState(page, id, 'confirmed');
    expect(await newer(board).count()).toBe(1);
  });

  it('[D09] goes by itself as long as nobody has used it: a reload that came too soon gave the old one once more', async () => {
    const page = await open();
    gate.putOut();
    await page.reload();
    await newer(page).waitFor({ state: 'attached', timeout: 15_000 });
  });

  /** The status board alone, in the care of its own worker. */
  async function openBoard(): Promise<Page> {
    const timer = await open();
    const board = await profile.page(`${url}status-board/`);
    await board.waitForFunction(() => navigator.serviceWorker.controller?.scriptURL.endsWith('/status-board/sw.js'));
    await timer.close();
    return board;
  }

  it('[D09] a status board that was reloaded past its worker goes by itself, too', async () => {
    const board = await openBoard();
    const session = await profile.context.newCDPSession(board);
    await session.send('Page.reload', { ignoreCache: true });
    await board.getByText('Newest contact').waitFor();
    expect(await board.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
    gate.putOut();
    const page = await profile.page(url);
    await addPastSession(page, { start: atNight(4), end: atNight(4) + HOUR / 2, category: 'writing', project: 'past its worker' });
    await newer(board).waitFor({ state: 'attached', timeout: 15_000 });
  });

  it('[D09] a status board without a worker, as on a page without TLS, goes by itself once there is a newer one, and not before', async () => {
    await profile.context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
    const first = await profile.page(url);
    await signIn(first);
    const board = await profile.page(`${url}status-board/`);
    await board.getByText('Newest contact').waitFor();
    await first.close();
    const timer = await profile.page(url);
    await timer.getByText('done by another open tab of this browser').waitFor();
    const session = { category: 'writing', project: 'without a worker' };
    await profile.context.route('**/api/sync/exchange', (route) => route.fulfill({ status: 426, contentType: 'application/json', body: '{"error":"This version is too old"}' }));
    const looked = board.waitForResponse((answer) => answer.url() === `${url}status-board/`, { timeout: 15_000 });
    await addPastSession(timer, { start: atNight(5), end: atNight(5) + HOUR / 2, ...session });
    expect((await looked).request().isNavigationRequest()).toBe(false);
    gate.putOut();
    await profile.context.unroute('**/api/sync/exchange');
    await addPastSession(timer, { start: atNight(6), end: atNight(6) + HOUR / 2, ...session });
    await newer(board).waitFor({ state: 'attached', timeout: 15_000 });
  });

  it('[D09, A20] a status board that finds a store of a newer release becomes the newer one', async () => {
    const board = await openBoard();
    await board.goto(`${url}icon.svg`);
    await board.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) await new Promise((resolve) => void (indexedDB.open(name ?? '', 20).onsuccess = resolve));
    });
    gate.putOut();
    await board.goto(`${url}status-board/`);
    await newer(board).waitFor({ state: 'attached', timeout: 15_000 });
  });
});
