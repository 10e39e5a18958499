// One case for each word that only a device knows, and for each cause behind it.
import { CERTAINTIES, type Conflict, deriveSyncStatus } from '@syncline/protocol';
import type { ProblemCode } from '../api-explain.ts';
import type { ConnectionWord, EngineStatus, LocalStatus, PhaseWord } from '../api.ts';
import type { Explained } from './explain.ts';
import { closingStatus, syncFacts } from './status.ts';
import type { StatusInput } from './status-input.ts';
import { FIRST_STATE } from './sync-state.ts';

const NOW: number = Date.UTC(2025, 7, 24, 18);
const INPUT: StatusInput = {
  self: { deviceId: 'own', deviceType: 'web_timer', version: '1', name: null },
  tab: { leader: true, problems: [], space: { usage: 10, quota: 10, persisted: true }, beside: 0 },
  sync: { ...FIRST_STATE, failures: 2, lastContact: NOW - 5000, skew: 0 },
  answer: null, conflicts: [], unsent: { count: 0, lastEnd: null }, sessionsPending: 0, settlementsPending: 0, running: 0, acknowledged: 3, lastAcknowledged: null,
  writtenAt: NOW, parked: 0, damaged: 0, parkedFacts: [], preferencesPending: false, preferencesChangedAt: null, lastHours: 24,
};
const LOCAL: LocalStatus = {
  connection: 'online', phase: 'idle', progress: null, next_attempt_at: null, last_error: { code: 'network', message: '', at: '2025-08-24T17:59:00Z' },
  parked: 0, problems: [], possibly_lost: 0, closing: { word: 'all_sent', sessions: 0, others: false }, leader: true, clock_skew_ms: 0, storage: { usage: 10, quota: 10, persisted: true }, device_id: 'own', version: 1,
};

function caseOf(local: Partial<LocalStatus>, sessionsPending = 0, conflicts: readonly Conflict[] = []): Explained {
  const input: StatusInput = { ...INPUT, sessionsPending, conflicts };
  const tab = { ...INPUT.tab, problems: local.problems ?? [] };
  const status: EngineStatus = { ...deriveSyncStatus(syncFacts(input), NOW), local: { ...LOCAL, closing: closingStatus({ ...input, tab }), ...local } };
  return { status, input, oldestPending: null, isWaiting: true, now: NOW, since: new Map() };
}

const CONNECTIONS: { readonly [Word in ConnectionWord]: true } = { online: true, offline: true, unreachable: true, auth_required: true };
const PHASES: { readonly [Word in PhaseWord]: readonly Explained[] } = {
  idle: [caseOf({ phase: 'idle' }), caseOf({ phase: 'idle' }, 2), caseOf({ phase: 'idle', parked: 2 }, 2)],
  syncing: [caseOf({ phase: 'syncing', progress: { done: 3, total: 10 } })],
  backing_off: [caseOf({ phase: 'backing_off', next_attempt_at: '2025-08-24T18:00:30Z' })],
  paused: [caseOf({ phase: 'paused' }), caseOf({ phase: 'paused', problems: ['gone'] }), caseOf({ phase: 'paused', problems: ['update_needed'] })],
};
const PROBLEMS: { readonly [Code in ProblemCode]: Partial<LocalStatus> } = {
  storage_full: {}, storage_unavailable: {}, volatile_storage: {}, upgrade_blocked: {}, damaged_rows: {}, possible_local_loss: { possibly_lost: 4 },
  blocked_by_policy: {}, forbidden: {}, clock_skew: { clock_skew_ms: 300_000 }, gone: {}, update_needed: {}, incoherent_answer: {}, device_cloned: {},
};

/** A server has given history before, and can again. */
function withExchange(one: Explained): Explained {
  return { ...one, input: { ...one.input, sync: { ...one.input.sync, exchange: { epoch: 'e', cursor: 'c', tag: '', head: 1, isVerifying: false } } } };
}

export const EXPLAINED_CASES: readonly Explained[] = [
  ...Object.keys(CONNECTIONS).map((connection) => caseOf({ connection: connection as ConnectionWord })),
  ...Object.values(PHASES).flat(),
  caseOf({ problems: ['volatile_storage'] }, 2),
  caseOf({}, 0, CERTAINTIES.map((certainty) => ({ id: certainty, kind: 'partial', sessionIds: ['a', 'b'], deviceTypes: ['web_timer'], severalDevices: true, certainty }))),
  ...Object.entries(PROBLEMS).map(([code, local]) => caseOf({ ...local, problems: [code] })),
  withExchange(caseOf({ problems: ['damaged_rows'] })),
];
