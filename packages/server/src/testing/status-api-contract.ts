// The status call, the devices it lists, and the conflicts behind it.
import { groupConflicts, LIMITS, pairKey } from '@syncline/protocol';
import type { AnyJson, ApiUser, ApiWorld } from './api-world.ts';
import { casesOf, check, checkEqual, type ContractCase, seededRandom } from './contract-case.ts';
import { cancelOf, DAY, HOUR, MINUTE, NOON, startOf, submitOf } from './session-requests.ts';
import type { LiveSession } from '../ports.ts';

const MAC = { 'X-Device-Id': 'mac-1', 'X-App-Identifier': 'RegardingWork-Mac-v1.2.3' };

function rowsOf(body: AnyJson): unknown[] {
  return (body['devices'] as unknown as Record<string, unknown>[]).map((row) => [row['device_id'], row['device_type'], row['version'], row['last_seen'], row['sessions_pending']]);
}

function deviceCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'only a call that names its device touches one': async (w) => {
      w.clock.set(NOON);
      const user = await w.signIn();
      await user.call('submit', { body: submitOf(w.newId(), -25, 0) });
      await user.call('userData');
      const nobody = await user.call('syncStatus');
      checkEqual([nobody.body['sync_status'], nobody.body['devices'], nobody.body['last_sync']], ['offline', [], null]);
      const mine = await user.call('syncStatus', { headers: MAC });
      checkEqual([mine.body['sync_status'], rowsOf(mine.body)], ['healthy', [['mac-1', 'mac_app', '1.2.3', '2025-08-24T12:00:00Z', 0]]]);
      await user.call('syncStatus', { headers: { 'X-App-Identifier': 'RegardingWork-Web-v1' } });
      checkEqual((await user.call('syncStatus')).body['total_devices'], 1);
    },
    'what a call settles is no longer pending': async (w) => {
      w.clock.set(NOON);
      const [user, id] = [await w.signIn(), w.newId()];
      const headers = { 'X-Device-Id': 'web-1', 'X-Sessions-Pending': '3' };
      const pending = async (): Promise<unknown> => (await user.call('syncStatus')).body['data_summary']?.['unsynced_sessions'];
      await user.call('submit', { body: submitOf(id, -25, 0, { source: 'web_timer' }), headers });
      checkEqual(await pending(), 2);
      await user.call('submit', { body: submitOf(id, -25, 0, { source: 'web_timer' }), headers });
      checkEqual(await pending(), 2, 'a repeat is settled too');
      await user.call('submit', { body: submitOf(id, -25, 0, { source: 'web_timer', note: 'other' }), headers });
      checkEqual(await pending(), 3, 'a refused one is not');
      await user.call('sessionCancel', { body: cancelOf(w.newId(), { source: 'web_timer' }), headers: { ...headers, 'X-Sessions-Pending': '1' } });
      checkEqual(await pending(), 0);
      await user.call('syncStatus', { headers: { ...headers, 'X-Sessions-Pending': '5' } });
      checkEqual(await pending(), 5, 'a read tells it too');
      checkEqual(rowsOf((await user.call('syncStatus')).body), [['web-1', 'web_timer', 'unknown', '2025-08-24T12:00:00Z', 5]]);
    },
    'last contact is written at most once in 30 s, unless something else is': async (w) => {
      const user = await w.signIn();
      const seenAfter = async (ms: number, headers: Record<string, string> = MAC): Promise<unknown> => {
        w.clock.set(NOON + ms);
        await user.call('userData', { headers });
        return (await user.call('syncStatus')).body['last_sync'];
      };
      checkEqual(await seenAfter(0), '2025-08-24T12:00:00Z');
      checkEqual(await seenAfter(29_999), '2025-08-24T12:00:00Z');
      checkEqual(await seenAfter(30_000), '2025-08-24T12:00:30Z');
      checkEqual(await seenAfter(31_000, { ...MAC, 'X-Sessions-Pending': '1' }), '2025-08-24T12:00:31Z');
      w.clock.set(NOON + 32_000);
      await user.call('submit', { body: submitOf(w.newId(), -25, 0), headers: MAC });
      checkEqual((await user.call('syncStatus')).body['last_sync'], '2025-08-24T12:00:32Z');
      checkEqual(await seenAfter(0), '2025-08-24T12:00:32Z', 'a clock that was put back makes nobody older');
    },
    'a contact that was noted by a clock of the future lasts until the next one': async (w) => {
      const user = await w.signIn();
      const wordAt = async (ms: number, headers: Record<string, string> = {}): Promise<unknown> => {
        w.clock.set(NOON + ms);
        const { body } = await user.call('syncStatus', { headers });
        return [body['sync_status'], body['last_sync']];
      };
      checkEqual(await wordAt(400 * DAY, MAC), ['healthy', '2026-09-28T12:00:00Z']);
      checkEqual(await wordAt(0, MAC), ['healthy', '2025-08-24T12:00:00Z'], 'put right');
      checkEqual(await wordAt(2 * HOUR), ['delayed', '2025-08-24T12:00:00Z'], 'two hours later');
    },
    'faulty headers are named': async (w) => {
      const user = await w.signIn();
      const { status, body } = await user.call('syncStatus', { headers: { 'X-Device-Id': 'a b', 'X-Sessions-Pending': '-1' } });
      checkEqual([status, (body['details'] as unknown as { path: string }[]).map(({ path }) => path)], [400, ['X-Device-Id', 'X-Sessions-Pending']]);
    },
    'fifty devices have room; the next one takes the place of one long idle': async (w) => {
      const user = await w.signIn();
      for (let i = 0; i < LIMITS.devicesPerUserMax; i += 1) {
        w.clock.set(NOON + i * 1000);
        await user.call('syncStatus', { headers: { 'X-Device-Id': `d-${i}`, 'X-Sessions-Pending': i === 0 ? '1' : '0' } });
      }
      const add = (): ReturnType<ApiUser['call']> => user.call('syncStatus', { headers: { 'X-Device-Id': 'one-more' } });
      const full = await add();
      checkEqual([full.status, full.body['code']], [422, 'limit_reached'], 'all are active');
      const stored = await user.call('submit', { body: submitOf(w.newId(), -25, 0), headers: { 'X-Device-Id': 'one-more' } });
      checkEqual(stored.status, 201, 'its session is stored all the same');
      w.clock.set(NOON + 2 * HOUR);
      const { body } = await add();
      const ids = (body['devices'] as unknown as { device_id: string }[]).map(({ device_id: id }) => id);
      checkEqual([ids.length, ids.includes('one-more'), ids.includes('d-0'), ids.includes('d-1')], [50, true, true, false]);
    },
  });
}

/** Brute force: every pair, then flood fill. */
function naiveGroups(sessions: readonly { id: string; from: number; to: number }[]): string[] {
  const groups = new Map<string, Set<string>>();
  for (const a of sessions) {
    for (const b of sessions) {
      if (a.id === b.id || a.from >= b.to || b.from >= a.to) continue;
      const merged = new Set([a.id, b.id, ...(groups.get(a.id) ?? []), ...(groups.get(b.id) ?? [])]);
      for (const id of merged) groups.set(id, merged);
    }
  }
  return [...new Set(groups.values())].map((group) => [...group].sort().join()).sort();
}

function conflictCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'conflicts are counted always, and listed when asked for': async (w) => {
      w.clock.set(NOON + 2 * HOUR);
      const user = await w.signIn();
      const [a, b, c] = [w.newId(), w.newId(), w.newId()];
      await user.call('submit', { body: submitOf(b, 10, 35, { source: 'web_timer' }) });
      await user.call('submit', { body: submitOf(a, 0, 25) });
      await user.call('submit', { body: submitOf(c, 35, 60) });
      const plain = await user.call('syncStatus');
      checkEqual([plain.body['data_summary']?.['conflicts_detected'], 'conflicts' in plain.body, plain.body['sync_status']], [1, false, 'conflicts']);
      const asked = await user.call('syncStatus', { query: 'check_conflicts=true&include_devices=false' });
      checkEqual([asked.body['conflicts'], asked.body['conflict_resolution'], 'devices' in asked.body], [
        [{
          type: 'session_overlap', description: 'Overlapping sessions detected from different devices', affected_sessions: [a, b],
          resolution: 'manual_review_required', devices: ['mac_app', 'web_timer'],
        }],
        { auto_resolvable: false, recommended_action: 'Review overlapping sessions and delete duplicates', support_contact: 'api-support@regardingwork.com' },
        false,
      ]);
    },
    'only when every conflict is a duplicate it can be resolved by itself': async (w) => {
      w.clock.set(NOON + 2 * HOUR);
      const user = await w.signIn();
      const resolution = async (): Promise<unknown> => {
        const { body } = await user.call('syncStatus', { query: 'check_conflicts=true' });
        return [body['conflicts']?.['length'], body['conflict_resolution']?.['auto_resolvable'] ?? null];
      };
      checkEqual(await resolution(), [0, null]);
      await user.call('submit', { body: submitOf(w.newId(), 0, 25) });
      await user.call('submit', { body: submitOf(w.newId(), 0, 25, { source: 'web_timer', end_time: '2025-08-24T12:25:00.4Z' }) });
      checkEqual(await resolution(), [1, true]);
      await user.call('submit', { body: submitOf(w.newId(), 30, 50) });
      await user.call('submit', { body: submitOf(w.newId(), 31, 51) });
      checkEqual(await resolution(), [2, false]);
    },
    'stored groups are those of brute force, whatever the order': async (w) => {
      w.clock.set(NOON + 48 * HOUR);
      for (let seed = 1; seed <= 4; seed += 1) {
        const random = seededRandom(seed);
        const user = await w.signIn();
        const known: { id: string; from: number; to: number }[] = [];
        for (let step = 0; step < 40; step += 1) {
          const from = Math.floor(random() * 500);
          const session = { id: w.newId(), from, to: from + 1 + Math.floor(random() ** 4 * 200) };
          if (random() < 0.15) await user.call('sessionCancel', { body: cancelOf(session.id) });
          if (random() < 0.15) await user.call('sessionStart', { body: startOf(session.id) });
          const { status } = await user.call('submit', { body: submitOf(session.id, session.from, session.to) });
          if (status === 201) known.push(session);
        }
        await checkGroups(w, user.userId, naiveGroups(known), `seed ${seed}`);
      }
    },
  });
}

/** Holds what is stored about conflicts to a list of groups, each as sorted ids, joined. */
export async function checkGroups(w: ApiWorld, userId: string, expected: readonly string[], what: string): Promise<void> {
  const { members, summary, groups, kept } = await w.store.readUser(userId, async (tx) => {
    const found = await tx.conflictMembers();
    return {
      members: found, summary: (await tx.overview()).summary, kept: await tx.keptPairs(found.map(({ id }) => id)),
      groups: await tx.groups([...new Set(found.map(({ group }) => group ?? 0))]),
    };
  });
  const byGroup = new Map<number, LiveSession[]>();
  for (const member of members) byGroup.set(member.group ?? 0, [...(byGroup.get(member.group ?? 0) ?? []), member]);
  const stored = [...byGroup.values()].map((group) => group.map(({ id }) => id).sort().join()).sort();
  checkEqual(stored, [...expected].sort(), `${what}: groups`);
  const derived = groupConflicts(members.map((member) => ({ ...member, deviceType: member.source, deviceId: undefined })), new Set(kept.map(({ first, second }) => pairKey(first, second))));
  checkEqual(derived.map((conflict) => [...conflict.sessionIds].sort().join()).sort(), stored, `${what}: the protocol's own grouping`);
  const duplicates = derived.filter(({ kind }) => kind === 'duplicate').length;
  checkEqual([summary.openConflicts, summary.duplicateConflicts], [expected.length, duplicates], `${what}: counters`);
  const counted = groups.map((row) => [row.members, byGroup.get(row.group)?.length]);
  check(counted.every(([a, b]) => a === b) && groups.length === expected.length, `${what}: counts of members`);
}

/** A status as the documented sample has it, made by calls alone. */
function sampleCases(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'parameters: other values, repeated and unknown ones are refused': async (w) => {
      const user = await w.signIn();
      const statusOf = async (query: string): Promise<number> => (await user.call('syncStatus', { query })).status;
      for (const query of ['include_devices=false&check_conflicts=false&last_hours=1', 'last_hours=8760', '']) checkEqual(await statusOf(query), 200, query);
      for (const query of ['include_devices=1', 'check_conflicts=TRUE', 'last_hours=0', 'last_hours=8761', 'last_hours=24.0', 'last_hours=1&last_hours=1', 'hours=1', 'last_hours=']) {
        checkEqual(await statusOf(query), 400, query);
      }
    },
    'devices age with the clock': async (w) => {
      w.clock.set(NOON);
      const user = await w.signIn();
      await user.call('syncStatus', { headers: { ...MAC, 'X-Sessions-Pending': '1' } });
      const words = async (ms: number, query = ''): Promise<unknown> => {
        w.clock.set(NOON + ms);
        const { body } = await user.call('syncStatus', { query });
        return [body['sync_status'], (body['devices'] as unknown as { sync_status: string }[]).map(({ sync_status: word }) => word), body['sync_lag']];
      };
      checkEqual(await words(0), ['delayed', ['pending'], '0 seconds']);
      checkEqual(await words(60 * MINUTE), ['delayed', ['stale'], '1 hour']);
      checkEqual(await words(24 * HOUR + 1), ['offline', ['offline'], '1 day']);
      checkEqual(await words(24 * HOUR + 1, 'last_hours=25'), ['delayed', ['stale'], '1 day']);
    },
  });
}

export function statusApiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return [...deviceCases(world), ...conflictCases(world), ...sampleCases(world)];
}
