// The calls about a user: data, preferences, analytics; and that nobody meets another's.
import { CALLS, type CallName } from '@syncline/protocol';
import type { ApiAnswer, ApiUser, ApiWorld } from './api-world.ts';
import { casesOf, check, checkEqual, type ContractCase } from './contract-case.ts';
import { cancelOf, DAY, HOUR, MINUTE, NOON, startOf, submitOf } from './session-requests.ts';

async function submitAt(w: ApiWorld, user: ApiUser, start: number, minutes: number, differing: Parameters<typeof submitOf>[3] = {}): Promise<void> {
  const from = (start - NOON) / MINUTE;
  const { status, text } = await user.call('submit', { body: submitOf(w.newId(), from, from + minutes, differing) });
  check(status === 201, text);
}

function dataCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'a new user has data': async (w) => {
      w.clock.set(NOON);
      const user = await w.signIn('America/New_York');
      const { status, body } = await user.call('userData');
      checkEqual([status, body], [200, {
        userId: user.userId, username: `user-${user.userId}`, email: `${user.userId}@example.org`, timezone: 'America/New_York',
        points: { total: 0, today: 0, this_week: 0, this_month: 0 },
        streaks: { current: 0, longest: 0, days_active_this_week: 0, days_active_this_month: 0 },
        badges: [], preferences: { timezone: 'America/New_York' },
        session_stats: { total_sessions: 0, total_minutes: 0, average_session_length: 0, most_productive_hour: null, favorite_category: null },
      }]);
    },
    'preferences: named ones change, the others stay, five are never read back': async (w) => {
      w.clock.set(NOON);
      const user = await w.signIn();
      const first = await user.call('preferences', { body: { daily_goal: 8, focus_mode: 'strict', timezone: 'Asia/Kathmandu' } });
      checkEqual([first.status, first.body], [200, {
        success: true, message: 'Preferences updated successfully',
        updated_preferences: { daily_goal: 8, focus_mode: 'strict', timezone: 'Asia/Kathmandu' },
      }]);
      w.clock.set(NOON + 1000);
      const second = await user.call('preferences', { body: { daily_goal: 9, email_notifications: false } });
      checkEqual(second.body['updated_preferences'], { daily_goal: 9, focus_mode: 'strict', timezone: 'Asia/Kathmandu', email_notifications: false });
      w.clock.set(NOON + 2000);
      await user.call('preferences', { body: { daily_goal: 9 } });
      checkEqual((await user.call('syncStatus')).body['data_summary']?.['preferences_updated'], '2025-08-24T12:00:01Z', 'the last change');
      const { body } = await user.call('userData');
      checkEqual([body['timezone'], body['preferences']], ['Asia/Kathmandu', { daily_goal: 9, timezone: 'Asia/Kathmandu' }]);
    },
    'faulty preferences are named, and nothing is stored': async (w) => {
      const user = await w.signIn();
      const { status, body } = await user.call('preferences', { body: { daily_goal: 21, timezone: 'Mars/Base', theme: 'dark', short_break_duration: 5 } });
      checkEqual([status, (body['details'] as unknown as { path: string }[]).map(({ path }) => path).sort()], [400, ['daily_goal', 'theme', 'timezone']]);
      checkEqual((await user.call('userData')).body['preferences'], { timezone: 'UTC' });
    },
    'days, weeks and hours run in the time zone of the user': async (w) => {
      // New York, the Sunday on which the clocks go back: 2025-11-02. 03:30Z is still Saturday there.
      const user = await w.signIn('America/New_York');
      w.clock.set(Date.UTC(2025, 10, 3, 15));
      await submitAt(w, user, Date.UTC(2025, 9, 31, 16), 50, { category: 'read' });
      await submitAt(w, user, Date.UTC(2025, 10, 2, 3, 30), 25);
      await submitAt(w, user, Date.UTC(2025, 10, 2, 5, 30), 60, { category: 'read' });
      await submitAt(w, user, Date.UTC(2025, 10, 3, 14, 30), 25, { source: 'web_timer' });
      const { body } = await user.call('userData');
      checkEqual(body['points'], { total: 6.4, today: 1, this_week: 1, this_month: 4.4 });
      checkEqual(body['streaks'], { current: 4, longest: 4, days_active_this_week: 1, days_active_this_month: 3 });
      checkEqual(body['session_stats'], {
        total_sessions: 4, total_minutes: 160, average_session_length: 40, most_productive_hour: 1, favorite_category: 'read',
      });
      const analytics = (await user.call('analytics', { query: 'days=3' })).body;
      checkEqual(analytics['by_day'], [
        { date: '2025-11-01', sessions: 1, minutes: 25 }, { date: '2025-11-02', sessions: 1, minutes: 60 }, { date: '2025-11-03', sessions: 1, minutes: 25 },
      ]);
      const hours = analytics['by_hour'] as unknown as number[];
      // The hour from 1 to 2 passes twice that night.
      checkEqual(hours.map((minutes, hour) => [hour, minutes]).filter(([, minutes]) => minutes !== 0), [[1, 60], [9, 25], [23, 25]]);
    },
    'a preferred time zone that this platform does not know, because a newer one took it, counts as UTC and stays preferred': async (w) => {
      const user = await w.signIn('Mars/Base');
      w.clock.set(NOON);
      const data = await user.call('userData');
      checkEqual([data.status, data.body['timezone'], data.body['preferences']], [200, 'UTC', { timezone: 'Mars/Base' }]);
      const analytics = await user.call('analytics', { query: 'days=1' });
      checkEqual([analytics.status, analytics.body['range']], [200, { from: '2025-08-24', to: '2025-08-24', timezone: 'UTC' }]);
      await user.call('preferences', { body: { daily_goal: 3 } });
      checkEqual((await user.call('userData')).body['preferences'], { timezone: 'Mars/Base', daily_goal: 3 });
    },
    '[S-09] text that looks like a statement is text': async (w) => {
      const user = await w.signIn();
      w.clock.set(NOON);
      const text = `'; drop table sessions; -- " \\ $1 \${x} %s \u0027 or 1=1`;
      await submitAt(w, user, NOON - DAY, 25, { note: text, project: text.slice(0, 60), category: text.slice(0, 40) });
      await submitAt(w, user, NOON - 2 * DAY, 25);
      const { sessions } = await w.store.readUser(user.userId, async (tx) => ({ sessions: await tx.changes(0, 10) }));
      checkEqual(sessions.flatMap((change) => (change.kind === 'session' ? [change.session.note] : [])), [text, 'a note']);
      checkEqual((await user.call('analytics')).body['by_category']?.length, 2);
    },
    'a streak may wait for today, and no longer': async (w) => {
      const user = await w.signIn();
      w.clock.set(NOON);
      for (const daysAgo of [1, 2, 4, 5, 6]) await submitAt(w, user, NOON - daysAgo * DAY, 25);
      const streaks = async (): Promise<unknown> => {
        const { current, longest } = (await user.call('userData')).body['streaks'] ?? {};
        return [current, longest];
      };
      checkEqual(await streaks(), [2, 3]);
      w.clock.set(NOON + DAY);
      checkEqual(await streaks(), [0, 3]);
    },
    'time that conflicting sessions share counts once': async (w) => {
      const user = await w.signIn();
      w.clock.set(NOON + DAY);
      await submitAt(w, user, NOON, 60);
      await submitAt(w, user, NOON + 30 * MINUTE, 60, { category: 'rest' });
      const { totals, by_category: byCategory } = (await user.call('analytics')).body;
      checkEqual([totals, byCategory], [
        { sessions: 2, minutes: 90, cancelled: 0 },
        [{ category: 'work', sessions: 1, minutes: 60 }, { category: 'rest', sessions: 1, minutes: 30 }],
      ]);
    },
    'analytics answers its range, cancellations included': async (w) => {
      const user = await w.signIn();
      w.clock.set(NOON);
      await submitAt(w, user, NOON - 25 * HOUR, 25);
      await user.call('sessionCancel', { body: cancelOf(w.newId()) });
      const { status, body } = await user.call('analytics', { query: 'days=1' });
      checkEqual([status, body], [200, {
        range: { from: '2025-08-24', to: '2025-08-24', timezone: 'UTC' }, totals: { sessions: 0, minutes: 0, cancelled: 1 },
        by_day: [{ date: '2025-08-24', sessions: 0, minutes: 0 }], by_device: [], by_category: [], by_hour: Array.from<number>({ length: 24 }).fill(0),
      }]);
      checkEqual(((await user.call('analytics')).body['by_day'] as unknown as unknown[]).length, 30);
      checkEqual((await user.call('analytics', { query: 'days=367' })).status, 400);
    },
    'health answers without a token': async (w) => {
      w.clock.set(NOON);
      const response = await w.app(new Request('http://server.test/api/health'));
      const body = (await response.json()) as Record<string, unknown>;
      checkEqual([response.status, body['status'], body['time'], Array.isArray(body['capabilities'])], [200, 'ok', '2025-08-24T12:00:00Z', true]);
    },
  });
}

/** Calls with every id of another user in every place an id can stand. */
async function callEverything(user: ApiUser, ids: readonly string[], deviceId: string, headers: Record<string, string>): Promise<ApiAnswer[]> {
  const answers: ApiAnswer[] = [];
  for (const id of ids) {
    const bodies: Partial<Record<CallName, unknown>> = { submit: submitOf(id, -25, 0), sessionStart: startOf(id), sessionCancel: cancelOf(id), preferences: { daily_goal: 3 }, deviceName: { name: 'mine now' }, deviceSignOut: {} };
    for (const [name, call] of Object.entries(CALLS) as [CallName, (typeof CALLS)[CallName]][]) {
      if (call.auth !== 'bearer' || call.contentType !== 'application/json') continue;
      const body = bodies[name];
      answers.push(await user.call(name, { headers, params: { device_id: deviceId }, ...(body === undefined ? {} : { body }) }));
    }
  }
  return answers;
}

function isolationCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    "[S-07] no call shows or changes another user's data, whatever ids it is given": async (w) => {
      w.clock.set(NOON);
      const [ann, bo, fresh] = [await w.signIn(), await w.signIn(), await w.signIn()];
      const [done, running, cancelled] = [w.newId(), w.newId(), w.newId()];
      const canary = `canary-${w.newId()}`;
      const device = { 'X-Device-Id': `device-${canary}`, 'X-App-Identifier': 'RegardingWork-Mac-v1', 'X-Sessions-Pending': '4' };
      await ann.call('submit', { body: submitOf(done, -50, -20, { note: canary, project: canary }), headers: device });
      await ann.call('submit', { body: submitOf(w.newId(), -40, -10, { category: canary }), headers: device });
      await ann.call('sessionStart', { body: startOf(running, { planning_notes: canary, goals: canary }), headers: device });
      await ann.call('sessionCancel', { body: cancelOf(cancelled, { cancel_reason_note: canary, category: canary }), headers: device });
      const everything = (): Promise<unknown> => w.store.readUser(ann.userId, async (tx) => [
        await tx.overview(), await tx.changes(0, 1000), await tx.conflictMembers(), await tx.preferences(),
        await tx.starts([done, running, cancelled]), await tx.cancellations([done, running, cancelled]),
      ]);
      const before = await everything();
      // Bo's device even has the same id as Ann's.
      const answers = await callEverything(bo, [done, running, cancelled], device['X-Device-Id'], { 'X-Device-Id': 'shared' });
      check(answers.every(({ text }) => !text.includes(canary)), 'the canary got out');
      checkEqual(await everything(), before, 'what Ann has');
      // Ids of somebody else are as good as ids that nobody ever used.
      const unused = await callEverything(fresh, [w.newId(), w.newId(), w.newId()], w.newId(), { 'X-Device-Id': 'shared' });
      checkEqual(answers.map(({ status }) => status), unused.map(({ status }) => status), 'no oracle of existence');
    },
  });
}

export function userApiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return [...dataCases(world), ...isolationCases(world)];
}
