// Examples for the OpenAPI document: the samples of the public pages where there are any. A test holds each against its schema.
import type { CallName } from './wire/calls.ts';

/** One example of a call. */
export interface CallExample {
  readonly request?: unknown;
  readonly response: unknown;
}

const UUID = 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6';
const UUID_OTHER = '0f8fad5b-d9cb-469f-a165-70867728950e';
const DAY = '2025-08-24T';

const user = { id: UUID_OTHER, username: 'demo' };

/** The documented sample of the status call. */
const status = {
  sync_status: 'healthy',
  last_sync: `${DAY}15:30:45Z`,
  sync_lag: '2 minutes',
  total_devices: 3,
  active_devices: 2,
  pending_syncs: 0,
  devices: [
    {
      device_id: 'mac-app-v1.2.3', device_type: 'mac_app', last_seen: `${DAY}15:30:45Z`,
      sync_status: 'up_to_date', version: '1.2.3', sessions_pending: 0,
    },
    {
      device_id: 'web-chrome-desktop', device_type: 'web_timer', last_seen: `${DAY}15:25:30Z`,
      sync_status: 'up_to_date', version: 'web-2.1.0', sessions_pending: 0,
    },
    {
      device_id: 'windows-app-v1.1.0', device_type: 'windows_app', last_seen: `${DAY}14:15:22Z`,
      sync_status: 'stale', version: '1.1.0', sessions_pending: 2,
    },
  ],
  data_summary: {
    total_sessions: 89,
    unsynced_sessions: 2,
    last_session: `${DAY}15:30:00Z`,
    preferences_updated: '2025-08-23T10:15:30Z',
    conflicts_detected: 0,
  },
  recommendations: [
    'Windows app has 2 pending sessions - sync recommended',
    'All preferences are up to date across devices',
  ],
};

const submitted = {
  start_time: `${DAY}14:00:00Z`,
  end_time: `${DAY}14:25:00Z`,
  duration: 25,
  category: 'Development',
  project: 'team_12',
  note: 'Sync engine',
  source: 'mac_app',
  session_id: UUID,
};

const record = {
  ...submitted, display_id: '451', version: 1, state: 'completed', device_id: 'mac-app-v1.2.3', deleted_at: null,
};

const device = {
  device_id: 'mac-app-v1.2.3', device_type: 'mac_app', version: '1.2.3', name: null, status: 'pending', last_seen: `${DAY}15:30:45Z`, sessions_pending: 2,
  pending_as_of: `${DAY}15:30:45Z`, oldest_pending: `${DAY}14:00:00Z`, created_at: `${DAY}09:00:00Z`, signed_in: true,
};
const preferences = { daily_goal: 8, default_duration: 25, timezone: 'Europe/Berlin' };

/** One example for each call. */
export const EXAMPLES: Readonly<Partial<Record<CallName, CallExample>>> = {
  login: {
    request: { username: 'demo', password: 'correct horse battery staple' },
    response: { message: 'Login successful', access_token: 'eyJhbGciOiJIUzI1NiJ9.e30.sample', user },
  },
  refresh: { request: {}, response: { message: 'Token refreshed', access_token: 'eyJhbGciOiJIUzI1NiJ9.e30.sample', user } },
  logout: { request: {}, response: { success: true, message: 'Signed out' } },
  health: {
    response: {
      status: 'ok', version: '0.1.0', time: `${DAY}15:32:45Z`, capabilities: ['exchange', 'stream', 'export', 'refresh'],
    },
  },
  sessionStart: {
    request: { session_id: UUID, planned_duration: 25, category: 'Development', source: 'mac_app', energy_level: 7 },
    response: {
      success: true,
      session_id: UUID,
      message: 'Session started successfully',
      pre_session: {
        id: 12, session_id: UUID, planned_duration: 25, category: 'Development', project: null, planning_notes: null,
        goals: null, energy_level: 7, source: 'mac_app', created_at: `${DAY}14:00:00Z`,
      },
      next_steps: {
        timer_start: 'Start the timer on the device',
        completion_endpoint: '/api/pomodoro/submit',
        cancellation_endpoint: '/api/session/cancel',
      },
    },
  },
  submit: {
    request: submitted,
    response: {
      success: true,
      session_id: '451',
      message: 'Pomodoro session logged successfully',
      pomodoro: {
        id: 451, duration: 25, category: 'Development', project: 'team_12', source: 'mac_app',
        start_time: `${DAY}14:00:00Z`, end_time: `${DAY}14:25:00Z`, note: 'Sync engine',
      },
    },
  },
  sessionCancel: {
    request: { session_id: UUID, planned_duration: 25, elapsed_minutes: 7.5, source: 'mac_app', reason: 'interruption' },
    response: {
      success: true,
      cancellation_id: '147',
      message: 'Session cancelled and recorded successfully',
      cancellation: { id: 147, session_id: UUID, elapsed_minutes: 7.5, reason: 'interruption' },
    },
  },
  userData: {
    response: {
      userId: UUID_OTHER,
      username: 'demo',
      email: null,
      timezone: 'Europe/Berlin',
      points: { total: 89, today: 2, this_week: 10, this_month: 41.5 },
      streaks: { current: 3, longest: 12, days_active_this_week: 4, days_active_this_month: 17 },
      badges: [],
      preferences,
      session_stats: {
        total_sessions: 89, total_minutes: 2225, average_session_length: 25, most_productive_hour: 10,
        favorite_category: 'Development',
      },
    },
  },
  preferences: {
    request: preferences,
    response: { success: true, message: 'Preferences updated successfully', updated_preferences: preferences },
  },
  analytics: {
    response: {
      range: { from: '2025-08-23', to: '2025-08-24', timezone: 'Europe/Berlin' },
      totals: { sessions: 2, minutes: 50, cancelled: 1 },
      by_day: [{ date: '2025-08-24', sessions: 2, minutes: 50 }],
      by_device: [{ device_type: 'mac_app', sessions: 2, minutes: 50 }],
      by_category: [{ category: 'Development', sessions: 2, minutes: 50 }],
      by_hour: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    },
  },
  syncStatus: { response: status },
  exchange: {
    request: {
      protocol: 1,
      device: {
        device_id: 'mac-app-v1.2.3', device_type: 'mac_app', version: '1.2.3', sessions_pending: 1,
        incarnation: UUID_OTHER, run: UUID_OTHER,
      },
      cursor: null,
      epoch: null,
      operations: [{ type: 'submit', op_id: UUID_OTHER, seq: 1, session: submitted }],
      status_tag: null,
    },
    response: {
      success: true,
      protocol: 1,
      epoch: 'b6f0c8f1',
      server_time: `${DAY}15:32:45Z`,
      head: 120,
      device: { ack_seq: 1 },
      results: [{ op_id: UUID_OTHER, status: 'applied', display_id: '451', version: 1, seq: 120 }],
      changes: [{ seq: 120, type: 'session', session: record }],
      cursor: 'b6f0c8f1.120',
      more: false,
      status_tag: '118',
      status,
      running: [],
    },
  },
  stream: { response: { type: 'changed', head: 121, server_time: `${DAY}15:33:00Z` } },
  export: { response: { type: 'session', session: record } },
  devices: { response: { devices: [device], server_time: `${DAY}15:32:45Z` } },
  deviceName: { request: { name: 'Desk' }, response: { success: true, device: { ...device, name: 'Desk' } } },
  deviceForget: { response: { success: true, message: 'Device forgotten', logins_ended: 1 } },
  deviceSignOut: { request: {}, response: { success: true, message: 'Device signed out', logins_ended: 1 } },
};
