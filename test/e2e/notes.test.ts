// The note and tags of a recorded session: two windows side by side, without a network, and another browser of the same account.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { addPastSession, showWeekOf, signIn, waitForState } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const HOUR = 3_600_000;
/** Far sooner than anybody polls. */
const LIVE_MS = 20_000;

describe('the note of a session', () => {
  let server: ServerProcess;
  let profile: Profile;
  let other: Profile;
  let left: Page;
  let right: Page;
  let away: Page;
  let start: number;
  let id: string;

  const openNote = async (page: Page): Promise<void> => {
    await page.locator(`[data-session-id="${id}"]`).getByRole('button', { name: 'Note and tags of' }).click();
    await page.getByRole('dialog', { name: 'Note and tags' }).waitFor();
  };
  const note = (page: Page) => page.getByRole('dialog').getByLabel('Note', { exact: true });
  const tags = (page: Page) => page.getByRole('dialog').getByLabel('Tags, separated by commas');
  const holds = (page: Page, field: 'textarea' | 'input', value: string, within = 60_000) => page.waitForFunction(
    ([selector, wanted]) => (document.querySelector(`dialog ${selector}`) as HTMLInputElement | null)?.value === wanted, [field, value] as const, { timeout: within },
  );

  beforeAll(async () => {
    server = await startServer();
    profile = await openProfile();
    other = await openProfile();
    left = await profile.page(`${server.url}/`);
    await signIn(left);
    await left.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    start = Date.now() - 3 * HOUR;
    id = await addPastSession(left, { start, end: start + HOUR, category: 'writing', project: 'book' });
    await waitForState(left, id, 'confirmed');
    right = await profile.page(`${server.url}/`);
    away = await other.page(`${server.url}/`);
    await signIn(away);
    await waitForState(away, id, 'confirmed');
  });
  afterAll(async () => {
    await other.dispose();
    await profile.dispose();
    await server.dispose();
  });

  it('[C02] is edited by keyboard after the server had the session, and shows in another window and another browser', async () => {
    const open = left.locator(`[data-session-id="${id}"]`).getByRole('button', { name: 'Note and tags of writing' });
    await open.focus();
    await left.keyboard.press('Enter');
    await note(left).focus();
    await left.keyboard.type('Chapter one');
    await left.keyboard.press('Tab');
    await left.keyboard.type('deep, calm');
    await left.keyboard.press('Enter');
    await openNote(right);
    await openNote(away);
    for (const page of [right, away]) {
      await holds(page, 'textarea', 'Chapter one', LIVE_MS);
      await holds(page, 'input', 'deep, calm', LIVE_MS);
    }
    await left.getByText('Kept here and on the server.').waitFor();
  });

  it('keeps what two windows and another browser type at one time, and the caret where it was', async () => {
    await note(right).focus();
    await right.keyboard.press('End');
    await note(left).focus();
    await left.keyboard.press('Home');
    await left.keyboard.type('Draft: ');
    await holds(right, 'textarea', 'Draft: Chapter one', LIVE_MS);
    await right.keyboard.type(', done');
    for (const page of [left, right, away]) await holds(page, 'textarea', 'Draft: Chapter one, done', LIVE_MS);
    await note(away).fill('Draft: Chapter one, done. Next: two');
    for (const page of [left, right, away]) await holds(page, 'textarea', 'Draft: Chapter one, done. Next: two', LIVE_MS);
  });

  it('[I-09] merges what both sides wrote without a network', async () => {
    await profile.context.setOffline(true);
    await note(left).fill('My draft: Chapter one, done. Next: two');
    await holds(right, 'textarea', 'My draft: Chapter one, done. Next: two');
    await left.getByText('Kept here. It waits for the server.').waitFor();
    await note(away).fill('Draft: Chapter one, done. Next: two, three');
    await tags(away).fill('deep');
    await tags(away).press('Enter');
    await away.getByText('Kept here and on the server.').waitFor();
    await profile.context.setOffline(false);
    const merged = 'My draft: Chapter one, done. Next: two, three';
    for (const page of [left, right, away]) {
      await holds(page, 'textarea', merged);
      await holds(page, 'input', 'deep');
    }
    for (const page of [left, right, away]) await page.getByRole('button', { name: 'Done' }).click();
    const row = away.locator(`[data-session-id="${id}"]`);
    expect(await row.textContent()).toContain(merged);
    expect(await row.getByRole('list', { name: 'Tags' }).textContent()).toBe('deep');
    await showWeekOf(away, start);
    await away.locator(`[data-block-id="${id}"]`).first().click();
    const details = await away.getByRole('dialog').textContent();
    expect([details?.includes(merged), details?.includes('Tagsdeep')]).toEqual([true, true]);
    await away.getByRole('button', { name: 'Close' }).click();
  });

  it('tells what cannot be kept before the window goes, says nothing else of it, and takes what is mended', async () => {
    await openNote(left);
    const kept = left.getByText('Kept here and on the server.');
    await kept.waitFor();
    await tags(left).fill(`deep, ${'y'.repeat(70)}`);
    await kept.waitFor({ state: 'detached' });
    await left.keyboard.press('Escape');
    await left.getByText('A tag is too long.').waitFor();
    await left.getByText('Not kept yet.').waitFor();
    expect(await tags(left).inputValue()).toContain('yyy');
    await tags(left).fill('deep, short');
    await left.keyboard.press('Escape');
    await left.getByRole('dialog').waitFor({ state: 'hidden' });
    await openNote(left);
    expect(await tags(left).inputValue()).toBe('deep, short');
    // Who leaves a second time gives it up.
    await tags(left).fill('z'.repeat(65));
    await left.keyboard.press('Escape');
    await left.getByText('A tag is too long.').waitFor();
    await left.keyboard.press('Escape');
    await left.getByRole('dialog').waitFor({ state: 'hidden' });
  });
});
