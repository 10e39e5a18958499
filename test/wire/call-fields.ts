// Every field of every call that a person fills in, with values at its edges and beyond, written down apart from the schemas.
import { type CallName, LIMITS } from '@syncline/protocol';

export interface Field {
  readonly name: string;
  readonly required: boolean;
  /** Accepted, edges included. */
  readonly good: readonly unknown[];
  /** Refused with this field named. */
  readonly bad: readonly unknown[];
  /** Refused for what it makes of other fields, which are named too. */
  readonly together?: readonly unknown[];
}

export interface CallFields {
  readonly call: CallName;
  /** A valid body. Ids are replaced by fresh ones in each request. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly fields: readonly Field[];
}

const bytes = (count: number): string => 'é'.repeat(Math.floor(count / 2)) + 'x'.repeat(count % 2);
const NOT_TEXT = [null, 1, true, [], {}, 'a\u0000b', '\ud800'];
const NOT_NUMBER = [null, '25', true, [], {}, '', 'NaN'];
const NOT_BOOLEAN = [null, 0, 1, 'true', [], {}];

function text(name: string, required: boolean, max: number, { min = 1 } = {}): Field {
  return { name, required, good: [bytes(max), 'x', '<script>alert(1)</script>', '\'; drop table sessions; --', ...(min === 0 ? [''] : [])], bad: [...NOT_TEXT, bytes(max + 1), ...(min === 0 ? [] : [''])] };
}

function whole(name: string, required: boolean, min: number, max: number): Field {
  return { name, required, good: [min, max], bad: [...NOT_NUMBER, min - 1, max + 1, min + 0.5, -0.5, 1e308] };
}

function minutes(name: string, max: number, { zero = false, nearest = [1, 25.5] as readonly number[] } = {}): Field {
  return { name, required: true, good: [...nearest, ...(zero ? [0] : [])], bad: [...NOT_NUMBER, -1, max + 1, 1e308, ...(zero ? [] : [0])] };
}

const oneOf = (name: string, words: readonly string[], required = false): Field => ({ name, required, good: words, bad: [...NOT_TEXT, '', 'other word', `${words[0]} `] });
const flag = (name: string): Field => ({ name, required: false, good: [true, false], bad: NOT_BOOLEAN });
const uuid: Field = {
  name: 'session_id', required: true, good: [],
  bad: [...NOT_TEXT, '', 'session-1', '00000000-0000-4000-8000-00000000000', '00000000-0000-4000-8000-0000000000000', 'g81d4fae-7dec-41d0-a765-00a0c91e6bf6', '../../etc/passwd'],
};
const source: Field = { name: 'source', required: true, good: ['mac_app', 'x', 'a'.repeat(LIMITS.deviceTypeChars), 'cli_2'], bad: [...NOT_TEXT, '', 'Mac_App', 'mac app', 'mac-app', 'a'.repeat(LIMITS.deviceTypeChars + 1)] };
const instant = (name: string, together: readonly unknown[]): Field => ({
  name, required: true, good: [], together,
  bad: [null, 1756049445, true, [], {}, '', 'yesterday', '2025-08-24', '2025-08-24 14:00:00Z', '2025-02-30T10:00:00Z', '2025-08-24T25:00:00Z', '2025-08-24T14:00:00', `2025-08-24T14:00:00.${'0'.repeat(9000)}Z`],
});
const category = text('category', true, LIMITS.categoryBytesMax);
const number32 = (name: string): Field => ({ name, required: false, good: [1, 2_147_483_647], bad: [...NOT_NUMBER, 1.5, -1, 2 ** 53] });

const SUBMIT = { start_time: '2025-08-24T14:00:00Z', end_time: '2025-08-24T14:25:00Z', duration: 25, category: 'Development', project: 'team_12', note: 'Sync', source: 'mac_app', session_id: '' };
const START = { session_id: '', planned_duration: 25, category: 'Development', source: 'mac_app' };
const CANCEL = { session_id: '', planned_duration: 25, elapsed_minutes: 7.5, source: 'mac_app' };
const REASONS = ['user_cancelled', 'interruption', 'emergency', 'technical', 'distraction', 'completed_early', 'other'];

export const CALL_FIELDS: readonly CallFields[] = [
  { call: 'login', body: { username: 'nobody', password: 'anything' }, fields: [text('username', true, LIMITS.usernameBytesMax), {
    name: 'password', required: true, good: ['x'.repeat(LIMITS.passwordCharsMax), 'é'.repeat(LIMITS.passwordCharsMax)], bad: [null, 1, true, [], {}, '', 'x'.repeat(LIMITS.passwordCharsMax + 1)],
  }] },
  { call: 'sessionStart', body: START, fields: [
    uuid, minutes('planned_duration', 1_440), category, source, text('project', false, LIMITS.projectBytesMax), text('planning_notes', false, LIMITS.noteBytesMax, { min: 0 }),
    text('goals', false, LIMITS.noteBytesMax, { min: 0 }), whole('energy_level', false, 1, 10), text('app_version', false, LIMITS.versionBytesMax, { min: 0 }), number32('project_id'), number32('team_project_id'),
  ] },
  { call: 'submit', body: SUBMIT, fields: [
    uuid, instant('start_time', ['1999-12-31T23:59:59Z']), instant('end_time', ['2025-08-24T13:00:00Z', '2025-08-24T14:00:00Z', '2099-01-01T00:00:00Z']),
    minutes('duration', 1_441, { nearest: [24, 25, 26], zero: false }), category, text('project', true, LIMITS.projectBytesMax), text('note', true, LIMITS.noteBytesMax, { min: 0 }), source,
  ] },
  { call: 'sessionCancel', body: CANCEL, fields: [
    uuid, minutes('planned_duration', 1_440), minutes('elapsed_minutes', 1_441, { zero: true, nearest: [0.25] }), source, oneOf('reason', REASONS),
    text('cancel_reason_note', false, LIMITS.noteBytesMax, { min: 0 }), text('category', false, LIMITS.categoryBytesMax), number32('project_id'), number32('team_project_id'),
  ] },
  { call: 'preferences', body: { daily_goal: 8 }, fields: [
    whole('daily_goal', false, 1, 20), whole('default_duration', false, 5, 120), whole('short_break_duration', false, 1, 30), whole('long_break_duration', false, 5, 60),
    oneOf('notification_sound', ['chime', 'bell', 'soft', 'none']), oneOf('theme_preference', ['light', 'dark', 'auto']), oneOf('focus_mode', ['relaxed', 'normal', 'strict']),
    { name: 'timezone', required: false, good: ['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'], bad: [...NOT_TEXT, '', 'Mars/Base', '../../etc', 'x'.repeat(65)] },
    flag('public_leaderboard'), flag('email_notifications'), flag('slack_notifications'), flag('auto_start_breaks'),
  ] },
  { call: 'deviceName', body: { name: 'Desk' }, fields: [{
    name: 'name', required: true, good: [null, bytes(LIMITS.deviceNameBytesMax), 'x', '<script>alert(1)</script>'], bad: [1, true, [], {}, '', 'a\u0000b', '\ud800', bytes(LIMITS.deviceNameBytesMax + 1)],
  }] },
];

/** Parameters of the documented reading calls: accepted values, refused values. */
export const CALL_QUERIES: readonly { readonly call: CallName; readonly name: string; readonly good: readonly string[]; readonly bad: readonly string[] }[] = [
  { call: 'syncStatus', name: 'include_devices', good: ['true', 'false'], bad: ['', 'yes', '1', 'TRUE', 'true ', '[]'] },
  { call: 'syncStatus', name: 'check_conflicts', good: ['true', 'false'], bad: ['', 'no', '0', 'null'] },
  { call: 'syncStatus', name: 'last_hours', good: ['1', '24', String(LIMITS.lastHoursMax)], bad: ['', '0', String(LIMITS.lastHoursMax + 1), '1.5', '-1', '1e3', '0x10', 'NaN', ' 24', '9'.repeat(400)] },
  { call: 'analytics', name: 'days', good: ['1', '30', String(LIMITS.analyticsDaysMax)], bad: ['', '0', String(LIMITS.analyticsDaysMax + 1), '1.5', '-1', 'all'] },
];
