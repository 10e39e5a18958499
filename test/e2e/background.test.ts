// What the last tab left is sent by the service worker when the browser wakes it: in a real browser, by its own event.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { notRun } from '../faults/lib/not-run.ts';
import { addPastSession, atNight, DEMO, type Person, signIn, signInByApi, type SignedIn, stateOf, waitForState } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';
import { SyncEvents } from './lib/sync-events.ts';

const MINUTE = 60_000;
const AMIR: Person = { username: 'amir', password: 'walnut harbour 12' };
const AT_ONCE = { timeout: 60_000 };

describe('after the last tab was closed', () => {
  let server: ServerProcess;
  let amir: SignedIn;
  let profile: Profile;
  let events: SyncEvents;
  let isOffered = false;
  // Whole minutes of yesterday morning, later in each test.
  let base = atNight(0);

  beforeAll(async () => {
    server = await startServer();
    await server.addAccount(AMIR);
    amir = await signInByApi(server.url, AMIR);
  });
  afterAll(() => server.dispose());

  beforeEach(async () => {
    profile = await openProfile();
    events = await SyncEvents.open(profile.context);
    base += 60 * MINUTE;
  });
  afterEach(() => profile.dispose());

  async function open(person: Person = AMIR): Promise<Page> {
    const page = await profile.page(`${server.url}/`);
    await signIn(page, person);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    // Some builds have the call and refuse it. The worker makes nothing of that tag.
    isOffered = await page.evaluate(async () => {
      const { sync } = (await navigator.serviceWorker.ready) as unknown as { readonly sync?: { register(tag: string): Promise<void> } };
      return sync === undefined ? false : sync.register('probe').then(() => true, () => false);
    });
    return page;
  }

  /** Two sessions of the day. */
  async function addTwo(page: Page, project: string): Promise<readonly string[]> {
    const session = { category: 'writing', project };
    return [
      await addPastSession(page, { start: base, end: base + 20 * MINUTE, ...session }),
      await addPastSession(page, { start: base + 25 * MINUTE, end: base + 45 * MINUTE, ...session }),
    ];
  }

  /** How often the server has each. */
  async function copies(ids: readonly string[], { token }: SignedIn = amir): Promise<readonly number[]> {
    const response = await fetch(`${server.url}/api/sync/export`, { headers: { Authorization: `Bearer ${token}` } });
    const lines = (await response.text()).split('\n').filter((line) => line.includes('"session"'));
    return ids.map((id) => lines.filter((line) => line.includes(id)).length);
  }

  /** Whether this browser can be tried at all. */
  function mayTry(): boolean {
    if (!isOffered) notRun('e2e: background sync', 'this Chromium has no Background Sync; the distribution’s has');
    return isOffered;
  }

  const tag = ({ userId }: SignedIn): string => `syncline:${userId}`;

  it('[B06] the worker sends what was recorded offline, once, and the next tab finds nothing to send', async () => {
    const page = await open();
    if (!mayTry()) return;
    await profile.context.setOffline(true);
    const ids = await addTwo(page, 'offline');
    await page.getByText('2 sessions are not sent yet. They are kept on this device; if you close this page now, the browser sends them').waitFor();
    await page.close();
    expect(await copies(ids)).toEqual([0, 0]);
    await profile.context.setOffline(false);
    await events.dispatch(server.url, tag(amir));
    await expect.poll(() => copies(ids), AT_ONCE).toEqual([1, 1]);

    const next = await profile.page(`${server.url}/`);
    for (const id of ids) await waitForState(next, id, 'confirmed');
    await next.getByText('You can close this page; everything of this device is on the server.').waitFor();
    expect(await next.getByTestId('unsynced').textContent()).toBe('Nothing waiting');
    await next.locator('[data-testid="overall"][data-word="healthy"]').waitFor();
    expect(await copies(ids)).toEqual([1, 1]);
  });

  it('[B06] Chromium wakes the worker by itself for what hangs when the tab is closed', async () => {
    const page = await open();
    if (!mayTry()) return;
    // The page's own requests hang; the worker's do not.
    await page.route('**/api/sync/exchange', () => undefined);
    const ids = await addTwo(page, 'hanging');
    // The worker is awake, and waits for the tab, which leads.
    const isWaiting = (): Promise<boolean | undefined> => page.evaluate(async () => (await navigator.locks.query()).pending?.some(({ name }) => name?.endsWith(':lead')));
    const isAwake = await expect.poll(isWaiting, AT_ONCE).toBe(true).then(() => true, () => false);
    if (!isAwake) {
      const tags = await page.evaluate(async () => {
        const { sync } = (await navigator.serviceWorker.ready) as unknown as { readonly sync: { getTags(): Promise<readonly string[]> } };
        return sync.getTags();
      });
      // Without the tag, the message says whether somebody sent them, and what the page says.
      expect(tags, `${await copies(ids)} on the server; ${await page.locator('body').innerText()}`).toContain(tag(amir));
      return notRun('e2e: a wake-up of Chromium’s own', 'it was asked for one, and took its time');
    }
    expect(await copies(ids)).toEqual([0, 0]);
    await page.close();
    await expect.poll(() => copies(ids), AT_ONCE).toEqual([1, 1]);
  });

  it('[B06] a tab that is open and leads goes on leading, and sends each once', async () => {
    const page = await open();
    if (!mayTry()) return;
    const leader = (): Promise<unknown> => page.evaluate(async () => (await navigator.locks.query()).held?.filter(({ name }) => name?.endsWith(':lead')).map(({ clientId }) => clientId));
    const before = await leader();
    expect(before).toHaveLength(1);
    await page.route('**/api/sync/exchange', (route) => route.abort());
    const ids = await addTwo(page, 'beside');
    await events.dispatch(server.url, tag(amir));
    await page.unroute('**/api/sync/exchange');
    await events.dispatch(server.url, tag(amir));
    for (const id of ids) await waitForState(page, id, 'confirmed');
    expect(await copies(ids)).toEqual([1, 1]);
    expect(await leader()).toEqual(before);
  });

  it('[B06] a wake-up for one account sends nothing of another, nor of one that signed out offline', async () => {
    const first = await open(DEMO);
    if (!mayTry()) return;
    const demo = await signInByApi(server.url);
    await profile.context.setOffline(true);
    const [kept = ''] = await addTwo(first, 'kept');
    await first.getByRole('button', { name: 'Sign out' }).click();
    await first.getByRole('button', { name: 'Sign out and keep them here' }).click();
    await first.getByLabel('Username').waitFor();
    await first.close();
    await profile.context.setOffline(false);
    // The cookie still stands: the server has heard nothing of the sign-out.
    await events.dispatch(server.url, tag(demo));

    const second = await open();
    await profile.context.setOffline(true);
    const ids = await addTwo(second, 'own');
    expect(await stateOf(second, ids[0] ?? '')).toBe('queued');
    await second.close();
    await profile.context.setOffline(false);
    await events.dispatch(server.url, tag(demo));
    await events.dispatch(server.url, tag(amir));
    await expect.poll(() => copies(ids), AT_ONCE).toEqual([1, 1]);
    expect(await copies([kept], demo)).toEqual([0]);
  });
});
