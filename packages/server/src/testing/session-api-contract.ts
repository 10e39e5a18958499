// The documented calls about one session: start, submit, cancel.
import { LIMITS } from '@syncline/protocol';
import type { ApiUser, ApiWorld } from './api-world.ts';
import { casesOf, check, checkEqual, type ContractCase } from './contract-case.ts';
import { cancelOf, DAY, MINUTE, NOON, startOf, submitOf } from './session-requests.ts';
import { sessionRow } from './store-world.ts';

async function totalsOf(user: ApiUser): Promise<[number, number]> {
  const { data_summary: summary } = (await user.call('syncStatus')).body;
  return [Number(summary?.['total_sessions']), Number(summary?.['conflicts_detected'])];
}

function submitCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'submit answers as documented': async (w) => {
      w.clock.set(NOON);
      const [user, id] = [await w.signIn(), w.newId()];
      const { status, body } = await user.call('submit', { body: submitOf(id.toUpperCase(), -25, 0, { source: 'windows_app' }) });
      checkEqual([status, body], [201, {
        success: true, session_id: '1', message: 'Pomodoro session logged successfully',
        pomodoro: {
          id: 1, duration: 25, category: 'work', project: 'team_A', source: 'windows_app', start_time: '2025-08-24T11:35:00Z',
          end_time: '2025-08-24T12:00:00Z', note: 'a note', session_id: id,
        },
      }]);
    },
    'the same submit again answers the first record; other content is refused with it': async (w) => {
      w.clock.set(NOON);
      const [user, id] = [await w.signIn(), w.newId()];
      const first = await user.call('submit', { body: submitOf(id, -25, 0) });
      w.clock.set(NOON + DAY);
      const again = await user.call('submit', { body: submitOf(id, -25, 0, { start_time: '2025-08-24T13:35:00.000+02:00' }) });
      checkEqual([again.status, again.body], [200, first.body]);
      const other = await user.call('submit', { body: submitOf(id, -25, 0, { note: 'another' }) });
      checkEqual([other.status, other.body['code'], other.body['stored']?.['note'], other.body['stored']?.['session_id']], [409, 'session_id_reused', 'a note', id]);
      checkEqual(await totalsOf(user), [1, 0]);
    },
    'fifty equal submits at once make one session': async (w) => {
      w.clock.set(NOON);
      const [user, id] = [await w.signIn(), w.newId()];
      const statuses: number[] = [];
      // No more than the server takes of one user at once.
      for (let round = 0; round < 2; round += 1) {
        statuses.push(...(await Promise.all(Array.from({ length: 25 }, async () => (await user.call('submit', { body: submitOf(id, -25, 0) })).status))));
      }
      checkEqual(statuses.sort((a, b) => b - a), [201, ...Array.from<number>({ length: 49 }).fill(200)]);
      checkEqual(await totalsOf(user), [1, 0]);
    },
    'times: exactly a minute off passes, and a day, and five minutes ahead': async (w) => {
      w.clock.set(NOON);
      const user = await w.signIn();
      const send = async (from: number, to: number, duration: number): Promise<[number, unknown, unknown]> => {
        const { status, body } = await user.call('submit', { body: submitOf(w.newId(), from, to, { duration }) });
        return [status, body['code'], (body['details'] as unknown as { path: string }[] | undefined)?.map(({ path }) => path)];
      };
      checkEqual(await send(-100, -75, 24), [201, undefined, undefined]);
      checkEqual(await send(-100, -75, 26), [201, undefined, undefined]);
      checkEqual(await send(-100, -75, 26.0001), [400, 'invalid_request', ['duration']]);
      checkEqual(await send(-2000, -560, 1440), [201, undefined, undefined]);
      checkEqual(await send(-2000, -559.99, 1440), [400, 'invalid_request', ['end_time']]);
      checkEqual(await send(-10, 5, 15), [201, undefined, undefined]);
      checkEqual(await send(-10, 5 + 1 / MINUTE, 15), [400, 'time_in_future', ['end_time']]);
      checkEqual(await send(-10, -10, 0), [400, 'invalid_request', ['end_time']]);
      checkEqual(await send(-10, 50, 1), [400, 'invalid_request', ['duration', 'end_time']]);
      const early = await user.call('submit', { body: submitOf(w.newId(), 0, 0, { start_time: '1999-12-31T23:59:59Z', end_time: '2000-01-01T00:24:59Z', duration: 25 }) });
      checkEqual([early.status, early.body['code']], [400, 'invalid_request']);
    },
    'fractions and offsets are kept to the millisecond': async (w) => {
      w.clock.set(NOON);
      const user = await w.signIn();
      const body = submitOf(w.newId(), 0, 0, { start_time: '2025-08-24T13:00:00.123456+02:00', end_time: '2025-08-24T11:25:00.5Z', duration: 25 });
      const { pomodoro } = (await user.call('submit', { body })).body;
      checkEqual([pomodoro?.['start_time'], pomodoro?.['end_time']], ['2025-08-24T11:00:00.123Z', '2025-08-24T11:25:00.500Z']);
    },
    'a day holds 2,000 sessions, and repeats still get their answer': async (w) => {
      w.clock.set(NOON);
      const user = await w.signIn();
      const ids = Array.from({ length: LIMITS.sessionsPerDayMax - 1 }, () => w.newId());
      await w.store.withUser(user.userId, async (tx) => {
        const { summary } = await tx.overview();
        await tx.write({
          sessions: ids.map((id, i) => sessionRow(id, i + 1, { startTime: NOON - DAY / 2 + i, endTime: NOON - DAY / 2 + i + 1, deletedAt: 1 })),
          summary: { ...summary, sequence: ids.length, lastDisplayId: ids.length },
        });
      });
      const last = submitOf(w.newId(), -20, 0);
      checkEqual((await user.call('submit', { body: last })).status, 201);
      const tooMany = await user.call('submit', { body: submitOf(w.newId(), -20, 0) });
      checkEqual([tooMany.status, tooMany.body['code']], [422, 'limit_reached']);
      // After the name of the field, as a person reads it.
      checkEqual(tooMany.body['details'], [{ path: 'start_time', message: 'is on a day that has 2000 sessions already' }]);
      checkEqual((await user.call('submit', { body: last })).status, 200);
      checkEqual((await user.call('submit', { body: submitOf(w.newId(), -1000, -990) })).status, 201, 'the day before');
    },
    'the last session that a day holds can be announced, and completed': async (w) => {
      w.clock.set(NOON);
      const [user, id] = [await w.signIn(), w.newId()];
      const ids = Array.from({ length: LIMITS.sessionsPerDayMax - 1 }, () => w.newId());
      await w.store.withUser(user.userId, async (tx) => {
        const { summary } = await tx.overview();
        await tx.write({
          sessions: ids.map((each, i) => sessionRow(each, i + 1, { startTime: NOON - DAY / 2 + i, endTime: NOON - DAY / 2 + i + 1, deletedAt: 1 })),
          summary: { ...summary, sequence: ids.length, lastDisplayId: ids.length },
        });
      });
      checkEqual((await user.call('sessionStart', { body: startOf(id) })).status, 201);
      w.clock.set(NOON + 25 * MINUTE);
      checkEqual((await user.call('submit', { body: submitOf(id, 0, 25) })).status, 201);
    },
  });
}

function startAndCancelCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'start answers as documented, and submit completes the same session': async (w) => {
      w.clock.set(NOON);
      const [user, id] = [await w.signIn(), w.newId()];
      const { status, body } = await user.call('sessionStart', { body: startOf(id, { planning_notes: 'plan', energy_level: 7 }) });
      const { next_steps: _, ...rest } = body;
      checkEqual([status, rest], [201, {
        success: true, session_id: id, message: 'Session started successfully',
        pre_session: {
          id: 1, session_id: id, planned_duration: 25, category: 'work', project: null, planning_notes: 'plan', goals: null, energy_level: 7,
          source: 'mac_app', created_at: '2025-08-24T12:00:00Z',
        },
      }]);
      checkEqual(await totalsOf(user), [0, 0], 'a running one is not counted');
      w.clock.set(NOON + 25 * MINUTE);
      const done = await user.call('submit', { body: submitOf(id, 0, 25) });
      checkEqual([done.status, done.body['session_id']], [201, '1']);
      checkEqual(await totalsOf(user), [1, 0]);
      const late = await user.call('sessionStart', { body: startOf(id, { planning_notes: 'plan', energy_level: 7 }) });
      checkEqual([late.status, late.body], [200, body], 'the start again, after the end');
      checkEqual((await user.call('sessionStart', { body: startOf(id) })).body['code'], 'session_final');
    },
    'a start is repeated or refused': async (w) => {
      w.clock.set(NOON);
      const [user, id] = [await w.signIn(), w.newId()];
      const first = await user.call('sessionStart', { body: startOf(id) });
      const again = await user.call('sessionStart', { body: startOf(id) });
      checkEqual([again.status, again.body], [200, first.body]);
      const other = await user.call('sessionStart', { body: startOf(id, { category: 'rest' }) });
      checkEqual([other.status, other.body['code'], other.body['stored']?.['state']], [409, 'session_id_reused', 'running']);
      const submitted = w.newId();
      await user.call('submit', { body: submitOf(submitted, -25, 0) });
      checkEqual((await user.call('sessionStart', { body: startOf(submitted) })).body['code'], 'session_final');
    },
    'cancel answers as documented and is final': async (w) => {
      w.clock.set(NOON);
      const [user, id] = [await w.signIn(), w.newId()];
      await user.call('sessionStart', { body: startOf(id) });
      const { status, body } = await user.call('sessionCancel', { body: cancelOf(id, { reason: 'distraction' }) });
      checkEqual([status, body], [201, {
        success: true, cancellation_id: '1', message: 'Session cancelled and recorded successfully',
        cancellation: {
          id: 1, session_id: id, planned_duration: 25, elapsed_minutes: 3.5, reason: 'distraction', source: 'mac_app', created_at: '2025-08-24T12:00:00Z',
        },
      }]);
      const again = await user.call('sessionCancel', { body: cancelOf(id, { reason: 'distraction' }) });
      checkEqual([again.status, again.body], [200, body]);
      checkEqual((await user.call('sessionCancel', { body: cancelOf(id) })).body['code'], 'session_id_reused');
      const submitted = await user.call('submit', { body: submitOf(id, -25, 0) });
      checkEqual([submitted.status, submitted.body['code'], submitted.body['stored']?.['state']], [409, 'session_final', 'cancelled']);
      checkEqual(await totalsOf(user), [0, 0]);
    },
    'a session that was never announced can be cancelled; a completed one cannot': async (w) => {
      w.clock.set(NOON);
      const [user, offline, completed] = [await w.signIn(), w.newId(), w.newId()];
      checkEqual((await user.call('sessionCancel', { body: cancelOf(offline) })).status, 201);
      await user.call('submit', { body: submitOf(completed, -25, 0) });
      const refused = await user.call('sessionCancel', { body: cancelOf(completed) });
      checkEqual([refused.status, refused.body['code'], refused.body['stored']?.['state']], [409, 'session_final', 'completed']);
      checkEqual(String(refused.body['error']).includes('completed'), true);
      checkEqual(await totalsOf(user), [1, 0]);
    },
    'running and cancelled sessions are in no conflict': async (w) => {
      w.clock.set(NOON);
      const user = await w.signIn();
      const [running, cancelled] = [w.newId(), w.newId()];
      await user.call('sessionStart', { body: startOf(running) });
      await user.call('sessionStart', { body: startOf(cancelled) });
      w.clock.set(NOON + 25 * MINUTE);
      await user.call('sessionCancel', { body: cancelOf(cancelled) });
      await user.call('submit', { body: submitOf(w.newId(), 0, 25) });
      checkEqual(await totalsOf(user), [1, 0]);
      await user.call('submit', { body: submitOf(running, 0, 25) });
      checkEqual(await totalsOf(user), [2, 1]);
    },
    'faulty requests name each field, and unknown ones are refused': async (w) => {
      w.clock.set(NOON);
      const user = await w.signIn();
      const paths = async (name: 'submit' | 'sessionStart' | 'sessionCancel', body: unknown): Promise<unknown> => {
        const answer = await user.call(name, { body });
        check(answer.status === 400, `${name}: ${answer.status}`);
        return (answer.body['details'] as unknown as { path: string }[]).map(({ path }) => path).sort();
      };
      checkEqual(await paths('submit', { ...submitOf(w.newId(), -25, 0), extra: 1, note: undefined, source: 'Mac App' }), ['extra', 'note', 'source']);
      checkEqual(await paths('submit', submitOf(w.newId(), -25, 0, { note: 'a\u0000b', category: '\ud800' })), ['category', 'note']);
      checkEqual(await paths('sessionStart', startOf('no-uuid', { energy_level: 11 })), ['energy_level', 'session_id']);
      checkEqual(await paths('sessionCancel', { ...cancelOf(w.newId()), reason: 'bored' }), ['reason']);
      checkEqual(await totalsOf(user), [0, 0]);
    },
  });
}

/** The documented calls that write sessions, over a whole server. */
export function sessionApiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return [...submitCases(world), ...startAndCancelCases(world)];
}
