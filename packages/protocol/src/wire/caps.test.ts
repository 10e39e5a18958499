// Every cap at the cap and one above it, through the schemas that both ends use.
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../rules/limits.ts';
import { EXAMPLES } from '../openapi-examples.ts';
import { type CallName, CALLS } from './calls.ts';
import { parseWith } from './parse.ts';

type Body = Record<string, unknown>;

/** Puts a value at a dotted path of a call's example request and says whether it is accepted. */
function accepts(name: CallName, path: string, value: unknown): boolean {
  const { request } = CALLS[name];
  if (request === null) throw new Error(`${name} has no body`);
  const body = structuredClone(EXAMPLES[name]?.request) as Body;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let target = body;
  for (const key of keys) target = target[key] as Body;
  target[last] = value;
  return parseWith(request, body).ok;
}

const bytes = (count: number) => 'é'.repeat(Math.floor(count / 2)) + 'x'.repeat(count % 2);
const ID = 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6';
const id = (i: number) => `f81d4fae-7dec-41d0-a765-${String(i).padStart(12, '0')}`;
const base64 = (count: number) => Buffer.alloc(count).toString('base64');
const operations = (count: number) => Array.from({ length: count }, (_, i) => ({ type: 'restore', op_id: id(i), seq: i + 1, session_id: ID }));
const amend = (edit: unknown) => [{ type: 'amend', op_id: ID, seq: 1, session_id: ID, base_version: 1, edit }];
const resolve = (count: number) => [{
  type: 'resolve', op_id: ID, seq: 1, kind: 'keep_all', plan: { edits: [], deletes: [], creates: [] },
  sessions: Array.from({ length: count }, (_, i) => ({ session_id: id(i), version: 1 })),
}];
const tags = (count: number, size: number) => amend({ tags: Array.from({ length: count }, () => bytes(size)) });

describe('[S-08] caps', () => {
  it.each<[CallName, string, unknown, unknown]>([
    ['submit', 'note', bytes(LIMITS.noteBytesMax), bytes(LIMITS.noteBytesMax + 1)],
    ['submit', 'category', bytes(LIMITS.categoryBytesMax), bytes(LIMITS.categoryBytesMax + 1)],
    ['submit', 'category', 'x', ''],
    ['deviceName', 'name', 'x'.repeat(LIMITS.deviceNameBytesMax), 'x'.repeat(LIMITS.deviceNameBytesMax + 1)],
    ['deviceName', 'name', 'x', ' '],
    ['submit', 'project', bytes(LIMITS.projectBytesMax), bytes(LIMITS.projectBytesMax + 1)],
    ['submit', 'source', 'a'.repeat(32), 'a'.repeat(33)],
    ['submit', 'duration', 1441, 1441.01],
    ['submit', 'duration', 0, -0.01],
    ['submit', 'note', 'a\tb\nc', 'a\0b'],
    ['submit', 'note', '🍅', '\ud83c'],
    ['sessionStart', 'planned_duration', 1440, 1440.01],
    ['sessionStart', 'planned_duration', 0.5, 0],
    ['sessionStart', 'energy_level', 10, 11],
    ['sessionStart', 'energy_level', 1, 0],
    ['sessionStart', 'energy_level', 5, 5.5],
    ['sessionStart', 'planning_notes', bytes(4096), bytes(4097)],
    ['sessionStart', 'goals', bytes(4096), bytes(4097)],
    ['sessionStart', 'app_version', bytes(64), bytes(65)],
    ['sessionStart', 'project_id', 2_147_483_647, 2_147_483_648],
    ['sessionStart', 'team_project_id', 1, 0],
    ['sessionCancel', 'elapsed_minutes', 1441, 1441.01],
    ['sessionCancel', 'reason', 'completed_early', 'bored'],
    ['sessionCancel', 'cancel_reason_note', bytes(4096), bytes(4097)],
    ['login', 'password', 'é'.repeat(256), 'é'.repeat(257)],
    ['login', 'password', 'x', ''],
    ['login', 'username', bytes(256), bytes(257)],
    ['preferences', 'daily_goal', 20, 21],
    ['preferences', 'daily_goal', 1, 0],
    ['preferences', 'default_duration', 120, 121],
    ['preferences', 'default_duration', 5, 4],
    ['preferences', 'short_break_duration', 30, 31],
    ['preferences', 'short_break_duration', 1, 0],
    ['preferences', 'long_break_duration', 60, 61],
    ['preferences', 'long_break_duration', 5, 4],
    ['preferences', 'notification_sound', 'none', 'gong'],
    ['preferences', 'theme_preference', 'auto', 'sepia'],
    ['preferences', 'focus_mode', 'strict', 'zen'],
    ['preferences', 'public_leaderboard', false, 'false'],
    ['preferences', 'timezone', 'America/Argentina/Buenos_Aires', 'Mars/Olympus'],
    ['preferences', 'timezone', 'UTC', '+02:00'],
    ['exchange', 'device.device_id', 'a'.repeat(128), 'a'.repeat(129)],
    ['exchange', 'device.device_id', 'web-chrome-desktop', 'web chrome'],
    ['exchange', 'device.name', bytes(128), bytes(129)],
    ['exchange', 'device.version', bytes(64), bytes(65)],
    ['exchange', 'device.sessions_pending', 1_000_000, 1_000_001],
    ['exchange', 'limit', 1000, 1001],
    ['exchange', 'limit', 1, 0],
    ['exchange', 'protocol', 1, 2],
    ['exchange', 'cursor', 'a'.repeat(256), 'a'.repeat(257)],
    ['exchange', 'operations', operations(1000), operations(1001)],
    ['exchange', 'operations', operations(2), [...operations(2)].reverse()],
    ['exchange', 'operations', operations(1), [...operations(1), { ...operations(1)[0], seq: 2 }]],
    ['exchange', 'operations', resolve(100), resolve(101)],
    ['exchange', 'operations', resolve(2), resolve(1)],
    ['exchange', 'operations', tags(16, 64), tags(17, 64)],
    ['exchange', 'operations', tags(16, 64), tags(16, 65)],
    ['exchange', 'operations', amend({ annotation: base64(65_536) }), amend({ annotation: base64(65_537) })],
    ['exchange', 'operations', amend({ start_time: '2025-08-24T14:00:00Z', end_time: '2025-08-24T14:25:00Z', duration: 25 }), amend({ end_time: '2025-08-24T14:25:00Z' })],
    ['exchange', 'operations', amend({ note: 'x' }), amend({ note: 'x', user_id: 'someone' })],
    ['exchange', 'operations', [], [{ type: 'drop', op_id: ID, seq: 1 }]],
    ['exchange', 'preferences', { state_vector: base64(65_536) }, { state_vector: base64(65_537) }],
    ['exchange', 'preferences', { state_vector: 'AA==' }, { state_vector: 'A' }],
    ['exchange', 'preferences', { state_vector: 'AA+/' }, { state_vector: 'AA-_' }],
  ])('%s %s', (name, path, fitting, tooMuch) => {
    expect(accepts(name, path, fitting)).toBe(true);
    expect(accepts(name, path, tooMuch)).toBe(false);
  });

  it('[S-25] is quick about texts of 100 kB in every text field', () => {
    // No clock is read: a validator that is not linear would run into the time limit of the test.
    const long = 'a'.repeat(50_000) + '\ud800'.repeat(50_000);
    for (let i = 0; i < 200; i += 1) {
      for (const field of ['start_time', 'note', 'category', 'project', 'source', 'session_id']) expect(accepts('submit', field, long)).toBe(false);
    }
  });
});
