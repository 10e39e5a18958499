// Many devices and one person: an overlap is settled in one browser, seen and taken back in another; running sessions and devices are seen everywhere.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Page } from 'playwright';
import { addPastSession, atNight, showWeekOf, signIn, waitForConflict, waitForState } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const HOUR = 3_600_000;
/** Far sooner than anybody polls. */
const LIVE_MS = 20_000;

describe('two browsers of one account', () => {
  let server: ServerProcess;
  let first: Profile;
  let second: Profile;
  let a: Page;
  let b: Page;
  let one: string;
  let two: string;
  const start = atNight(1);

  const conflict = (page: Page) => page.locator(`[data-testid="conflict"][data-sessions*="${one}"]`);

  /** The button goes away with what it undid: the keyboard stays with the entry, which says so. */
  async function undoByKeyboard(page: Page): Promise<void> {
    const entry = page.locator('[data-settlement-id][data-undone="false"]').first();
    const id = await entry.getAttribute('data-settlement-id');
    await entry.getByRole('button', { name: /^Undo/ }).press('Enter');
    const undone = page.locator(`[data-settlement-id="${id}"][data-undone="true"]`);
    await undone.waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-settlement-id') ?? document.activeElement?.tagName)).toBe(id);
    expect(await undone.innerText()).toContain('Undone on');
  }

  beforeAll(async () => {
    server = await startServer();
    first = await openProfile();
    second = await openProfile();
    a = await first.page(`${server.url}/`);
    b = await second.page(`${server.url}/`);
    await signIn(a);
    await signIn(b);
  });
  afterAll(async () => {
    await first.dispose();
    await second.dispose();
    await server.dispose();
  });

  it('an overlap is settled in one, offline, with its effect shown before; the other sees it, and takes it back', async () => {
    one = await addPastSession(a, { start, end: start + HOUR, category: 'writing', project: 'settled-one' });
    two = await addPastSession(a, { start: start + HOUR / 2, end: start + 2 * HOUR, category: 'writing', project: 'settled-two' });
    await waitForConflict(b, [one, two]);
    await first.context.setOffline(true);
    await conflict(a).getByRole('button', { name: /^Settle/ }).click();
    const dialog = a.getByRole('dialog', { name: 'Settle this overlap' });
    await dialog.getByRole('radio', { name: 'Trim one' }).check();
    await dialog.getByRole('radio', { name: /settled-two/ }).check();
    await dialog.getByText('Removed:').waitFor();
    // On a phone the effect lies between what was chosen and the next choice; beside them where there is room.
    const top = async (name: string) => (await dialog.getByRole('radio', { name }).boundingBox())?.y ?? 0;
    const effect = async () => (await dialog.getByRole('table').first().boundingBox())?.y ?? 0;
    expect(await effect()).toBeLessThan(await top('Trim one'));
    await a.setViewportSize({ width: 360, height: 900 });
    expect([(await effect()) > (await top('Trim one')), (await effect()) < (await top('Merge, lengths added'))]).toEqual([true, true]);
    await a.setViewportSize({ width: 1280, height: 900 });
    expect(await dialog.getByRole('row', { name: /^Counted twice/ }).innerText()).toMatch(/30 minutes\s+none/);
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await conflict(a).waitFor({ state: 'detached' });
    await conflict(b).waitFor();
    await first.context.setOffline(false);
    await conflict(b).waitFor({ state: 'detached', timeout: LIVE_MS });
    await waitForState(b, two, 'confirmed');
    await b.getByText('Settled (1)').click();
    await undoByKeyboard(b);
    await conflict(b).waitFor();
    await conflict(a).waitFor({ timeout: LIVE_MS });
  });

  async function keepBoth(page: Page): Promise<void> {
    await conflict(page).getByRole('button', { name: /^Settle/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Settle this overlap' });
    await dialog.getByRole('radio', { name: /^Keep both/ }).check();
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await conflict(page).waitFor({ state: 'detached' });
  }

  it('without a network, too, the keyboard stays with what was undone', async () => {
    onTestFinished(() => second.context.setOffline(false));
    await second.context.setOffline(true);
    await keepBoth(b);
    await undoByKeyboard(b);
    await conflict(b).waitFor();
  });

  it('the keyboard is not lost with the notice that offered to take it back', async () => {
    await b.locator('.toast').getByText('Kept both sessions.').waitFor();
    const said = await b.locator('.toast').getByRole('status').evaluateHandle((region) => {
      const changes: MutationRecord[] = [];
      new MutationObserver((found) => void changes.push(...found)).observe(region, { childList: true, characterData: true, subtree: true });
      return changes;
    });
    await keepBoth(b);
    await b.locator('.toast').getByText('Kept both sessions.').waitFor();
    // The same words as before, and said again.
    expect(await said.evaluate((changes) => changes.length)).toBeGreaterThan(0);
    await b.locator('.toast').getByRole('button', { name: 'Undo' }).press('Enter');
    await conflict(b).waitFor();
    await b.locator('.toast').getByText('Taken back.').waitFor({ state: 'attached' });
    expect(await b.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
  });

  it('the timeline shows both on lanes of their devices, and marks what overlaps', async () => {
    const timeline = b.getByRole('region', { name: 'Timeline' });
    await showWeekOf(b, start);
    const blocks = timeline.locator(`[data-block-id="${one}"], [data-block-id="${two}"]`);
    await blocks.first().waitFor();
    for (const block of await blocks.all()) expect(await block.getAttribute('aria-label')).toContain('overlaps another session');
    // A block is a button: from the keyboard, too, it opens what is known of its session.
    await blocks.first().focus();
    await b.keyboard.press('Enter');
    const details = b.getByRole('dialog');
    await details.getByText('It overlaps another session').waitFor();
    await details.getByRole('button', { name: /^Edit/ }).waitFor();
    await details.getByRole('button', { name: 'Close' }).click();
    expect(await blocks.first().evaluate((block) => block === document.activeElement)).toBe(true);
  });

  it('a session is changed in one and deleted in the other, and the delete is taken back', async () => {
    const row = (page: Page) => page.locator(`[data-session-id="${one}"]`).first();
    await row(a).getByRole('button', { name: /^Edit/ }).click();
    await a.getByRole('dialog').getByLabel('Note').fill('changed elsewhere');
    await a.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await row(b).getByText('changed elsewhere').waitFor({ timeout: LIVE_MS });
    await row(b).getByRole('button', { name: /^Delete/ }).click();
    await row(a).waitFor({ state: 'detached', timeout: LIVE_MS });
    await b.getByRole('button', { name: 'Undo', exact: true }).click();
    await row(a).getByText('changed elsewhere').waitFor({ timeout: LIVE_MS });
  });

  it('a session that runs in one is told in the other, which can start beside it all the same', async () => {
    await a.getByLabel('Category').first().fill('reading');
    await a.getByRole('button', { name: 'Start', exact: true }).click();
    await a.getByRole('button', { name: 'Finish' }).waitFor();
    await b.getByText(/^reading .*runs on Chrome on Linux since/).waitFor({ timeout: LIVE_MS });
    await b.getByRole('button', { name: 'Start beside it' }).click();
    await b.getByRole('button', { name: 'Finish' }).waitFor();
    await a.locator('[data-elsewhere-id]').waitFor({ timeout: LIVE_MS });
    await b.getByRole('button', { name: 'Finish' }).click();
    await a.locator('[data-elsewhere-id]').waitFor({ state: 'detached', timeout: LIVE_MS });
  });

  it('a device is renamed, and forgotten, from another', async () => {
    await b.getByRole('button', { name: 'Manage devices…' }).click();
    const dialog = b.getByRole('dialog', { name: 'Your devices' });
    await dialog.getByRole('button', { name: 'Rename Mac app' }).click();
    await dialog.getByLabel('New name of Mac app').fill('Study');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Renamed.').waitFor();
    const row = dialog.locator('[data-managed-id]', { hasText: 'Study' });
    const id = await row.getAttribute('data-managed-id');
    await row.getByRole('button', { name: 'Forget Study' }).click();
    await row.getByRole('button', { name: 'Forget Study' }).click();
    await dialog.getByText('Study is forgotten.').waitFor();
    await a.locator(`[data-device-id="${id}"]`).waitFor({ state: 'detached', timeout: LIVE_MS });
  });
});
