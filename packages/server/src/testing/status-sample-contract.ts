// The two documented samples of the status call, made through the calls themselves.
import { parseInstant } from '@syncline/protocol';
import type { ApiWorld } from './api-world.ts';
import { casesOf, checkEqual, type ContractCase } from './contract-case.ts';
import { MINUTE, NOON, submitOf } from './session-requests.ts';

/** The part of `sync-status.healthy.json` that is used. */
export interface HealthyFixture {
  readonly given: {
    readonly now: string;
    readonly devices: readonly { readonly device_id: string; readonly device_type: string; readonly last_seen: string; readonly version: string; readonly sessions_pending: number }[];
    readonly total_sessions: number;
    readonly last_session: string;
    readonly preferences_updated: string;
  };
  readonly expect: object;
}

/** The part of `sync-status.conflicts.json` that is used. */
export interface ConflictsFixture {
  readonly given: {
    readonly now: string;
    readonly query: Readonly<Record<string, string>>;
    readonly sessions: readonly { readonly session_id: string; readonly device_type: string; readonly start_time: string; readonly end_time: string }[];
  };
  readonly expect_subset: object;
}

const ms = (text: string): number => parseInstant(text) ?? Number.NaN;
const PLATFORMS: Readonly<Record<string, string>> = { mac_app: 'Mac', web_timer: 'Web', windows_app: 'Windows' };

async function makeHealthy(w: ApiWorld, { given }: HealthyFixture): ReturnType<ApiWorld['signIn']> {
  const user = await w.signIn();
  w.clock.set(ms(given.preferences_updated));
  await user.call('preferences', { body: { daily_goal: 8 } });
  w.clock.set(ms(given.last_session));
  const last = (ms(given.last_session) - NOON) / MINUTE;
  for (let i = 0; i < given.total_sessions; i += 1) await user.call('submit', { body: submitOf(w.newId(), last - i * 30 - 25, last - i * 30) });
  for (const device of given.devices) {
    w.clock.set(ms(device.last_seen));
    await user.call('syncStatus', { headers: {
      'X-Device-Id': device.device_id, 'X-App-Identifier': `RegardingWork-${PLATFORMS[device.device_type]}-v${device.version}`,
      'X-Sessions-Pending': String(device.sessions_pending),
    } });
  }
  w.clock.set(ms(given.now));
  return user;
}

export function statusSampleContract(world: () => Promise<ApiWorld>, healthy: HealthyFixture, conflicts: ConflictsFixture): readonly ContractCase[] {
  return casesOf(world, {
    'the healthy sample, to the byte of its values': async (w) => {
      const user = await makeHealthy(w, healthy);
      const { status, text } = await user.call('syncStatus');
      checkEqual([status, JSON.parse(text)], [200, healthy.expect]);
      checkEqual(Object.keys(JSON.parse(text)), Object.keys(healthy.expect), 'keys in their order');
    },
    'the sample with a conflict': async (w) => {
      w.clock.set(ms(conflicts.given.now));
      const user = await w.signIn();
      // The sample's ids stand for UUIDs.
      const sampleIds = new Map<string, string>();
      for (const session of conflicts.given.sessions) {
        const id = w.newId();
        sampleIds.set(id, session.session_id);
        const { start_time, end_time, device_type: source } = session;
        await user.call('submit', { body: submitOf(id, 0, 25, { start_time, end_time, source }) });
      }
      const { text } = await user.call('syncStatus', { query: new URLSearchParams(conflicts.given.query).toString() });
      const body = JSON.parse([...sampleIds].reduce((answer, [id, name]) => answer.replaceAll(id, name), text)) as Record<string, unknown>;
      const named = Object.keys(conflicts.expect_subset);
      checkEqual(Object.fromEntries(named.map((key) => [key, body[key]])), conflicts.expect_subset);
      checkEqual(Object.keys(body).sort(), [
        'active_devices', 'conflict_resolution', 'conflicts', 'data_summary', 'devices', 'last_sync', 'pending_syncs', 'recommendations',
        'sync_lag', 'sync_status', 'total_devices',
      ]);
      checkEqual(body['data_summary'], { total_sessions: 2, unsynced_sessions: 0, last_session: '2025-08-24T14:35:00Z', preferences_updated: null, conflicts_detected: 1 });
    },
  });
}
