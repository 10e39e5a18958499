// GET /api/analytics/tracking: totals for the last days, by day, device, category and hour.
import { type AnalyticsQuery, type AnalyticsResponse, LIMITS } from '@syncline/protocol';
import type { Route } from '../http/route.ts';
import { ActivityTally, summarizeRange } from '../sync/statistics.ts';
import { formatDay, ZoneClock, zoneOf } from '../sync/zone-clock.ts';
import { touchThenRead } from './read-call.ts';

const DAY_MS = 86_400_000;

export const analyticsRoute: Route = {
  call: 'analytics',
  async handle(input) {
    const days = (input.query as AnalyticsQuery).days ?? LIMITS.analyticsDaysDefault;
    const body = await touchThenRead(input, async (tx): Promise<AnalyticsResponse> => {
      const timezone = zoneOf(await tx.preferences());
      const zone = new ZoneClock(timezone);
      const to = zone.dayAt(input.now);
      const from = to - days + 1;
      const [opens, closes] = [zone.startOfDay(from), zone.startOfDay(to + 1)];
      // A day more at the front, for sessions of a conflict that began before the range and cover some of it.
      const tally = new ActivityTally(zone, from, to);
      for await (const sessions of tx.activity(opens - DAY_MS, closes)) tally.add(sessions);
      const { totals, ...rest } = summarizeRange(tally, from, to);
      return {
        range: { from: formatDay(from), to: formatDay(to), timezone },
        totals: { ...totals, cancelled: await tx.cancelledCount(opens, closes) },
        ...rest,
      };
    });
    return { status: 200, body };
  },
};
