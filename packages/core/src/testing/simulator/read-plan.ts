// A plan as it comes from a file: kept by somebody, shortened by hand, or of another release. What it says wrong is named, because a deed that
// the world does not know, or that is done to a device that is not there, would be nothing, and the replay would prove nothing.
import { asFields, type Fields, isCount } from '../../model/rows.ts';
import type { DeedName, NetFault, Plan } from './action.ts';

/** Fields of each deed that are numbers, apart from its instant. */
const NUMBERS: Readonly<Record<DeedName, readonly string[]>> = {
  record: ['device', 'tab', 'start', 'minutes'], again: ['device', 'tab'], start: ['device', 'tab'], complete: ['device', 'tab'], cancel: ['device', 'tab'],
  retry: ['device', 'tab'], discard: ['device', 'tab'], sync: ['device', 'tab'], look: ['device', 'tab'], prefer: ['device', 'tab', 'value'],
  annotate: ['device', 'tab', 'session'], amend: ['device', 'tab', 'nth', 'minutes'], delete: ['device', 'tab', 'nth'], undelete: ['device', 'tab', 'nth'],
  settle: ['device', 'tab', 'nth'], undo: ['device', 'tab', 'nth'], open: ['device', 'tab'], close: ['device', 'tab'], kill: ['device', 'tab'],
  freeze: ['device', 'tab', 'forMs'], hide: ['device', 'tab', 'forMs'], steal: ['device', 'tab'], deafen: ['device', 'forMs'], hint: ['device'],
  sleep: ['device', 'forMs'], clock: ['device', 'byMs'], power: ['device'], evict: ['device'], clone: ['device', 'nth'], full: ['device', 'forMs'],
  abort: ['device', 'count'], handle: ['device'], 'refuse-open': ['device', 'forMs'], upgrade: ['device', 'tab', 'forMs'], net: ['device', 'forMs'], 'server-down': ['forMs'],
  'server-crash': [], 'server-clock': ['byMs'], 'server-save': [], 'server-restore': [], expire: ['user'], 'signed-out': ['device', 'forMs'],
  'other-user': ['device', 'forMs'],
};
const NET_FAULTS: Readonly<Record<NetFault, true>> = {
  cut: true, 'lose-request': true, 'lose-answer': true, truncate: true, duplicate: true, slow: true, hang: true, portal: true, junk: true, redirect: true,
  'status-408': true, 'status-429': true, 'status-500': true, 'status-502': true, 'status-503': true, 'status-401': true, 'status-403': true, 'status-404': true,
};
/** The one field of a deed that takes a few words only, whether it has to be there, and the words. */
const WORDS: Readonly<Partial<Record<DeedName, readonly [field: string, isNeeded: boolean, words: readonly unknown[]]>>> = {
  net: ['fault', true, Object.keys(NET_FAULTS)],
  settle: ['choice', true, ['keep_all', 'keep_one', 'trim', 'split', 'merge_span', 'merge_sum']],
  prefer: ['name', true, ['default_duration', 'long_break_duration', 'short_break_duration']],
  'server-crash': ['when', true, ['before', 'after']],
  annotate: ['atEnd', true, [true, false]],
  hint: ['online', true, [true, false]],
  kill: ['point', false, ['before-commit', 'committed']],
  amend: ['words', false, ['category', 'project', 'note']],
  freeze: ['isTold', false, [true, false]],
  record: ['poison', false, [400, 409, 413, 422, 500]],
};
/** Those of them that are instants and lengths, and those that are places in a list. */
const SPANS: readonly string[] = ['at', 'forMs', 'latencyMs'];
const PLACES: readonly string[] = ['nth', 'session', 'count'];
/** What people do only where the engines can. */
const PREFERENCES_NEEDED: readonly DeedName[] = ['prefer', 'annotate'];
const SWITCHES: readonly string[] = ['isBasic', 'streams', 'hasPreferences'];
const DEEDS: readonly DeedName[] = Object.keys(NUMBERS) as DeedName[];
/** As many tabs as people have open at once on one device. */
const TABS_MAX = 100;
/** Each of them is made before anything happens: a world of millions would never begin. */
const USERS_MAX = 100;
const DEVICES_MAX = 100;
const OF_DEVICE: readonly string[] = ['user', 'tabs', 'clockAheadMs', 'driftPpm', 'latencyMs'];

/**
 * @param value parsed JSON.
 * @throws Error that names the first thing that makes it no plan.
 */
export function readPlan(value: unknown): Plan {
  const plan = asFields(value);
  if (plan === null) throw new Error('a plan is an object');
  const { seed, users, devices, actions } = plan;
  if (!Number.isSafeInteger(seed)) throw new Error('seed must be a whole number');
  if (!isCount(users) || users === 0 || users > USERS_MAX) throw new Error(`users must be a whole number from 1 to ${USERS_MAX}`);
  if (!Array.isArray(devices) || devices.length === 0 || devices.length > DEVICES_MAX) throw new Error(`devices must be a list of 1 to ${DEVICES_MAX}`);
  if (!Array.isArray(actions)) throw new Error('actions must be a list');
  devices.forEach((device: unknown, i) => {
    const fields = asFields(device) ?? {};
    needNumbers(fields, OF_DEVICE, `devices[${i}]`);
    if (typeof fields['type'] !== 'string') throw new Error(`devices[${i}].type must be text`);
    needPlace(fields['user'], users, `devices[${i}].user`);
    needPlace(fields['tabs'], TABS_MAX + 1, `devices[${i}].tabs`);
  });
  for (const name of SWITCHES) needOneOf(plan[name], [true, false, undefined], name);
  actions.forEach((action: unknown, i) => {
    const fields = asFields(action) ?? {};
    const name = DEEDS.find((deed) => deed === fields['do']);
    if (name === undefined) throw new Error(`actions[${i}].do is no deed`);
    const numbers = NUMBERS[name];
    needNumbers(fields, ['at', ...numbers], `actions[${i}]`);
    if (numbers.includes('device')) needPlace(fields['device'], devices.length, `actions[${i}].device`);
    if (numbers.includes('user')) needPlace(fields['user'], users, `actions[${i}].user`);
    if (numbers.includes('tab')) needPlace(fields['tab'], TABS_MAX, `actions[${i}].tab`);
    const [field, isNeeded, words] = WORDS[name] ?? ['', false, []];
    needOneOf(fields[field], isNeeded ? words : [...words, undefined], `actions[${i}].${field}`);
    if (PREFERENCES_NEEDED.includes(name) && plan['hasPreferences'] !== true) throw new Error(`actions[${i}] needs a plan with hasPreferences`);
    // All heals when the last one has happened: what is later and stands before it would be done to a world that is whole.
    if (Number(fields['at']) < Number(asFields(actions[i - 1])?.['at'] ?? 0)) throw new Error(`actions[${i}].at must not be before actions[${i - 1}].at`);
  });
  return plan as unknown as Plan;
}

function needNumbers(fields: Fields, names: readonly string[], where: string): void {
  for (const name of names) {
    if (!Number.isFinite(fields[name])) throw new Error(`${where}.${name} must be a number`);
    if (SPANS.includes(name) && Number(fields[name]) < 0) throw new Error(`${where}.${name} must be a number from 0 on`);
  }
  for (const name of PLACES) if (fields[name] !== undefined && !isCount(fields[name])) throw new Error(`${where}.${name} must be a whole number from 0 on`);
}

function needOneOf(value: unknown, words: readonly unknown[], where: string): void {
  if (!words.includes(value)) throw new Error(`${where} must be one of ${words.filter((word) => word !== undefined).join(', ')}`);
}

function needPlace(value: unknown, count: number, where: string): void {
  if (!isCount(value) || value >= count) throw new Error(`${where} must be one of 0 to ${count - 1}`);
}
