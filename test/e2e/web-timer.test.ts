// The web timer when something is in the way: a login that ended, a silent server, a refused session, another tab.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { addPastSession, atNight, DEMO, showWeekOf, signIn, waitForState } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const HOUR = 3_600_000;

describe('the web timer', () => {
  let server: ServerProcess;
  let profile: Profile;
  let page: Page;
  const keptNotes = () => page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }).filter((key) => key.includes('Note')));
  // Whole minutes of yesterday morning.
  const base = atNight(1);

  beforeAll(async () => {
    server = await startServer();
    profile = await openProfile();
    page = await profile.page(`${server.url}/`);
    await signIn(page);
    // Not lost with the form: the keyboard begins at the page's heading.
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    // From here on the worker answers the page's own address.
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  });
  afterAll(async () => {
    await profile.dispose();
    await server.dispose();
  });

  it('opens while the server says nothing, and records', async () => {
    await profile.context.route('**/api/**', () => undefined);
    await page.reload();
    const id = await addPastSession(page, { start: base, end: base + HOUR / 2, category: 'planning', project: 'silence' });
    await profile.context.unroute('**/api/**');
    await page.reload();
    await waitForState(page, id, 'confirmed');
  });

  it('stays open when the login has ended, and sends after signing in again', async () => {
    await profile.context.route('**/api/auth/refresh', (route) => route.fulfill({ status: 401, contentType: 'application/json', body: '{"error":"Invalid or expired token"}' }));
    await page.reload();
    await page.getByText('Your login has ended').waitFor();
    const id = await addPastSession(page, { start: base + HOUR, end: base + 1.5 * HOUR, category: 'study', project: 'login' });
    await waitForState(page, id, 'queued');
    // What waits can be mended before it goes.
    const row = page.locator(`[data-session-id="${id}"]`);
    await row.getByRole('button', { name: /^Edit/ }).click();
    await row.getByRole('dialog').getByLabel('Note').fill('mended while it waited');
    await row.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await row.getByText('mended while it waited').waitFor();
    await page.getByRole('button', { name: 'Sign in again' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByLabel('Username').inputValue()).toBe(DEMO.username);
    await dialog.getByLabel('Password').fill(DEMO.password);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Your login has ended').waitFor({ state: 'hidden' });
    await waitForState(page, id, 'confirmed');
    await row.getByText('mended while it waited').waitFor();
    await profile.context.unroute('**/api/auth/refresh');
  });

  it('shows why a session was refused, and sends it once it was changed', async () => {
    const refusal = { error: 'Not acceptable', code: 'invalid_request', details: [{ path: 'category', message: 'is not known to the team' }] };
    await profile.context.route('**/api/sync/exchange', (route) => {
      const { operations } = route.request().postDataJSON() as { operations: unknown[] };
      return operations.length === 0 ? route.continue() : route.fulfill({ status: 422, contentType: 'application/json', body: JSON.stringify(refusal) });
    });
    const id = await addPastSession(page, { start: base + 2 * HOUR, end: base + 2.5 * HOUR, category: 'gardening', project: 'refused' });
    await waitForState(page, id, 'parked');
    await profile.context.unroute('**/api/sync/exchange');
    const row = page.locator(`[data-session-id="${id}"]`);
    expect(await row.textContent()).toContain('Not acceptable. The category is not known to the team.');
    await row.getByRole('button', { name: 'Edit' }).click();
    await row.getByRole('dialog').getByLabel('Category').fill('reading');
    await row.getByRole('dialog').getByRole('button', { name: 'Save and send' }).click();
    await waitForState(page, id, 'confirmed');
    expect(await row.textContent()).toContain('reading');
  });

  it('keeps a form open, and what was typed in it, whatever becomes of the session meanwhile', async () => {
    await profile.context.setOffline(true);
    const id = await addPastSession(page, { start: base + 6 * HOUR, end: base + 6.5 * HOUR, category: 'gardening', project: 'edited meanwhile' });
    const row = page.locator(`[data-session-id="${id}"]`);
    const note = row.getByRole('dialog').getByLabel('Note');
    await row.getByRole('button', { name: /^Edit/ }).click();
    await note.fill('while it was refused');
    await profile.context.route('**/api/sync/exchange', (route) => {
      const { operations } = route.request().postDataJSON() as { operations: unknown[] };
      return operations.length === 0 ? route.continue() : route.fulfill({ status: 422, contentType: 'application/json', body: '{"error":"Not acceptable"}' });
    });
    await profile.context.setOffline(false);
    await waitForState(page, id, 'parked');
    expect(await note.inputValue()).toBe('while it was refused');
    await row.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await row.getByText('while it was refused').waitFor();
    await row.getByRole('button', { name: /^Edit/ }).click();
    await note.fill('while it was sent');
    await profile.context.unroute('**/api/sync/exchange');
    const second = await profile.page(`${server.url}/`);
    await second.locator(`[data-session-id="${id}"]`).getByRole('button', { name: 'Try again' }).click();
    await waitForState(page, id, 'confirmed');
    await second.close();
    expect(await note.inputValue()).toBe('while it was sent');
    await row.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await row.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it('keeps a form open, and what was typed in it, in a list that its session leaves', async () => {
    await profile.context.setOffline(true);
    const id = await addPastSession(page, { start: base + 4 * HOUR, end: base + 4.5 * HOUR, category: 'gardening', project: 'leaves the list' });
    await page.getByRole('radio', { name: /^Waiting/ }).check();
    const row = page.locator(`[data-session-id="${id}"]`);
    await row.getByRole('button', { name: /^Edit/ }).click();
    const dialog = row.getByRole('dialog');
    await dialog.getByLabel('Note').fill('while it waited');
    await profile.context.setOffline(false);
    await page.getByText('You can close this page; everything of this device is on the server.').waitFor();
    expect(await dialog.getByLabel('Note').inputValue({ timeout: 2000 })).toBe('while it waited');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: 'All' }).check();
    await row.getByText('while it waited').waitFor();
  });

  it('keeps a form that was opened from the timeline, and what was typed in it, when its session is deleted elsewhere', async () => {
    const id = await addPastSession(page, { start: base + 7 * HOUR, end: base + 7.5 * HOUR, category: 'gardening', project: 'deleted elsewhere' });
    await waitForState(page, id, 'confirmed');
    await showWeekOf(page, base);
    await page.locator(`[data-block-id="${id}"]`).first().click();
    const [details, form] = [page.getByRole('dialog', { name: 'gardening for deleted elsewhere' }), page.getByRole('dialog', { name: 'Change the session' })];
    await details.getByRole('button', { name: /^Edit/ }).click();
    await form.getByLabel('Note').fill('still typing');
    const second = await profile.page(`${server.url}/`);
    await second.locator(`[data-session-id="${id}"]`).getByRole('button', { name: /^Delete/ }).click();
    await page.locator(`[data-session-id="${id}"]`).waitFor({ state: 'detached' });
    await second.close();
    expect(await form.getByLabel('Note').inputValue({ timeout: 2000 })).toBe('still typing');
    await form.getByRole('button', { name: 'Close' }).click();
    await details.waitFor({ state: 'detached' });
  });

  it('changes of a session only what was changed in its form: the rest may be another window’s by then', async () => {
    const id = await addPastSession(page, { start: base + 5 * HOUR, end: base + 5.5 * HOUR, category: 'study', project: 'first' });
    const second = await profile.page(`${server.url}/`);
    const edit = async (tab: Page) => {
      const row = tab.locator(`[data-session-id="${id}"]`);
      await row.getByRole('button', { name: /^Edit/ }).click();
      return { row, dialog: row.getByRole('dialog'), save: () => row.getByRole('dialog').getByRole('button', { name: 'Save' }).click() };
    };
    const here = await edit(page);
    const there = await edit(second);
    await there.dialog.getByLabel('Category').fill('reading');
    await there.save();
    await here.row.locator('strong', { hasText: 'reading' }).waitFor({ state: 'attached' });
    await here.dialog.getByLabel('Project').fill('second');
    await here.save();
    await there.row.getByText('second').waitFor();
    expect(await there.row.locator('strong').first().textContent()).toBe('reading');
    await waitForState(page, id, 'confirmed');
    await second.close();
  });

  it('takes back what a sync came to once that is not true any more', async () => {
    const sync = page.getByRole('region', { name: 'Sync' });
    await sync.getByRole('button', { name: 'Sync now' }).click();
    await sync.getByText('Everything is sent.').waitFor();
    await profile.context.setOffline(true);
    const id = await addPastSession(page, { start: base + 6.75 * HOUR, end: base + 7 * HOUR, category: 'study', project: 'after a sync' });
    await sync.getByText('Everything is sent.').waitFor({ state: 'detached', timeout: 5000 });
    await profile.context.setOffline(false);
    await waitForState(page, id, 'confirmed');
  });

  it('refuses an end in the future, in words, and keeps what was typed', async () => {
    await page.getByRole('button', { name: 'Add past session' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Start time').fill('2127-03-01T10:00');
    await dialog.getByLabel('End time').fill('2127-03-01T10:25');
    await dialog.getByRole('button', { name: 'Add session' }).click();
    await dialog.getByText('The end time lies in the future.').waitFor();
    expect(await dialog.getByLabel('Start time').inputValue()).toBe('2127-03-01T10:00');
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('offers to change a session that waits only because this device’s clock was wrong', async () => {
    const wrong = await openProfile();
    try {
      const ahead = await wrong.context.newPage();
      await ahead.clock.install({ time: Date.now() + 2 * HOUR });
      await ahead.goto(`${server.url}/`);
      await signIn(ahead);
      const id = await addPastSession(ahead, { start: Date.now() + HOUR, end: Date.now() + 1.5 * HOUR, category: 'study', project: 'early' });
      const row = ahead.locator(`[data-session-id="${id}"]`);
      await row.getByText('It ends in the future').waitFor();
      await row.getByRole('button', { name: 'Edit' }).click();
      const local = (time: number): string => new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
      await row.getByRole('dialog').getByLabel('Start time').fill(local(base + 5 * HOUR));
      await row.getByRole('dialog').getByLabel('End time').fill(local(base + 5.5 * HOUR));
      await row.getByRole('dialog').getByRole('button', { name: 'Save and send' }).click();
      await waitForState(ahead, id, 'confirmed');
    } finally {
      await wrong.dispose();
    }
  });

  it('keeps what is typed while the timer runs over a reload, and begins with the length that the person prefers', async () => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog').getByLabel('Session, minutes').fill('40');
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => page.getByLabel('Other minutes').inputValue()).toBe('40');
    await page.getByLabel('Project').first().fill('reloaded');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('button', { name: 'Finish' }).waitFor();
    await page.getByRole('textbox', { name: 'Note' }).fill('half a thought');
    await page.reload();
    await page.getByRole('button', { name: 'Finish' }).waitFor();
    await expect.poll(() => page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('half a thought');
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.locator('[data-session-id]', { hasText: 'reloaded' }).getByText('half a thought').waitFor();
    expect(await keptNotes()).toEqual([]);
  });

  it('shows what is typed while the timer runs in every tab, so that whichever finishes keeps it', async () => {
    const second = await profile.page(`${server.url}/`);
    const noteOf = (tab: Page) => tab.getByRole('textbox', { name: 'Note' });
    await page.getByLabel('Project').first().fill('two tabs');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    for (const tab of [page, second]) await tab.getByRole('button', { name: 'Finish' }).waitFor();
    await noteOf(page).pressSequentially('begun here');
    await expect.poll(() => noteOf(second).inputValue()).toBe('begun here');
    await noteOf(second).press('End');
    await noteOf(second).pressSequentially(', ended there');
    await expect.poll(() => noteOf(page).inputValue()).toBe('begun here, ended there');
    await second.getByRole('button', { name: 'Finish' }).click();
    await page.locator('[data-session-id]', { hasText: 'two tabs' }).getByText('begun here, ended there').waitFor();
    expect(await keptNotes()).toEqual([]);
    await second.close();
  });

  it('records the end that the form shows, however long somebody types in it', async () => {
    const other = await openProfile();
    try {
      const slow = await other.context.newPage();
      // What ends in the server's future stays with this browser, and would run elsewhere for every later one.
      await slow.clock.install({ time: Date.now() - HOUR });
      await slow.goto(`${server.url}/`);
      await signIn(slow);
      await slow.getByLabel('Project').first().fill('slow typist');
      await slow.getByRole('button', { name: 'Start', exact: true }).click();
      await slow.getByRole('button', { name: 'Edit first…' }).waitFor();
      await slow.clock.runFor(10 * 60_000);
      await slow.getByRole('button', { name: 'Edit first…' }).click();
      const dialog = slow.getByRole('dialog', { name: 'Finish with changes' });
      const shown = await dialog.getByLabel('It ended').inputValue();
      await slow.clock.runFor(5 * 60_000);
      await dialog.getByRole('button', { name: 'Finish session' }).click();
      const row = slow.locator('[data-session-id]', { hasText: 'slow typist' });
      await row.waitFor();
      expect(await row.locator('.when').textContent()).toMatch(new RegExp(`–${shown.slice(11)}10 minutes$`));
      await row.locator('.state.confirmed').waitFor();
    } finally {
      await other.dispose();
    }
  });

  it('[B10] asks how much of a timer counts that went on while the machine slept', async () => {
    const other = await openProfile();
    try {
      const sleeper = await other.context.newPage();
      await sleeper.clock.install({ time: Date.now() - 4 * HOUR });
      await sleeper.goto(`${server.url}/`);
      await signIn(sleeper);
      await sleeper.getByLabel('Project').first().fill('asleep');
      await sleeper.getByRole('button', { name: 'Start', exact: true }).click();
      await sleeper.getByRole('button', { name: 'Finish' }).waitFor();
      await sleeper.clock.runFor(20 * 60_000);
      // No timer comes for three hours, and then each once: what sleep looks like from inside.
      await sleeper.clock.fastForward(3 * HOUR);
      await sleeper.getByRole('button', { name: 'Finish' }).click();
      const dialog = sleeper.getByRole('dialog');
      await dialog.getByText(/this device slept, or the page was closed/).waitFor();
      await dialog.getByText('before the sleep').waitFor();
      await dialog.getByRole('button', { name: 'Finish session' }).click();
      const row = sleeper.locator('[data-session-id]', { hasText: 'asleep' });
      await row.waitFor();
      expect(await row.textContent()).toMatch(/(1[5-9]|20) minutes/);
      await row.locator('.state.confirmed').waitFor();
    } finally {
      await other.dispose();
    }
  });

  it('[D07] asks before signing out with settings unsent, and shows nobody’s sessions while the server says nothing', async () => {
    const leaving = await openProfile();
    try {
      const other = await leaving.page(`${server.url}/`);
      await signIn(other);
      await other.getByText('You can close this page; everything of this device is on the server.').waitFor();
      await leaving.context.route('**/api/**', () => undefined);
      await other.keyboard.press('t');
      await other.getByRole('button', { name: 'Sign out' }).click();
      await other.getByRole('dialog', { name: 'Changes not sent yet' }).waitFor();
      await other.getByRole('button', { name: 'Sign out and keep them here' }).click();
      await other.getByLabel('Username').waitFor();
    } finally {
      await leaving.dispose();
    }
  });

  it('[D07] who signs in in one tab while another still signs out is signed in for good', async () => {
    const shared = await openProfile();
    try {
      const leaves = await shared.page(`${server.url}/`);
      await signIn(leaves);
      await leaves.getByText('You can close this page; everything of this device is on the server.').waitFor();
      const comes = await shared.page(`${server.url}/`);
      await comes.getByRole('region', { name: 'Timer' }).waitFor();
      let answer = (): void => undefined;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      await shared.context.route('**/api/auth/logout', async (route) => {
        const response = await route.fetch();
        await answered;
        await route.fulfill({ response });
      });
      await leaves.getByRole('button', { name: 'Sign out' }).click();
      await comes.getByLabel('Username').fill(DEMO.username);
      await comes.getByLabel('Password').fill(DEMO.password);
      const ended = leaves.waitForResponse('**/api/auth/logout');
      await comes.getByRole('button', { name: 'Sign in' }).click();
      // Its turn comes after the answer, or it would be there by now.
      await comes.getByRole('button', { name: 'Signing in…' }).or(comes.getByRole('region', { name: 'Timer' })).waitFor();
      answer();
      await ended;
      await comes.getByRole('region', { name: 'Timer' }).waitFor();
      await comes.reload();
      await comes.getByText('You can close this page; everything of this device is on the server.').waitFor();
      expect(await shared.context.cookies()).toHaveLength(1);
    } finally {
      await shared.dispose();
    }
  });

  it('[D07] asks before signing out with work unsent; signed out in one tab, offline, is signed out in all, and on the server when it is back', async () => {
    const second = await profile.page(`${server.url}/`);
    await second.getByRole('region', { name: 'Timer' }).waitFor();
    await profile.context.setOffline(true);
    await addPastSession(page, { start: base + 3 * HOUR, end: base + 3.5 * HOUR, category: 'writing', project: 'unsent' });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByText('1 session not sent yet').waitFor();
    await page.getByRole('button', { name: 'Sign out and keep it here' }).click();
    await page.getByLabel('Username').waitFor();
    await second.getByLabel('Username').waitFor();
    expect(await profile.context.cookies()).toHaveLength(1);

    await profile.context.setOffline(false);
    await page.reload();
    await expect.poll(() => profile.context.cookies()).toHaveLength(0);
    await signIn(page);
    await page.locator('[data-session-id]', { hasText: 'unsent' }).and(page.locator('[data-state="confirmed"]')).waitFor();
  });
});
