// GET /api/user/data: the account, its preferences, and what its sessions add up to.
import type { UserDataResponse } from '@syncline/protocol';
import { problem } from '../http/problem.ts';
import type { Route } from '../http/route.ts';
import { countActivity, summarizeUser } from '../sync/statistics.ts';
import { ZoneClock, zoneOf } from '../sync/zone-clock.ts';
import { readAndTouch } from './read-call.ts';

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
    const { preferences, activity } = await readAndTouch(input, async (tx) => ({
      preferences: await tx.preferences(),
      activity: await tx.activity(ALL_TIME.from, ALL_TIME.to),
    }));
    const timezone = zoneOf(preferences);
    const zone = new ZoneClock(timezone);
    const body: UserDataResponse = {
      userId: account.userId,
      username: account.username,
      email: account.email,
      timezone,
      ...summarizeUser(countActivity(activity, zone), zone.dayAt(input.now), zone),
      badges: [],
      preferences: Object.fromEntries(Object.entries(preferences.values).filter(([name]) => !WRITE_ONLY.has(name))),
    };
    return { status: 200, body };
  },
};
