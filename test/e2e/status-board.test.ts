// The status board beside the web timer: the same browser, the same store, a page kept offline of its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { addPastSession, atNight, signIn } from './lib/people.ts';
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
