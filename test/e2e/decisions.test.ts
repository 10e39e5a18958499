// The web timer where it waits for a person: sessions that the server refused, and notices that stay until they were read.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { addPastSession, atNight, showWeekOf, signIn, signInByApi, waitForState } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const HOUR = 3_600_000;

describe('the web timer', () => {
  let server: ServerProcess;
  let profile: Profile;
  let page: Page;
  const base = atNight(1);
  const rowOf = (tab: Page, id: string) => tab.locator(`[data-session-id="${id}"]`);

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

  /** The server takes nothing, after that time. Resolves to what ends that. */
  async function refuseAll(afterMs = 0): Promise<() => Promise<void>> {
    await profile.context.route('**/api/sync/exchange', async (route) => {
      const { operations } = route.request().postDataJSON() as { operations: unknown[] };
      if (operations.length === 0) return route.continue();
      await new Promise((resolve) => void setTimeout(resolve, afterMs));
      return route.fulfill({ status: 422, contentType: 'application/json', body: '{"error":"Not acceptable"}' });
    });
    return () => profile.context.unroute('**/api/sync/exchange');
  }

  it('tells that the browser was cleared until somebody has read it: then no more, in no tab and after no reload', async () => {
    await profile.context.route('**/api/**', (route) => route.abort());
    await addPastSession(page, { start: base, end: base + HOUR / 2, category: 'study', project: 'cleared' });
    await page.goto(`${server.url}/icon.svg`);
    // One that tries to send now has the session in memory, and would put it back.
    const devTools = await profile.context.newCDPSession(page);
    await devTools.send('ServiceWorker.enable');
    await devTools.send('ServiceWorker.stopAllWorkers');
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

  it('names the session in each button about a refused one', async () => {
    const accept = await refuseAll();
    const id = await addPastSession(page, { start: base + HOUR, end: base + 1.5 * HOUR, category: 'gardening', project: 'named' });
    await waitForState(page, id, 'parked');
    const names = await rowOf(page, id).getByRole('button').evaluateAll((all) => all.map((button) => button.getAttribute('aria-label') ?? button.textContent));
    expect(names).toEqual(['Edit', 'Try again', 'Discard'].map((word) => expect.stringMatching(new RegExp(`^${word} gardening, \\d\\d:\\d\\d–\\d\\d:\\d\\d$`)) as string));
    await accept();
    await rowOf(page, id).getByRole('button', { name: /^Try again/ }).click();
    await waitForState(page, id, 'confirmed');
  });

  it('says in the timeline, too, why a session was refused, and what can be done', async () => {
    const accept = await refuseAll();
    const id = await addPastSession(page, { start: base + 2 * HOUR, end: base + 2.5 * HOUR, category: 'gardening', project: 'in the timeline' });
    await waitForState(page, id, 'parked');
    await accept();
    await showWeekOf(page, base);
    await page.locator(`[data-block-id="${id}"]`).first().click();
    const details = page.getByRole('dialog', { name: 'gardening for in the timeline' });
    await details.getByText('The server refused it: Not acceptable.').waitFor({ timeout: 5000 });
    await details.getByRole('button', { name: /^Discard/ }).click();
    await page.getByRole('button', { name: 'Yes, discard it' }).click();
    await details.waitFor({ state: 'detached' });
    await rowOf(page, id).waitFor({ state: 'detached' });
  });

  it('changes of a refused session only what was changed in its form: the rest may be another window’s by then', async () => {
    const accept = await refuseAll();
    const id = await addPastSession(page, { start: base + 3 * HOUR, end: base + 3.5 * HOUR, category: 'study', project: 'first' });
    await waitForState(page, id, 'parked');
    const second = await profile.page(`${server.url}/`);
    const edit = async (tab: Page) => {
      await rowOf(tab, id).getByRole('button', { name: /^Edit/ }).click();
      return rowOf(tab, id).getByRole('dialog');
    };
    const [here, there] = [await edit(page), await edit(second)];
    await there.getByLabel('Category').fill('reading');
    await there.getByRole('button', { name: 'Save and send' }).click();
    await there.waitFor({ state: 'detached' });
    await rowOf(page, id).locator('strong', { hasText: 'reading' }).waitFor({ state: 'attached' });
    await waitForState(page, id, 'parked');
    await accept();
    await here.getByLabel('Project').fill('second');
    await here.getByRole('button', { name: 'Save and send' }).click();
    await waitForState(second, id, 'confirmed');
    await rowOf(second, id).getByText('second').waitFor();
    expect(await rowOf(second, id).locator('strong').first().textContent()).toBe('reading');
    await second.close();
  });

  it('offers what can work where the server has another session under its id: it is recorded anew, and told to overlap', async () => {
    const [start, end] = [base + 4 * HOUR, base + 4.5 * HOUR];
    await profile.context.setOffline(true);
    const id = await addPastSession(page, { start, end, category: 'study', project: 'taken' });
    const { token } = await signInByApi(server.url);
    const printed = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
    const other = { session_id: id, start_time: printed(start), end_time: printed(end), duration: 30, category: 'writing', project: 'theirs', note: '', source: 'mac_app' };
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'X-Device-Id': 'other' };
    expect((await fetch(`${server.url}/api/pomodoro/submit`, { method: 'POST', headers, body: JSON.stringify(other) })).status).toBe(201);
    await profile.context.setOffline(false);
    await waitForState(page, id, 'parked');
    const row = rowOf(page, id);
    await row.getByText('Recorded anew, it gets an id of its own.').waitFor({ timeout: 5000 });
    expect(await row.getByRole('button', { name: /^(Try again|Edit)/ }).count()).toBe(0);
    await row.getByRole('button', { name: /^Record anew study/ }).click();
    await page.getByRole('dialog', { name: 'Record the session anew' }).getByRole('button', { name: 'Record anew' }).click();
    await page.getByText(/Recorded anew: study, .* It overlaps another session; see Overlaps\./).waitFor();
    await row.getByText('theirs').waitFor();
    const anew = page.locator('[data-session-id][data-state="confirmed"]', { hasText: 'taken' });
    await anew.waitFor();
    expect(await anew.getAttribute('data-session-id')).not.toBe(id);
    expect(await anew.getByText('Overlaps').count()).toBe(1);
  });

  it('says the same again where the same happens again', async () => {
    await page.evaluate(() => {
      const said: string[] = Object.assign(window, { said: [] as string[] }).said;
      const place = document.querySelector('p.unseen[role="status"]') as Element;
      new MutationObserver(() => said.push(place.textContent)).observe(place, { childList: true, characterData: true, subtree: true });
    });
    const times = (): Promise<number> => page.evaluate(() => (window as unknown as { said: string[] }).said.filter((words) => words.includes('1 session needs a decision.')).length);
    const said = async (wanted: number): Promise<void> => void (await expect.poll(times, { timeout: 10_000 }).toBe(wanted));
    // Longer than the announcer waits for what undoes itself.
    const accept = await refuseAll(3000);
    const id = await addPastSession(page, { start: base + 5 * HOUR, end: base + 5.5 * HOUR, category: 'study', project: 'said again' });
    await waitForState(page, id, 'parked');
    await said(1);
    // The first time more is said with it.
    for (const wanted of [2, 3]) {
      await rowOf(page, id).getByRole('button', { name: /^Try again/ }).click();
      await waitForState(page, id, 'sending');
      await waitForState(page, id, 'parked');
      await said(wanted);
    }
    await accept();
  });

  it('says of devices nothing old beside a new problem', async () => {
    await page.getByRole('button', { name: 'Manage devices…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your devices' });
    const own = dialog.getByRole('listitem').filter({ hasText: 'This device' });
    const rename = async (name: string): Promise<void> => {
      await own.getByRole('button', { name: /^Rename/ }).click();
      await own.getByLabel(/^New name/).fill(name);
      await own.getByRole('button', { name: 'Save' }).click();
    };
    await rename('Hall');
    await dialog.getByText('Renamed.').waitFor();
    await profile.context.route('**/api/devices/**', (route) => route.abort());
    await rename('Study');
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByText('Renamed.').count()).toBe(0);
    await profile.context.unroute('**/api/devices/**');
    await page.keyboard.press('Escape');
  });
});
