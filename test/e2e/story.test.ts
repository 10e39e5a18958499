// The whole story in real browsers against the real server: two browser profiles and a desktop client of one account, offline and back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { addPastSession, desktopClient, signIn, signInByApi, type SignedIn, stateOf, until, waitForConflict, waitForState } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

interface WireStatus {
  readonly conflicts: readonly { readonly affected_sessions: readonly string[] }[];
  readonly data_summary: { readonly total_sessions: number; readonly conflicts_detected: number };
  readonly sync_status: string;
}

async function serverStatus(url: string, { token }: SignedIn): Promise<WireStatus> {
  const response = await fetch(`${url}/api/sync/status?check_conflicts=true`, { headers: { Authorization: `Bearer ${token}` } });
  return (await response.json()) as WireStatus;
}

async function openTimer(profile: Profile, url: string): Promise<Page> {
  const page = await profile.page(`${url}/`);
  await signIn(page);
  // The page itself is kept for offline use before anything else is tried.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  // The page opens before the server has answered; other devices' rows say that it has.
  await page.locator('[data-device-id]').nth(1).waitFor();
  return page;
}

describe('offline and back, in two browsers and a desktop client', () => {
  let server: ServerProcess;
  let account: SignedIn;
  const profiles: Profile[] = [];
  // Minutes of a quiet day a week ago at 04:00, where the demo history has nothing.
  const base = Math.floor((Date.now() - 7 * DAY) / DAY) * DAY + 2 * 60 * MINUTE;

  beforeAll(async () => {
    server = await startServer();
    account = await signInByApi(server.url);
    profiles.push(await openProfile(), await openProfile());
  });
  afterAll(async () => {
    for (const profile of profiles) await profile.dispose();
    await server.dispose();
  });

  it('[B15, A16, C05] keeps what was recorded offline over a reload, sends it once, and every page shows the overlap', async () => {
    const [first, second] = profiles as [Profile, Profile];
    const before = await serverStatus(server.url, account);
    const pageA = await openTimer(first, server.url);
    const pageB = await openTimer(second, server.url);
    const desktop = await desktopClient(server.url, account);

    await first.context.setOffline(true);
    await second.context.setOffline(true);
    const a1 = await addPastSession(pageA, { start: base, end: base + 25 * MINUTE, category: 'writing', project: 'book' });
    const a2 = await addPastSession(pageA, { start: base + 10 * MINUTE, end: base + 35 * MINUTE, category: 'study', project: 'statistics' });
    await waitForConflict(pageA, [a1, a2]);
    const b1 = await addPastSession(pageB, { start: base + 60 * MINUTE, end: base + 85 * MINUTE, category: 'reading', project: 'Personal' });
    expect(await stateOf(pageA, a1)).toBe('queued');
    // Two of the demo desktop's, and this one.
    expect(await pageB.getByTestId('unsynced').textContent()).toBe('1 session waiting here, 2 on other devices');

    await pageA.close();
    const reopened = await first.page(`${server.url}/`);
    await reopened.getByRole('button', { name: 'Show older' }).click();
    await waitForState(reopened, a1, 'queued');
    await waitForState(reopened, a2, 'queued');
    await waitForConflict(reopened, [a1, a2]);

    const c1 = await desktop.sessions.record({ startTime: base + 70 * MINUTE, endTime: base + 95 * MINUTE, category: 'planning', project: 'team_timer' });
    await until(desktop.status, ({ data_summary: { unsynced_sessions: pending } }) => pending === 0 || desktop.status.current.devices?.find(({ device_id: id }) => id === 'e2e-desktop')?.sessions_pending === 0);

    await first.context.setOffline(false);
    await second.context.setOffline(false);
    await waitForState(reopened, a1, 'confirmed');
    await waitForState(reopened, a2, 'confirmed');
    await waitForState(pageB, b1, 'confirmed');

    const after = await serverStatus(server.url, account);
    expect(after.sync_status).toBe('conflicts');
    expect(after.data_summary.total_sessions).toBe(before.data_summary.total_sessions + 4);
    const groups = after.conflicts.map(({ affected_sessions: ids }) => [...ids].sort().join(','));
    expect(groups).toContain([a1, a2].sort().join(','));
    expect(groups).toContain([b1, c1.id].sort().join(','));

    // Every open page shows it, the ones that recorded neither session included.
    await pageB.getByRole('button', { name: 'Sync now' }).click();
    await waitForConflict(pageB, [a1, a2]);
    await waitForConflict(pageB, [b1, c1.id]);
    await reopened.getByRole('button', { name: 'Sync now' }).click();
    await waitForConflict(reopened, [b1, c1.id]);
    await desktop.close();
  });

  it('[D11, C20] a server killed between storing and answering stores each session once', async () => {
    const [first] = profiles as [Profile];
    const page = first.context.pages().find((open) => open.url().startsWith(server.url)) as Page;
    const before = await serverStatus(server.url, account);
    let killed: Promise<void> | null = null;
    // The request reaches the server and is answered there; the answer dies with the server.
    await first.context.route('**/api/sync/exchange', async (route) => {
      const { operations } = route.request().postDataJSON() as { operations: unknown[] };
      if (killed !== null || operations.length === 0) return route.continue();
      await route.fetch();
      killed = server.kill();
      await killed;
      return route.abort('connectionreset');
    });
    const id = await addPastSession(page, { start: base + 120 * MINUTE, end: base + 145 * MINUTE, category: 'writing', project: 'book' });
    await expect.poll(() => killed !== null, { timeout: 60_000 }).toBe(true);
    await killed;
    await server.start();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await waitForState(page, id, 'confirmed');
    const after = await serverStatus(server.url, await signInByApi(server.url));
    expect(after.data_summary.total_sessions).toBe(before.data_summary.total_sessions + 1);
  });
});
