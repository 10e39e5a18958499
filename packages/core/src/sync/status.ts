// From what this device holds and what the server said last to the documented status. Pure; the words come from the protocol's one function.
import {
  type DeviceFacts, deriveSyncStatus, formatInstant, isEveryDuplicate, LIMITS, nextStatusChangeAt, type StatusOptions, type SyncFacts,
} from '@syncline/protocol';
import type { ClosingStatus, EngineStatus, LocalStatus } from '../api.ts';
import type { AnswerDevice } from './server-answer.ts';
import type { Self, StatusInput } from './status-input.ts';
import { DAMAGED, type SyncState } from './sync-state.ts';

/** A word for being busy that nobody renewed for so long is not true any more. */
const BUSY_EXPIRES_MS = 60_000;

/** The row that is this device: by id, else, on a server that knows no ids, the only one of our type and version. */
export function findOwn(devices: readonly AnswerDevice[], self: Self, isBasic: boolean): AnswerDevice | undefined {
  const byId = devices.find((device) => device.deviceId === self.deviceId);
  if (byId !== undefined || !isBasic) return byId;
  const alike = devices.filter((device) => device.deviceType === self.deviceType && device.version === self.version);
  return alike.length === 1 ? alike[0] : undefined;
}

function later(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

/** Sessions that this device has not delivered, in whichever store they are. */
export function pendingHere({ sessionsPending, tab }: StatusInput): number {
  return sessionsPending + tab.beside;
}

function listDevices(input: StatusInput): DeviceFacts[] {
  const { self, sync, answer } = input;
  const row: DeviceFacts = {
    deviceId: self.deviceId,
    deviceType: self.deviceType,
    version: self.version,
    name: self.name ?? undefined,
    lastSeen: sync.lastContact,
    sessionsPending: pendingHere(input),
  };
  return [row, ...(answer?.answer.devices ?? [])];
}

export function syncFacts(input: StatusInput): SyncFacts {
  const { conflicts, acknowledged, unsent, preferencesChangedAt } = input;
  const answer = input.answer?.answer ?? null;
  const since = Math.max(0, acknowledged - (input.answer?.acknowledged ?? 0));
  const stored = answer === null ? acknowledged : answer.totalSessions + since;
  const isListed = (answer?.conflicts.length ?? 0) === (answer?.openConflicts ?? 0);
  // In the server's time, like what it is compared with.
  const preferencesSetAt = preferencesChangedAt === null ? null : serverNow(input, preferencesChangedAt);
  return {
    devices: listDevices(input),
    totalSessions: stored + unsent.count,
    lastSession: later(later(answer?.lastSession ?? null, input.lastAcknowledged), unsent.lastEnd),
    preferencesUpdated: later(answer?.preferencesUpdated ?? null, preferencesSetAt),
    preferencesPending: input.preferencesPending,
    openConflicts: isListed ? conflicts.length : Math.max(conflicts.length, answer?.openConflicts ?? 0),
    // A device that the server has not seen for an hour is not active, and its sessions would not count against `healthy`. Its own do.
    settlementsPending: pendingHere(input) + input.settlementsPending > 0 ? 1 : 0,
    everyConflictDuplicate: isEveryDuplicate(conflicts),
    conflicts,
    parked: input.parkedFacts,
  };
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms);
}

/** What closing now would leave unsent. A real store beside a volatile one keeps what it holds; what is not back in a real one, only this tab does. */
export function closingStatus(input: StatusInput): ClosingStatus {
  const { tab, sessionsPending, settlementsPending, preferencesPending, running } = input;
  const others = settlementsPending > 0 || preferencesPending;
  const isVolatile = tab.problems.includes('volatile_storage');
  const adrift = isVolatile ? sessionsPending + running : tab.beside;
  const isLost = adrift > 0 || (isVolatile && others);
  const sessions = isLost ? adrift : pendingHere(input);
  return { word: isLost ? 'lost' : sessions > 0 || others ? 'sent_later' : 'all_sent', sessions, others };
}

function localStatus(input: StatusInput, now: number): Omit<LocalStatus, 'version'> {
  const { sync, self, tab, parked, damaged, writtenAt } = input;
  const isBusyStale = sync.phase === 'syncing' && Math.abs(now - writtenAt) > BUSY_EXPIRES_MS;
  const problems = new Set([...sync.problems, ...tab.problems]);
  if (sync.stopped !== null) problems.add(sync.stopped);
  const lost = sync.loss === null ? 0 : sync.loss.sessions - sync.loss.read;
  if (lost > 0) problems.add('possible_local_loss');
  if (damaged > 0) problems.add(DAMAGED);
  if (sync.skew !== null && Math.abs(sync.skew) > LIMITS.clockSkewWarnMs) problems.add('clock_skew');
  return {
    connection: sync.connection,
    phase: isBusyStale ? 'idle' : sync.phase,
    progress: isBusyStale ? null : sync.progress,
    next_attempt_at: instantOrNull(sync.nextAttemptAt),
    last_error: sync.lastError === null ? null : { ...sync.lastError, at: formatInstant(sync.lastError.at) },
    parked,
    problems: [...problems].sort(),
    possibly_lost: lost,
    closing: closingStatus(input),
    leader: tab.leader,
    clock_skew_ms: sync.skew,
    storage: tab.space,
    device_id: self.deviceId,
  };
}

/** The server's time as this device can tell it: ages are counted in it. */
export function serverNow({ sync }: { readonly sync: Pick<SyncState, 'skew'> }, now: number): number {
  return now - (sync.skew ?? 0);
}

/** A status without its place in the order of emissions. */
export type DerivedStatus = Omit<EngineStatus, 'local'> & { readonly local: Omit<LocalStatus, 'version'> };

export interface Derived {
  readonly status: DerivedStatus;
  /** When time alone changes it next, by the device's clock; null for never. */
  readonly changesAt: number | null;
}

/** The status at an instant of the device's clock. */
export function deriveStatus(input: StatusInput, now: number): Derived {
  const facts = syncFacts(input);
  const options: StatusOptions = { checkConflicts: true, lastHours: input.lastHours };
  const at = serverNow(input, now);
  const changesAt = nextStatusChangeAt(facts, at, options);
  return {
    status: { ...deriveSyncStatus(facts, at, options), local: localStatus(input, now) },
    changesAt: changesAt === null ? null : changesAt + (now - at),
  };
}
