// The settings of the web timer: two windows side by side, the same one offline, and another browser of the same account.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { signIn } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

/** Far sooner than anybody polls. */
const LIVE_MS = 20_000;

describe('the settings', () => {
  let server: ServerProcess;
  let profile: Profile;
  let left: Page;
  let right: Page;
  let other: Profile;
  let away: Page;

  const openSettings = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
  };
  const theme = (page: Page) => page.getByRole('dialog').getByLabel('Theme');
  const goal = (page: Page) => page.getByRole('dialog').getByLabel('Sessions a day');
  const holds = (page: Page, label: string, value: string, within = 60_000) =>
    page.waitForFunction(
      ([name, wanted]) => {
        const labels = [...document.querySelectorAll('dialog label')].filter((element) => element.textContent === name);
        return labels.some((element) => (element as HTMLLabelElement).control instanceof HTMLElement && ((element as HTMLLabelElement).control as HTMLInputElement).value === wanted);
      },
      [label, value] as const,
      { timeout: within },
    );

  beforeAll(async () => {
    server = await startServer();
    profile = await openProfile();
    other = await openProfile();
    left = await profile.page(`${server.url}/`);
    await signIn(left);
    await left.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    right = await profile.page(`${server.url}/`);
    await openSettings(left);
    await openSettings(right);
  });
  afterAll(async () => {
    await other.dispose();
    await profile.dispose();
    await server.dispose();
  });

  it('show each other’s edits in two windows, and the page follows its theme', async () => {
    await theme(left).selectOption('dark');
    await holds(right, 'Theme', 'dark');
    await goal(right).fill('7');
    await goal(right).press('Enter');
    await holds(left, 'Sessions a day', '7');
    expect(await right.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await left.getByText('Kept here and on the server.').waitFor();
  });

  it('keep working without a network, and reach the server and another browser afterwards', async () => {
    await profile.context.setOffline(true);
    await theme(left).selectOption('light');
    await holds(right, 'Theme', 'light');
    await left.getByText('Some changes wait for the server').waitFor();
    await profile.context.setOffline(false);
    await left.getByText('Kept here and on the server.').waitFor({ timeout: 60_000 });
    // A browser that comes new has everything at once.
    away = await other.page(`${server.url}/`);
    await signIn(away);
    await openSettings(away);
    await holds(away, 'Theme', 'light');
    await holds(away, 'Sessions a day', '7');
  });

  it('show the edits of another browser while it makes them, both ways, and each its own while it is offline', async () => {
    await goal(away).fill('9');
    await goal(away).press('Enter');
    for (const here of [left, right]) await holds(here, 'Sessions a day', '9', LIVE_MS);
    await goal(left).fill('11');
    await goal(left).press('Enter');
    await holds(away, 'Sessions a day', '11', LIVE_MS);
    await other.context.setOffline(true);
    await theme(away).selectOption('dark');
    await goal(left).fill('12');
    await goal(left).press('Enter');
    await left.getByText('Kept here and on the server.').waitFor();
    await away.getByText('Some changes wait for the server').waitFor();
    expect([await theme(away).inputValue(), await goal(away).inputValue()]).toEqual(['dark', '11']);
    await other.context.setOffline(false);
    for (const here of [left, right, away]) {
      await holds(here, 'Theme', 'dark', LIVE_MS);
      await holds(here, 'Sessions a day', '12', LIVE_MS);
    }
    await away.getByText('Kept here and on the server.').waitFor();
  });

  it('keep the keyboard where it is, and put back what was cleared', async () => {
    await goal(left).fill('13');
    await goal(left).press('Enter');
    await holds(right, 'Sessions a day', '13');
    expect(await goal(left).evaluate((field) => field === document.activeElement)).toBe(true);
    await goal(left).fill('');
    await left.keyboard.press('Tab');
    await holds(left, 'Sessions a day', '13');
    await holds(away, 'Sessions a day', '13', LIVE_MS);
  });

  it('keep a number in whose field the keyboard still stands when they are closed by Escape', async () => {
    await goal(left).fill('14');
    await left.keyboard.press('Escape');
    await left.getByRole('dialog').waitFor({ state: 'detached' });
    await openSettings(left);
    await holds(left, 'Sessions a day', '14', 5000);
    await holds(away, 'Sessions a day', '14', LIVE_MS);
  });

  it('[I-09] offer what gave way, say which value holds, and take the other by one press', async () => {
    await other.context.setOffline(true);
    await goal(away).fill('4');
    await goal(away).press('Enter');
    await away.getByText('Some changes wait for the server').waitFor();
    await goal(left).fill('5');
    await goal(left).press('Enter');
    await left.getByText('Kept here and on the server.').waitFor();
    await other.context.setOffline(false);
    await away.getByText('Kept here and on the server.').waitFor({ timeout: 60_000 });
    const offer = (page: Page) => page.getByRole('list', { name: 'Changed in two places' });
    const asked = await Promise.race([left, away].map(async (page) => (await offer(page).waitFor(), page)));
    const [now, lost] = (await goal(asked).inputValue()) === '4' ? ['4', '5'] : ['5', '4'];
    await offer(asked).getByText(`“Sessions a day” was changed in two places: ${now} holds, ${lost} gave way.`).waitFor();
    await offer(asked).getByRole('button', { name: `Use ${lost}` }).press('Enter');
    for (const page of [left, right, away]) await holds(page, 'Sessions a day', lost, LIVE_MS);
    await offer(asked).waitFor({ state: 'hidden' });
  });
});
