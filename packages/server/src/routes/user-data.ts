// GET /api/user/data: the account, its preferences, and what its sessions add up to.
import type { UserDataResponse } from '@syncline/protocol';
import { problem } from '../http/problem.ts';
import type { Route } from '../http/route.ts';
import { ActivityTally, summarizeUser } from '../sync/statistics.ts';
import { ZoneClock, zoneOf } from '../sync/zone-clock.ts';
import { touchThenRead } from './read-call.ts';

/** As documented: these can be written, and no call reads them back. */
const WRITE_ONLY: ReadonlySet<string> = new Set([
  'public_leaderboard', 'email_notifications', 'slack_notifications', 'auto_start_breaks', 'focus_mode',
]);
/** Before every possible start and after every possible one. */
const ALL_TIME = { from: 0, to: Date.UTC(9999, 0, 1) };

export const userDataRoute: Route = {
  call: 'userData',
  async handle(input) {
    const account = await input.ports.store.accounts.find(input.user.userId);
    if (account === null) throw problem('gone');
    const { preferences, timezone, statistics } = await touchThenRead(input, async (tx) => {
      const stored = await tx.preferences();
      const zoneName = zoneOf(stored);
      const zone = new ZoneClock(zoneName);
      const tally = new ActivityTally(zone);
      for await (const sessions of tx.activity(ALL_TIME.from, ALL_TIME.to)) tally.add(sessions);
      return { preferences: stored, timezone: zoneName, statistics: summarizeUser(tally, zone.dayAt(input.now)) };
    });
    const body: UserDataResponse = {
      userId: account.userId,
      username: account.username,
      email: account.email,
      timezone,
      ...statistics,
      badges: [],
      preferences: Object.fromEntries(Object.entries(preferences.values).filter(([name]) => !WRITE_ONLY.has(name))),
    };
    return { status: 200, body };
  },
};
