// The status board beside the web timer: the same browser, the same store, a page kept offline of its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { addPastSession, atNight, signIn, signInByApi } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const HOUR = 3_600_000;

describe('the status board', () => {
  let server: ServerProcess;
  let profile: Profile;
  let timer: Page;
  let board: Page;

  beforeAll(async () => {
    server = await startServer();
    profile = await openProfile();
    timer = await profile.page(`${server.url}/`);
    await signIn(timer);
    board = await profile.page(`${server.url}/status-board/`);
    await timer.waitForFunction(() => navigator.serviceWorker.controller !== null);
    // Until its own worker is there the board is in the care of the timer's, which keeps other pages.
    await board.waitForFunction(() => navigator.serviceWorker.controller?.scriptURL.includes('/status-board/'));
  });
  afterAll(async () => {
    await profile.dispose();
    await server.dispose();
  });

  it('sends what the timer sets when it was there first, and calls the browser what the timer does', async () => {
    await timer.close();
    await board.waitForFunction(async () => (await navigator.locks.query()).held?.some(({ name }) => name?.endsWith(':lead')));
    timer = await profile.page(`${server.url}/`);
    await timer.getByText('done by another open tab of this browser').waitFor();
    await timer.getByRole('button', { name: 'Settings' }).click();
    const settings = timer.getByRole('dialog', { name: 'Settings' });
    await settings.getByLabel('Sessions a day').fill('9');
    await settings.getByLabel('Sessions a day').press('Enter');
    const { token } = await signInByApi(server.url);
    const goal = async (): Promise<unknown> => {
      const answer = await fetch(`${server.url}/api/user/data`, { headers: { Authorization: `Bearer ${token}` } });
      return ((await answer.json()) as { preferences: { daily_goal?: number } }).preferences.daily_goal;
    };
    await expect.poll(goal, { timeout: 20_000 }).toBe(9);
    await settings.getByRole('button', { name: 'Done' }).click();
    await timer.getByRole('button', { name: 'Manage devices…' }).click();
    const own = timer.getByRole('dialog').getByRole('listitem').filter({ hasText: 'This device' });
    await own.locator('strong', { hasText: 'Chrome' }).waitFor();
    await timer.keyboard.press('Escape');
  });

  it('leaves what did not change in its place, where somebody may be reading it', async () => {
    const first = board.getByRole('list', { name: 'Devices' }).getByRole('listitem').first();
    await first.waitFor();
    const watched = await board.context().newPage();
    await watched.clock.install();
    await watched.goto(`${server.url}/status-board/`);
    const names = watched.getByRole('list', { name: 'Devices' }).locator('strong');
    await names.first().waitFor();
    const shown = await names.elementHandles();
    await watched.clock.runFor(65_000);
    expect(await Promise.all(shown.map((name) => name.evaluate(({ isConnected }) => isConnected)))).toContain(true);
    await watched.close();
  });

  it('tells two web timers apart by the names that people gave them, without a network too', async () => {
    const { token } = await signInByApi(server.url);
    const call = async (path: string, method: string, body: object): Promise<void> => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'X-Device-Id': 'study', 'X-App-Identifier': 'Syncline-Web-v1.0.0' };
      expect((await fetch(`${server.url}${path}`, { method, headers, body: JSON.stringify(body) })).status).toBeLessThan(300);
    };
    // Named before the board hears of it.
    await profile.context.setOffline(true);
    const [start, end] = [atNight(4), atNight(4.5)].map((time) => `${new Date(time).toISOString().slice(0, 19)}Z`);
    const session = { session_id: crypto.randomUUID(), start_time: start, end_time: end, duration: 30, category: 'study', project: 'Personal', note: '', source: 'web_timer' };
    await call('/api/pomodoro/submit', 'POST', session);
    await call('/api/devices/study', 'PUT', { name: 'In the study' });
    await profile.context.setOffline(false);
    const tile = (words: string) => board.getByRole('list', { name: 'Devices' }).getByRole('listitem').filter({ hasText: words });
    await tile('In the study').filter({ hasText: 'Web timer' }).waitFor({ timeout: 20_000 });
    await tile('This browser').filter({ hasText: 'Chrome' }).waitFor({ timeout: 5000 });
    await profile.context.setOffline(true);
    await board.reload();
    await tile('In the study').waitFor();
    await profile.context.setOffline(false);
  });

  it('is there without a network, after a reload too, and says whose work waits', async () => {
    await profile.context.setOffline(true);
    await timer.reload();
    const base = atNight(1);
    await addPastSession(timer, { start: base, end: base + HOUR / 2, category: 'planning', project: 'silence' });
    await board.reload();
    await board.getByText('1 session waiting here').waitFor();
    expect(await board.getByRole('heading', { name: 'Syncline status' }).isVisible()).toBe(true);
    // Whether a page whose network was taken away knows so itself depends on the version of the browser.
    await board.getByText('Other devices are shown as they were last seen.').waitFor();
  });
});
