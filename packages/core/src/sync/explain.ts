// Why this device shows what it shows, word by word. Pure.
import { CERTAINTIES, type Certainty, explainDevice, explainOverall, LIMITS, parseInstant } from '@syncline/protocol';
import type { ActionCode, ProblemCode, StateExplanation } from '../api-explain.ts';
import type { ClosingWord, ConnectionWord, EngineStatus, PhaseWord } from '../api.ts';
import { pendingHere, serverNow, syncFacts } from './status.ts';
import type { StatusInput } from './status-input.ts';

/** What explanations rest on. */
export interface Explained {
  readonly status: EngineStatus;
  /** What the status is derived from. */
  readonly input: StatusInput;
  /** When the oldest undelivered session was recorded, by this device's clock; null without any. */
  readonly oldestPending: number | null;
  /** Something waits to be sent that nobody has to decide about. */
  readonly isWaiting: boolean;
  /** This device's clock. */
  readonly now: number;
  /** When this tab first saw a word, by `of` and word. */
  readonly since: ReadonlyMap<string, number>;
}

type Measure = Pick<StateExplanation, 'cause' | 'value' | 'threshold' | 'unit' | 'action'>;

const count = (cause: string, value: number | null, threshold: number | null, action: ActionCode): Measure => ({ cause, value, threshold, unit: 'count', action });
const time = (cause: string, value: number | null, threshold: number | null, action: ActionCode): Measure => ({ cause, value, threshold, unit: 'ms', action });

/** The key under which `since` knows a word. */
export function wordKey(of: StateExplanation['of'], state: string): string {
  return `${of} ${state}`;
}

/** Every word of a status, in the order in which people read them. */
export function explainStatus(on: Explained): readonly StateExplanation[] {
  const { status, since } = on;
  const { local } = status;
  const { closing } = local;
  const [cause, action] = CLOSING[closing.word];
  const word = (of: StateExplanation['of'], state: string, measure: Measure): StateExplanation =>
    ({ of, deviceId: null, state, ...measure, since: since.get(wordKey(of, state)) ?? null });
  return [
    overall(on), ...devices(on),
    word('connection', local.connection, CONNECTION[local.connection](on)),
    word('phase', local.phase, PHASE[local.phase](on)),
    word('closing', closing.word, count(cause, closing.sessions || Number(closing.others), 1, action)),
    ...local.problems.map((code) => word('problem', code, explainProblem(code, on))),
    ...CERTAINTIES.flatMap((certainty) => {
      const { length } = on.input.conflicts.filter((conflict) => conflict.certainty === certainty);
      return length === 0 ? [] : [word('conflicts', certainty, count(CLOCKS[certainty], length, 1, 'settle_conflicts'))];
    }),
  ];
}

/** From the server's time to this device's. */
function here(at: number | null, { input, now }: Explained): number | null {
  return at === null ? null : at + now - serverNow(input, now);
}

function overall(on: Explained): StateExplanation {
  const { input, now, since } = on;
  const found = explainOverall(syncFacts(input), serverNow(input, now), input.lastHours);
  return { of: 'sync_status', deviceId: null, ...found, since: here(found.since, on) ?? since.get(wordKey('sync_status', found.state)) ?? null };
}

function devices(on: Explained): readonly StateExplanation[] {
  const { input, status, oldestPending, now } = on;
  const facts = syncFacts(input);
  return (status.devices ?? []).flatMap(({ device_id: deviceId }) => {
    const device = facts.devices.find((one) => one.deviceId === deviceId);
    if (device === undefined) return [];
    const isOwn = deviceId === status.local.device_id;
    const found = explainDevice(device, serverNow(input, now), isOwn, input.lastHours);
    return [{ of: 'device' as const, deviceId, ...found, since: isOwn && found.state === 'pending' ? oldestPending : here(found.since, on) }];
  });
}

const CONNECTION: { readonly [Word in ConnectionWord]: (on: Explained) => Measure } = {
  online: ({ input, now }) => {
    const { lastContact } = input.sync;
    return time('answered', lastContact === null ? null : Math.max(0, serverNow(input, now) - lastContact), null, 'none');
  },
  offline: ({ input }) => count('no_network', input.sync.failures, null, 'sync'),
  unreachable: (on) => count(errorOf(on), on.input.sync.failures, 1, 'sync'),
  auth_required: (on) => count(errorOf(on), null, null, 'sign_in'),
};

const PHASE: { readonly [Word in PhaseWord]: (on: Explained) => Measure } = {
  idle: ({ input, isWaiting, status: { local: { parked, closing } } }) => {
    const sessions = pendingHere(input);
    const pending = sessions || Number(closing.others);
    if (pending === 0) return count('nothing_to_do', 0, 1, 'none');
    // Without sessions it may be preferences alone.
    const refused = sessions > 0 || isWaiting ? parked : input.parkedFacts.length;
    return refused >= pending ? count('parked', refused, 1, 'retry_parked') : count('waiting', pending, 1, 'sync');
  },
  syncing: ({ status: { local: { progress } } }) => count('exchanging', progress?.done ?? null, progress?.total ?? null, 'none'),
  backing_off: (on) => time(errorOf(on), untilNextAttempt(on), 0, 'sync'),
  paused: ({ status: { local: { problems } } }) => {
    if (problems.includes('update_needed')) return count('update_needed', null, null, 'update_app');
    return problems.includes('gone') ? count('gone', null, null, 'sign_in') : count('auth_required', null, null, 'sign_in');
  },
};

const CLOSING: { readonly [Word in ClosingWord]: readonly [cause: string, action: ActionCode] } = {
  all_sent: ['nothing_unsent', 'none'], sent_later: ['unsent', 'sync'], lost: ['no_store', 'allow_storage'],
};

function errorOf({ status: { local: { last_error: error } } }: Explained): string {
  return error?.code ?? 'not_known';
}

function untilNextAttempt({ now, status: { local: { next_attempt_at: at } } }: Explained): number | null {
  const next = at === null ? null : parseInstant(at);
  return next === null ? null : Math.max(0, next - now);
}

const PROBLEM: { readonly [Code in ProblemCode]: (on: Explained) => Measure } = {
  storage_full: ({ status: { local: { storage: { usage, quota } } } }) => ({ cause: 'quota', value: usage, threshold: quota, unit: 'bytes', action: 'free_space' }),
  storage_unavailable: () => count('store_refuses', null, null, 'allow_storage'),
  volatile_storage: ({ input }) => count('no_store', pendingHere(input), 1, 'allow_storage'),
  upgrade_blocked: () => count('old_tab', null, null, 'close_other_tabs'),
  // What is missing of history alone comes again with an exchange.
  damaged_rows: ({ input: { damaged, sync } }) => count('unreadable', damaged || 1, 1, damaged > 0 || sync.exchange === null ? 'ask_support' : 'sync'),
  possible_local_loss: ({ status: { local: { possibly_lost: lost } } }) => count('store_vanished', lost, 1, 'dismiss'),
  blocked_by_policy: ({ input }) => count('requests_blocked', input.sync.failures, 1, 'allow_requests'),
  forbidden: () => count('refused_account', null, null, 'ask_support'),
  clock_skew: ({ status: { local: { clock_skew_ms: skew } } }) => time('clock_differs', Math.abs(skew ?? 0), LIMITS.clockSkewWarnMs, 'correct_clock'),
  gone: () => count('forgotten', null, null, 'sign_in'),
  update_needed: () => count('refused_version', null, null, 'update_app'),
  incoherent_answer: () => count('contradiction', null, null, 'ask_support'),
  device_cloned: () => count('two_installations', null, null, 'dismiss'),
};

/** Why an overlap is as sure as it is. */
const CLOCKS: { readonly [Word in Certainty]: string } = {
  certain: 'longer_than_clock_error', possible: 'clock_not_known', within_clock_error: 'clocks_differ',
};

function explainProblem(code: string, on: Explained): Measure {
  return Object.hasOwn(PROBLEM, code) ? PROBLEM[code as ProblemCode](on) : count('not_known', null, null, 'ask_support');
}
