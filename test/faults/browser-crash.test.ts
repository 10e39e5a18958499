// A tab of a real browser dies in the middle of writing: what it had reported as recorded is there, whole, and is sent once.
import { describe, expect, it } from 'vitest';
import { amount } from './lib/amount.ts';
import { cdp, isSent, look, openBrowserWorld, RIGHT, until } from './lib/browser-world.ts';
import { createChance } from './lib/chance.ts';
import { useBrowser } from './lib/fixtures.ts';
import { pause } from './lib/submitters.ts';

const CRASHES = amount(200, 20);
/** So many tabs die before the network returns and everything is compared. */
const CRASHES_OFFLINE = 10;
const NUMBERS_OF_A_TAB = 200;
const MINUTE = 60_000;

const browser = useBrowser();

describe('in a real browser', () => {
  it(`[A16, A14, B04, B15, I-18] ${CRASHES} tabs that die in mid-write lose nothing that was recorded and leave nothing half-written`, { timeout: 30 * MINUTE }, async () => {
    const world = await openBrowserWorld(browser.server);
    const chance = createChance(4);
    const heard = new Set<string>();
    await browser.profile.context.exposeBinding('heard', (_, id: string) => void heard.add(id));
    for (let crash = 0; crash < CRASHES; crash += 1) {
      // At times the network is there, and requests are on their way when the tab dies.
      browser.server.isDown = chance.next() < 0.8;
      const page = await world.tab(browser.profile);
      const before = heard.size;
      await page.evaluate(([from, to]) => window.syncline.burst(from, to), [crash * NUMBERS_OF_A_TAB, (crash + 1) * NUMBERS_OF_A_TAB] as const);
      while (heard.size === before) await pause(1);
      await pause(chance.below(60));
      const died = page.waitForEvent('crash');
      (await cdp(page)).send('Page.crash').catch(() => undefined);
      await died;
      await page.close();
      if ((crash + 1) % CRASHES_OFFLINE === 0) await compare();
    }
    expect(heard.size).toBeGreaterThan(CRASHES);

    async function compare(): Promise<void> {
      browser.server.isDown = true;
      const page = await world.tab(browser.profile);
      const { status, unsent } = await look(page);
      // Session and operation are one: each unsent one is counted, none is counted that is not there.
      expect(status.data_summary.unsynced_sessions).toBe(unsent.length);
      browser.server.isDown = false;
      await page.evaluate(() => window.syncline.sync());
      await until(page, isSent, 'everything sent');
      expect(world.differences(heard).lost).toEqual([]);
      // A tab may die after the commit and before it could say so: such sessions are sent too, whole and counted once.
      expect(world.differences(heard).miscounted).toBe(RIGHT.miscounted);
      await page.close();
    }
  });
});
