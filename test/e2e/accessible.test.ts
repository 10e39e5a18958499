// The pages as somebody without a mouse, without sight, or on a small screen meets them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { addPastSession, atNight, signIn, signInByApi, waitForState } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

// Evaluated by the debugger, so the page's own content security policy stays on.
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate('axe.run(document).then(({ violations }) => violations)')) as readonly Finding[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** By how many pixels the page, or a dialog, is wider than what is seen of it. */
async function hidden(page: Page): Promise<number[]> {
  const wider = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll('dialog')].map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
  return wider.filter((pixels) => pixels > 0);
}

/** @param wear puts the theme on. */
async function checkEverywhere(page: Page, wear: (theme: 'light' | 'dark') => Promise<void> = (colorScheme) => page.emulateMedia({ colorScheme })): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await wear(theme);
    for (const width of [320, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await violations(page), `${theme} ${width}`).toEqual([]);
      expect(await hidden(page), `${theme} ${width}`).toEqual([]);
    }
  }
}

describe('the web timer', () => {
  let server: ServerProcess;
  let profile: Profile;
  const complaints: string[] = [];

  async function open(path: string): Promise<Page> {
    const page = await profile.context.newPage();
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(server.url + path);
    return page;
  }

  beforeAll(async () => {
    server = await startServer();
    profile = await openProfile();
  });
  afterAll(async () => {
    await profile.dispose();
    await server.dispose();
  });

  it('[S-10, S-11] passes an accessibility check in both themes, narrow and wide, and the page breaks no rule of its own policy', async () => {
    const page = await open('/');
    await page.getByLabel('Username').waitFor();
    expect(await violations(page)).toEqual([]);
    await signIn(page);
    await page.locator('[data-testid="conflict"]').first().waitFor();
    await checkEverywhere(page);
    await page.getByRole('button', { name: /^Settle/ }).first().click();
    await page.getByRole('dialog').getByRole('radio', { name: 'Keep one' }).check();
    await checkEverywhere(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Manage devices…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: /^Rename/ }).first().click();
    await checkEverywhere(page);
    await page.keyboard.press('Escape');
    expect(complaints).toEqual([]);
  });

  it('passes an accessibility check with the settings open in both themes, narrow and wide; they open and close by keyboard and give the focus back', async () => {
    const page = await open('/');
    const button = page.getByRole('button', { name: 'Settings' });
    await button.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Settings' });
    await dialog.getByText('Kept here and on the server.').waitFor();
    await checkEverywhere(page, async (theme) => {
      await dialog.getByLabel('Theme').selectOption(theme);
      await dialog.getByText('Kept here and on the server.').waitFor();
    });
    await dialog.getByLabel('Theme').selectOption('auto');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await button.evaluate((element) => document.activeElement === element)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('passes an accessibility check with a note open and with its tags in the list, in both themes, narrow and wide; Escape keeps it and gives the focus back', async () => {
    const page = await open('/');
    const button = page.getByRole('button', { name: /^Note and tags of/ }).first();
    await button.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Note and tags' });
    await dialog.getByRole('textbox', { name: 'Note' }).fill('What came of it:\na first draft of the second chapter, and a list of what is missing');
    await dialog.getByLabel('Tags, separated by commas').fill('deep work, a rather long tag that wraps on a narrow screen, calm');
    await checkEverywhere(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await button.evaluate((element) => document.activeElement === element)).toBe(true);
    await page.getByRole('list', { name: 'Tags' }).getByText('calm').waitFor();
    await checkEverywhere(page);
    expect(complaints).toEqual([]);
  });

  it('passes an accessibility check with a refused session and each dialog about it, in both themes, narrow and wide', async () => {
    const page = await open('/');
    await profile.context.route('**/api/sync/exchange', (route) => {
      const { operations } = route.request().postDataJSON() as { operations: unknown[] };
      return operations.length === 0 ? route.continue() : route.fulfill({ status: 422, contentType: 'application/json', body: '{"error":"Not acceptable"}' });
    });
    const id = await addPastSession(page, { start: atNight(1), end: atNight(1.5), category: 'study', project: 'refused' });
    await waitForState(page, id, 'parked');
    await profile.context.unroute('**/api/sync/exchange');
    const row = page.locator(`[data-session-id="${id}"]`);
    const dialog = row.getByRole('dialog');
    await checkEverywhere(page);
    await page.setViewportSize({ width: 320, height: 800 });
    // Of what may be chosen no word is broken.
    const lines = (words: string) => page.locator('.choice span', { hasText: words }).first().evaluate(({ firstChild }) => {
      const range = document.createRange();
      if (firstChild !== null) range.selectNodeContents(firstChild);
      return range.getClientRects().length;
    });
    expect([await lines('All'), await lines('Waiting'), await lines('To decide')]).toEqual([1, 1, 1]);
    await row.getByRole('button', { name: /^Edit/ }).click();
    await dialog.getByRole('button', { name: 'Save and send' }).waitFor();
    await checkEverywhere(page);
    await page.keyboard.press('Escape');
    await row.getByRole('button', { name: /^Discard/ }).click();
    await checkEverywhere(page);
    await dialog.getByRole('button', { name: 'Yes, discard it' }).click();
    await row.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('starts, finishes and cancels by keyboard alone', async () => {
    const page = await open('/');
    await page.getByLabel('Category').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Finish' }).waitFor();
    await page.getByRole('textbox', { name: 'Note' }).focus();
    await page.keyboard.type(' done');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Finish');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
    await page.locator('[data-state="confirmed"]').first().waitFor();
    // The button that had the focus is gone; the keyboard stays with the timer.
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Timer');
    await page.getByRole('button', { name: 'Add past session' }).press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Start', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Cancel session' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, cancel it' }).press('Enter');
    await page.locator('[data-state="cancelled"]').first().waitFor();
  });

  it('the keyboard stays near what went away with what it did', async () => {
    const page = await open('/');
    const near = () => page.evaluate(() => document.activeElement?.closest('section, dialog')?.querySelector('h2')?.textContent ?? null);
    const remove = page.getByRole('button', { name: /^Delete/ }).first();
    const label = (await remove.getAttribute('aria-label')) ?? '';
    await remove.press('Enter');
    await page.getByRole('button', { name: label }).waitFor({ state: 'detached' });
    expect(await near()).toBe('Sessions');
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByRole('button', { name: 'Previous day' }).press('Enter');
    const next = timeline.getByRole('button', { name: 'Next day' });
    while (await timeline.getByRole('button', { name: 'Today' }).isVisible()) await next.press('Enter');
    expect(await next.evaluate((button) => document.activeElement === button)).toBe(true);
    await timeline.getByRole('button', { name: 'Previous day' }).press('Enter');
    await timeline.getByRole('button', { name: 'Today' }).press('Enter');
    await timeline.getByRole('button', { name: 'Today' }).waitFor({ state: 'detached' });
    expect(await near()).toBe('Timeline');
    await page.getByRole('button', { name: 'Manage devices…' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Your devices' });
    await dialog.getByRole('button', { name: /^Forget/ }).first().press('Enter');
    expect(await page.evaluate(() => document.activeElement?.closest('[data-managed-id]') !== null)).toBe(true);
    await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
    expect(await page.evaluate(() => document.activeElement?.closest('[data-managed-id]') !== null)).toBe(true);
    expect(await near()).toBe('Your devices');
    await page.keyboard.press('Escape');
    // Nor does a button let go of it while its work goes on.
    await profile.context.route('**/api/**', () => undefined);
    await page.keyboard.press('t');
    await page.getByText('A change is not sent yet.').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).press('Enter');
    await page.getByRole('button', { name: 'Send, then sign out' }).press('Enter');
    await page.getByRole('button', { name: 'Sending…' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Sending…');
    await profile.context.unroute('**/api/**');
    await page.close();
  });

  it('a length that is typed and taken back leaves the usual one, not none', async () => {
    const page = await open('/');
    const other = page.getByLabel('Other minutes');
    await other.fill('40');
    await other.fill('');
    await page.getByRole('textbox', { name: 'Note' }).focus();
    expect(await page.getByRole('button', { name: '25', exact: true }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText('25:00').or(page.getByText('24:5')).first().waitFor();
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  });

  it('[S-01] leaves no token in any storage of the browser', async () => {
    const page = await open('/');
    await page.getByRole('region', { name: 'Timer' }).waitFor();
    const kept = await page.evaluate(async () => {
      const texts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie];
      for (const { name } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve) => {
          const request = indexedDB.open(name ?? '');
          request.onsuccess = () => resolve(request.result);
        });
        for (const store of database.objectStoreNames) {
          const rows = await new Promise((resolve) => {
            const request = database.transaction(store).objectStore(store).getAll();
            request.onsuccess = () => resolve(request.result);
          });
          texts.push(JSON.stringify(rows));
        }
        database.close();
      }
      return texts.join(' ');
    });
    expect(kept).toContain('janechen');
    expect(kept).not.toMatch(/eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\./);
  });

  it('[S-11] the page of the API lists the calls and breaks no rule of its own policy', async () => {
    const page = await open('/docs/');
    await page.getByText('/api/sync/status', { exact: true }).click();
    await page.getByRole('button', { name: 'Execute' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('holds with the longest words there can be, narrow and wide', async () => {
    const { token } = await signInByApi(server.url);
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'X-Device-Id': 'long' };
    const call = async (path: string, body: object, method = 'POST'): Promise<void> => {
      const { status } = await fetch(`${server.url}${path}`, { method, headers, body: JSON.stringify(body) });
      expect(status).toBeLessThan(300);
    };
    const words = { category: 'Wortungetüm'.repeat(10), project: 'Projekt'.repeat(36), source: 'x'.repeat(32) };
    const printed = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
    for (const start of [atNight(2), atNight(2) + 600_000]) {
      await call('/api/pomodoro/submit', { ...words, session_id: crypto.randomUUID(), start_time: printed(start), end_time: printed(start + 1_500_000), duration: 25, note: 'n'.repeat(900) });
    }
    await call('/api/devices/long', { name: 'Gerätename'.repeat(11) }, 'PUT');
    await call('/api/session/start', { ...words, session_id: crypto.randomUUID(), planned_duration: 25 });
    const page = await open('/');
    const dialog = page.getByRole('dialog');
    const holds = async (): Promise<void> => {
      for (const width of [320, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await hidden(page), `${width}`).toEqual([]);
      }
    };
    await page.getByText('runs on Gerätename').waitFor();
    await page.getByRole('region', { name: 'Conflicts' }).getByText('Wortungetüm').first().waitFor();
    await holds();
    await page.locator('[data-testid="conflict"]', { hasText: 'Wortungetüm' }).getByRole('button').click();
    await dialog.getByRole('radio', { name: 'Keep one' }).check();
    await holds();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Manage devices…' }).click();
    await dialog.getByRole('button', { name: 'Forget Gerätename' }).click();
    await holds();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Timeline' }).locator('[data-block-id]', { hasText: 'Wortungetüm' }).first().click();
    await dialog.getByText(/Wortungetüm/).first().waitFor();
    await holds();
  });

  it('[S-11] the status board shows the same account, and breaks no rule of its own policy', async () => {
    const page = await open('/status-board/');
    await page.getByText('Sessions overlap').waitFor();
    expect(await page.getByRole('list', { name: 'Devices' }).getByRole('listitem').count()).toBeGreaterThanOrEqual(4);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
