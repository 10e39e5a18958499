// The web timer under hands that press twice, type fast, or go on while something is in the way.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright';
import { addPastSession, atNight, signIn, waitForState } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const HOUR = 3_600_000;

describe('the web timer', () => {
  let server: ServerProcess;
  let profile: Profile;
  let page: Page;
  const thrown: string[] = [];
  const base = atNight(1);

  beforeAll(async () => {
    server = await startServer();
    profile = await openProfile();
    page = await profile.context.newPage();
    page.on('pageerror', (error) => thrown.push(error.message));
    await page.goto(`${server.url}/`);
    await signIn(page);
  });
  afterAll(async () => {
    await profile.dispose();
    await server.dispose();
  });

  /** Sooner than anything can be answered. */
  const pressTwice = (button: Locator): Promise<void> => button.evaluate((element: HTMLButtonElement) => {
    element.click();
    element.click();
  });

  it('takes a button that is pressed twice for one wish', async () => {
    await page.getByRole('button', { name: 'Add past session' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Project').fill('pressed twice');
    await pressTwice(dialog.getByRole('button', { name: 'Add session' }));
    await dialog.waitFor({ state: 'hidden' });
    await pressTwice(page.getByRole('button', { name: 'Start', exact: true }));
    await page.getByRole('button', { name: 'Finish' }).waitFor();
    // Recorded behind whatever was asked for before.
    await addPastSession(page, { start: base, end: base + HOUR / 2, category: 'study', project: 'afterwards' });
    expect(await page.locator('[data-session-id]', { hasText: 'pressed twice' }).count()).toBe(1);
    expect(await page.getByRole('region', { name: 'Timer' }).getByRole('alert').count()).toBe(0);
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  });

  it('takes every length that may be typed, also one that begins like a usual one', async () => {
    const minutes = page.getByLabel('Other minutes');
    await minutes.fill('');
    await minutes.pressSequentially('250');
    expect(await minutes.inputValue()).toBe('250');
    await page.getByText('4:10:00').waitFor();
    await page.getByRole('button', { name: '25', exact: true }).click();
    expect(await minutes.inputValue()).toBe('');
    await page.getByText('25:00').waitFor();
  });

  it('opens a dialog again that the browser closed by itself', async () => {
    const id = await addPastSession(page, { start: base + 2 * HOUR, end: base + 2.5 * HOUR, category: 'study', project: 'not kept' });
    await waitForState(page, id, 'confirmed');
    const open = page.locator(`[data-session-id="${id}"]`).getByRole('button', { name: /^Note and tags of/ });
    const dialog = page.getByRole('dialog', { name: 'Note and tags' });
    await open.click();
    await dialog.getByRole('textbox', { name: 'Note' }).fill('typed before');
    // What Chromium does at the third Escape, however often a page holds it up for what has to be kept first.
    await dialog.evaluate((element: HTMLDialogElement) => element.close());
    await page.locator(`[data-session-id="${id}"]`).locator('.note', { hasText: 'typed before' }).waitFor({ state: 'attached' });
    await dialog.waitFor({ state: 'detached' });
    await open.click();
    await dialog.getByRole('textbox', { name: 'Note' }).waitFor({ timeout: 5000 });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('says in the dialog why what it asks for did not work', async () => {
    await profile.context.route('**/api/sync/exchange', (route) => {
      const { operations } = route.request().postDataJSON() as { operations: unknown[] };
      return operations.length === 0 ? route.continue() : route.fulfill({ status: 422, contentType: 'application/json', body: '{"error":"Not acceptable"}' });
    });
    const id = await addPastSession(page, { start: base + 3 * HOUR, end: base + 3.5 * HOUR, category: 'study', project: 'decided elsewhere' });
    await waitForState(page, id, 'parked');
    await profile.context.unroute('**/api/sync/exchange');
    await page.locator(`[data-session-id="${id}"]`).getByRole('button', { name: /^Discard/ }).click();
    const second = await profile.page(`${server.url}/`);
    await second.locator(`[data-session-id="${id}"]`).getByRole('button', { name: 'Try again' }).click();
    await waitForState(second, id, 'confirmed');
    await second.close();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Yes, discard it' }).click();
    await dialog.getByText('It does not wait for a decision any more.').waitFor({ timeout: 5000 });
    await page.keyboard.press('Escape');
  });

  it('does not say that nothing waits while what was cancelled does', async () => {
    await profile.context.setOffline(true);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('button', { name: 'Cancel session…' }).click();
    await page.getByRole('button', { name: 'Yes, cancel it' }).click();
    await page.getByRole('radio', { name: 'Waiting 1' }).check();
    await page.getByText('it was cancelled or deleted').waitFor({ timeout: 5000 });
    await profile.context.setOffline(false);
    await page.getByText('Nothing waits: the server has everything of this device.').waitFor();
    await page.getByRole('radio', { name: 'All' }).check();
  });

  it('lets a timer be finished with changes in the hour that comes again as the clocks are put back', async () => {
    const other = await openProfile();
    try {
      const night = await other.context.newPage();
      const session = await other.context.newCDPSession(night);
      await session.send('Emulation.setTimezoneOverride', { timezoneId: 'Europe/Berlin' });
      await night.clock.install({ time: Date.parse('2025-10-26T02:50:00+02:00') });
      await night.goto(`${server.url}/`);
      await signIn(night);
      await night.getByLabel('Project').first().fill('put back');
      await night.getByRole('button', { name: 'Start', exact: true }).click();
      await night.getByRole('button', { name: 'Edit first…' }).waitFor();
      await night.clock.runFor(30 * 60_000);
      await night.getByRole('button', { name: 'Edit first…' }).click();
      const dialog = night.getByRole('dialog', { name: 'Finish with changes' });
      expect(await dialog.getByLabel('It ended').inputValue()).toBe('2025-10-26T02:20');
      await dialog.getByLabel('It ended').fill('2025-10-26T02:10');
      // Among those that wait it is not behind newer ones.
      await other.context.setOffline(true);
      await dialog.getByRole('button', { name: 'Finish session' }).click();
      await night.getByRole('radio', { name: 'Waiting 1' }).check();
      const row = night.locator('[data-session-id]', { hasText: 'put back' });
      await row.waitFor({ timeout: 10_000 });
      // The page's clock moves on while it opens.
      expect(await row.locator('.when').textContent()).toMatch(/^02:5\d–02:10(1\d|20) minutes$/);
    } finally {
      await other.dispose();
    }
  });

  it('says that a theme could not be kept', async () => {
    const other = await openProfile();
    try {
      const full = await other.context.newPage();
      full.on('pageerror', (error) => thrown.push(error.message));
      await full.goto(`${server.url}/`);
      await signIn(full);
      await full.getByText('You can close this page; everything of this device is on the server.').waitFor();
      await full.evaluate(() => {
        const refuse = (): never => {
          throw new DOMException('no space', 'QuotaExceededError');
        };
        IDBObjectStore.prototype.put = refuse;
        IDBObjectStore.prototype.add = refuse;
      });
      await full.keyboard.press('t');
      await full.getByRole('alert').getByText('There is no space left').waitFor({ timeout: 10_000 });
    } finally {
      await other.dispose();
    }
  });

  it('says why sessions of a newer release could not be opened', async () => {
    const other = await openProfile();
    try {
      const older = await other.page(`${server.url}/`);
      await signIn(older);
      await older.goto(`${server.url}/openapi.json`);
      await older.evaluate(async () => {
        for (const { name = '' } of await indexedDB.databases()) await new Promise((resolve) => {
          indexedDB.open(name, 1_000_000).onsuccess = ({ target }) => {
            (target as IDBOpenDBRequest).result.close();
            resolve(null);
          };
        });
      });
      await older.goto(`${server.url}/`);
      await older.getByText('Your sessions could not be opened. The store was written by a newer release of the app.', { exact: true }).waitFor({ timeout: 20_000 });
    } finally {
      await other.dispose();
    }
  });

  it('has thrown nothing', () => {
    expect(thrown).toEqual([]);
  });
});
