// The leading tab stops, with or without being told: another one sends, and what wakes up again does no harm.
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { amount } from './lib/amount.ts';
import { cdp, isSent, look, openBrowserWorld, record, RIGHT, until } from './lib/browser-world.ts';
import { useBrowser } from './lib/fixtures.ts';

const FREEZES = amount(50, 6);
const MINUTE = 60_000;

const browser = useBrowser();

/** Stops the page outside of any transaction. Resolves to how it is woken. */
async function freeze(page: Page, isTold: boolean): Promise<() => Promise<void>> {
  const session = await cdp(page);
  if (isTold) {
    await page.evaluate(() => window.syncline.atRest());
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    return async () => {
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await session.detach();
    };
  }
  // Stopped between two statements: no event, and every lock stays held.
  await session.send('Debugger.enable');
  const stopped = new Promise((resolve) => void session.once('Debugger.paused', resolve));
  await session.send('Runtime.evaluate', { expression: 'syncline.atRest().then(() => { debugger; })' });
  await stopped;
  return async () => {
    await session.send('Debugger.resume');
    await session.send('Debugger.disable');
    await session.detach();
  };
}

async function leaderOf(tabs: readonly Page[]): Promise<Page> {
  for (;;) {
    for (const tab of tabs) if ((await look(tab)).status.local.leader) return tab;
  }
}

describe('in a real browser', () => {
  it(`[A21, B01, B02, B03, I-17] ${FREEZES} leaders that stop, told or not, are replaced, and wake up as followers`, { timeout: 30 * MINUTE }, async () => {
    const world = await openBrowserWorld(browser.server);
    const tabs = [await world.tab(browser.profile), await world.tab(browser.profile)];
    const recorded = new Set<string>();
    const add = async (page: Page, number: number): Promise<void> => {
      const done = await record(page, number);
      expect(done).toHaveProperty('id');
      if ('id' in done) recorded.add(done.id);
    };
    for (let round = 0; round < FREEZES; round += 1) {
      const leader = await leaderOf(tabs);
      const follower = tabs.find((tab) => tab !== leader) as Page;
      await add(leader, round * 3);
      await until(leader, (seen) => isSent(seen) && seen.status.local.phase === 'idle', 'the leader has nothing to do');
      // Only a tab in the background is frozen.
      await follower.bringToFront();
      const wake = await freeze(leader, round % 2 === 0);
      await add(follower, round * 3 + 1);
      await until(follower, (seen) => isSent(seen) && seen.status.local.leader, 'the other tab leads and has sent');
      expect(world.differences(recorded)).toEqual(RIGHT);
      await wake();
      await add(leader, round * 3 + 2);
      await until(leader, isSent, 'what the woken tab recorded is sent');
      await until(leader, ({ status }) => !status.local.leader, 'the woken tab follows');
      expect(world.differences(recorded)).toEqual(RIGHT);
    }
  });
});
