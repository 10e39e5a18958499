// The settings of the web timer: two windows side by side, the same one offline, and another browser of the same account.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { signIn } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

describe('the settings', () => {
  let server: ServerProcess;
  let profile: Profile;
  let left: Page;
  let right: Page;

  const openSettings = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
  };
  const theme = (page: Page) => page.getByRole('dialog').getByLabel('Theme');
  const goal = (page: Page) => page.getByRole('dialog').getByLabel('Sessions a day');
  const holds = (page: Page, label: string, value: string) =>
    page.waitForFunction(
      ([name, wanted]) => {
        const labels = [...document.querySelectorAll('dialog label')].filter((element) => element.textContent === name);
        return labels.some((element) => (element as HTMLLabelElement).control instanceof HTMLElement && ((element as HTMLLabelElement).control as HTMLInputElement).value === wanted);
      },
      [label, value] as const,
      { timeout: 90_000 },
    );

  beforeAll(async () => {
    server = await startServer();
    profile = await openProfile();
    left = await profile.page(`${server.url}/`);
    await signIn(left);
    await left.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    right = await profile.page(`${server.url}/`);
    await openSettings(left);
    await openSettings(right);
  });
  afterAll(async () => {
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
    await left.getByText('Kept on every device.').waitFor();
  });

  it('keep working without a network, and reach the server and another browser afterwards', async () => {
    await profile.context.setOffline(true);
    await theme(left).selectOption('light');
    await holds(right, 'Theme', 'light');
    await left.getByText('Some changes wait for the server').waitFor();
    await profile.context.setOffline(false);
    await left.getByText('Kept on every device.').waitFor({ timeout: 60_000 });
    const other = await openProfile();
    try {
      const page = await other.page(`${server.url}/`);
      await signIn(page);
      await openSettings(page);
      await holds(page, 'Theme', 'light');
      await holds(page, 'Sessions a day', '7');
    } finally {
      await other.dispose();
    }
  });
});
