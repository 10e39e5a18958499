// `meta/sync`: what the leading tab knows of the server, for every tab and for the next start.
import type { Capability } from '@syncline/protocol';
import type { ConnectionWord, PhaseWord, RunningElsewhere } from '../api.ts';
import { type ClockSample, readSample } from '../model/clock-bound.ts';
import { areTexts, asFields, type Fields, isCount, isNumber, isNumberOrNull, readSpan } from '../model/rows.ts';
import { isHeaderText, isMark } from './check-call.ts';
import type { Span } from './span.ts';
import { readServerAnswer, type ServerAnswer } from './server-answer.ts';

export interface LastError {
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

/** The problem that is shown while something stored cannot be read. */
export const DAMAGED = 'damaged_rows';

/** Why sending stopped for good: the account or device is gone, or the server asks for a newer app. */
export type StopReason = 'gone' | 'update_needed';

export interface SyncState {
  readonly connection: ConnectionWord;
  readonly phase: PhaseWord;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly nextAttemptAt: number | null;
  readonly lastError: LastError | null;
  readonly stopped: StopReason | null;
  /** Rounds that failed in a row, and the pause during which nothing is sent. */
  readonly failures: number;
  readonly pause: Span | null;
  /** The server asked for that pause itself: no event shortens it. */
  readonly asked: boolean;
  /** The server's own time at the last contact, ms. */
  readonly lastContact: number | null;
  readonly skew: number | null;
  /** The best that is known of this device's clock; null before the first answer that told a time. */
  readonly clock: ClockSample | null;
  /** What the server lists in its health answer; null before the first. */
  readonly capabilities: readonly string[] | null;
  /** Acknowledgements and good health answers so far: a fault between two of them is the item's, not the server's. */
  readonly successes: number;
  readonly problems: readonly string[];
  /** Where this device stands in the account's history; null before the first exchange. */
  readonly exchange: ExchangePosition | null;
  /** The id this installation took when another one was found to use its own. */
  readonly deviceId: string | null;
  readonly loss: Loss | null;
}

/** What went with stores before this one. */
export interface Loss {
  /** Unsent sessions that may be lost. */
  readonly sessions: number;
  /** Others that the server was told of, and that are not: they were put back, or lie in a store that cannot be opened now. */
  readonly kept: number;
  /** Of `sessions`, those that a person has read of. Only ever more, like these: of two tellings of one loss the larger numbers hold. */
  readonly read: number;
  readonly at: number;
}

/** That state's problems with one more, unless it is there. */
export function withProblem({ problems }: SyncState, code: string): Pick<SyncState, 'problems'> {
  return { problems: problems.includes(code) ? problems : [...problems, code] };
}

/** Whether the server is known to offer an extension. */
export function offers({ capabilities }: Pick<SyncState, 'capabilities'>, capability: Capability): boolean {
  return capabilities?.includes(capability) === true;
}

/** Whether the server is known not to offer it; one that was never asked may. */
export function lacks(state: Pick<SyncState, 'capabilities'>, capability: Capability): boolean {
  return state.capabilities !== null && !offers(state, capability);
}

export interface ExchangePosition {
  readonly epoch: string;
  /** Null while the walk from the beginning is not over. */
  readonly cursor: string | null;
  readonly tag: string;
  readonly head: number;
  /** The server's time went back: once the walk is over, what it lacks is offered again. */
  readonly isVerifying: boolean;
}

export const FIRST_STATE: SyncState = {
  connection: 'offline', phase: 'idle', progress: null, nextAttemptAt: null, lastError: null, stopped: null,
  failures: 0, pause: null, asked: false, lastContact: null, skew: null, clock: null, capabilities: null, successes: 0,
  problems: [], exchange: null, deviceId: null, loss: null,
};

/** `meta/answer`: the server's latest status answer, apart because it is larger and changes seldom. */
export interface StoredAnswer {
  /** Without this device's own row, which is always told from local data. */
  readonly answer: ServerAnswer;
  /** `head.acknowledged` when it was asked for: later acknowledgements are not in its totals. */
  readonly acknowledged: number;
  /** Sessions that ran when it was given. */
  readonly running: readonly RunningElsewhere[];
}

export function readStoredAnswer(value: unknown): StoredAnswer | null {
  const row = asFields(value);
  const answer = readServerAnswer(row?.['answer']);
  if (answer === null || !isCount(row?.['acknowledged'])) return null;
  const running = Array.isArray(row['running']) ? row['running'] : [];
  return { answer, acknowledged: row['acknowledged'], running: running.every(isRunning) ? (running as RunningElsewhere[]) : [] };
}

function isRunning(value: unknown): boolean {
  const row = asFields(value);
  return row !== null && typeof row['id'] === 'string' && isNumber(row['startTime']) && typeof row['deviceType'] === 'string';
}

const CONNECTIONS: ReadonlySet<unknown> = new Set<ConnectionWord>(['online', 'offline', 'unreachable', 'auth_required']);
const PHASES: ReadonlySet<unknown> = new Set<PhaseWord>(['idle', 'syncing', 'backing_off', 'paused']);

/** Reads the row field by field: what is damaged falls back to not knowing, and is learnt again from the server. */
export function readSyncState(value: unknown): SyncState {
  const row = asFields(value);
  if (row === null) return FIRST_STATE;
  return {
    // What only a tab of a later release knows stays.
    ...row,
    connection: CONNECTIONS.has(row['connection']) ? (row['connection'] as ConnectionWord) : 'offline',
    phase: PHASES.has(row['phase']) ? (row['phase'] as PhaseWord) : 'idle',
    progress: readProgress(row['progress']),
    nextAttemptAt: numberOrNull(row, 'nextAttemptAt'),
    lastError: readLastError(row['lastError']),
    stopped: row['stopped'] === 'gone' || row['stopped'] === 'update_needed' ? row['stopped'] : null,
    failures: isCount(row['failures']) ? row['failures'] : 0,
    pause: readSpan(row['pause']),
    asked: row['asked'] === true,
    lastContact: numberOrNull(row, 'lastContact'),
    skew: numberOrNull(row, 'skew'),
    clock: readSample(row['clock']),
    capabilities: areTexts(row['capabilities']) ? row['capabilities'] : null,
    successes: isCount(row['successes']) ? row['successes'] : 0,
    problems: areTexts(row['problems']) ? row['problems'] : [],
    exchange: readPosition(row['exchange']),
    deviceId: isHeaderText(row['deviceId']) ? row['deviceId'] : null,
    loss: readLoss(row['loss']),
  };
}

function numberOrNull(row: Fields, key: string): number | null {
  const value = row[key];
  return isNumberOrNull(value) ? value : null;
}

function readProgress(value: unknown): SyncState['progress'] {
  const { done, total } = asFields(value) ?? {};
  return isCount(done) && isCount(total) ? { done, total } : null;
}

export function readLoss(value: unknown): Loss | null {
  const { sessions, kept, read, at } = asFields(value) ?? {};
  return isCount(sessions) && isNumber(at) ? { sessions, kept: isCount(kept) ? kept : 0, read: isCount(read) ? Math.min(read, sessions) : 0, at } : null;
}

function readPosition(value: unknown): ExchangePosition | null {
  const row = asFields(value);
  const isSound =
    row !== null && isMark(row['epoch']) && (row['cursor'] === null || isMark(row['cursor'])) && isMark(row['tag']) && isCount(row['head']) &&
    typeof row['isVerifying'] === 'boolean';
  return isSound ? (row as unknown as ExchangePosition) : null;
}

function readLastError(value: unknown): LastError | null {
  const { code, message, at } = asFields(value) ?? {};
  return typeof code === 'string' && typeof message === 'string' && isNumber(at) ? { code, message, at } : null;
}
