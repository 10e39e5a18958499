// From what this device holds and what the server said last to the documented status. Pure; the words come from the protocol's one function.
import {
  type Conflict, type DeviceFacts, deriveSyncStatus, formatInstant, isEveryDuplicate, LIMITS, nextStatusChangeAt,
  type ParkedFact, type StatusOptions, type SyncFacts,
} from '@syncline/protocol';
import type { EngineStatus, LocalStatus } from '../api.ts';
import type { StoreSpace } from '../ports.ts';
import type { AnswerDevice } from './server-answer.ts';
import type { View } from './view.ts';

/** This device, as its row shows it. */
export interface Self {
  readonly deviceId: string;
  readonly deviceType: string;
  readonly version: string;
  readonly name: string | null;
}

/** What one tab knows that is not in the store. */
export interface TabFacts {
  readonly leader: boolean;
  readonly problems: readonly string[];
  readonly space: StoreSpace;
  /** Sessions this device holds in a store that cannot be opened now. */
  readonly beside: number;
}

/** A word for being busy that nobody renewed for so long is not true any more. */
const BUSY_EXPIRES_MS = 60_000;
const DAMAGED: ParkedFact = { sessionId: 'unknown', message: 'its stored row cannot be read' };

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

function listDevices(view: View, self: Self, beside: number): DeviceFacts[] {
  const row: DeviceFacts = {
    deviceId: self.deviceId,
    deviceType: self.deviceType,
    version: self.version,
    name: self.name ?? undefined,
    lastSeen: view.sync.lastContact,
    sessionsPending: view.sessionsPending + beside,
  };
  return [row, ...(view.answer?.answer.devices ?? [])];
}

function parkedFacts(view: View): ParkedFact[] {
  const facts: ParkedFact[] = [];
  for (const seq of view.parked) {
    const operation = view.operations.get(seq);
    if (!operation?.delivery.parked) continue;
    const { id, startTime, project } = operation.session;
    facts.push({ sessionId: id, session: { startTime, project }, message: operation.delivery.parked.message });
  }
  for (const _ of view.damaged) facts.push(DAMAGED);
  for (const { name, message } of view.preferences?.parked ?? []) facts.push({ sessionId: null, message: `${name}: ${message}` });
  return facts;
}

/** Completed sessions that only this device can know of, and the newest end among them. */
function pendingTotals(view: View): { readonly count: number; readonly last: number | null } {
  return { count: view.unsent.size, last: view.unsent.lastEnd };
}

/** In the server's time, like what it is compared with. */
function preferencesSetAt(view: View): number | null {
  const at = view.preferences?.changedAt ?? null;
  return at === null ? null : serverNow(view, at);
}

export function syncFacts(view: View, self: Self, conflicts: readonly Conflict[], beside: number): SyncFacts {
  const answer = view.answer?.answer ?? null;
  const { acknowledged, lastAcknowledged } = view.head;
  const pending = pendingTotals(view);
  const since = Math.max(0, acknowledged - (view.answer?.acknowledged ?? 0));
  const stored = answer === null ? acknowledged : answer.totalSessions + since;
  const isListed = (answer?.conflicts.length ?? 0) === (answer?.openConflicts ?? 0);
  return {
    devices: listDevices(view, self, beside),
    totalSessions: stored + pending.count,
    lastSession: later(later(answer?.lastSession ?? null, lastAcknowledged), pending.last),
    preferencesUpdated: later(answer?.preferencesUpdated ?? null, preferencesSetAt(view)),
    preferencesPending: (view.preferences?.pending ?? 0) > 0,
    openConflicts: isListed ? conflicts.length : Math.max(conflicts.length, answer?.openConflicts ?? 0),
    // A device that the server has not seen for an hour is not active, and its sessions would not count against `healthy`. Its own do.
    settlementsPending: view.sessionsPending + view.settlementsPending + beside > 0 ? 1 : 0,
    everyConflictDuplicate: isEveryDuplicate(conflicts),
    conflicts,
    parked: parkedFacts(view),
  };
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms);
}

function localStatus(view: View, self: Self, tab: TabFacts, now: number): Omit<LocalStatus, 'version'> {
  const { sync } = view;
  const isBusyStale = sync.phase === 'syncing' && Math.abs(now - view.head.at) > BUSY_EXPIRES_MS;
  const problems = new Set([...sync.problems, ...tab.problems]);
  if (sync.stopped !== null) problems.add(sync.stopped);
  if (sync.loss !== null) problems.add('possible_local_loss');
  if (view.damaged.size > 0 || view.damagedRows > 0) problems.add('damaged_rows');
  if (sync.skew !== null && Math.abs(sync.skew) > LIMITS.clockSkewWarnMs) problems.add('clock_skew');
  return {
    connection: sync.connection,
    phase: isBusyStale ? 'idle' : sync.phase,
    progress: isBusyStale ? null : sync.progress,
    next_attempt_at: instantOrNull(sync.nextAttemptAt),
    last_error: sync.lastError === null ? null : { ...sync.lastError, at: formatInstant(sync.lastError.at) },
    parked: view.parked.size + view.damaged.size,
    problems: [...problems].sort(),
    possibly_lost: sync.loss?.sessions ?? 0,
    leader: tab.leader,
    clock_skew_ms: sync.skew,
    storage: tab.space,
    device_id: self.deviceId,
  };
}

/** The server's time as this device can tell it: ages are counted in it. */
export function serverNow(view: View, now: number): number {
  return now - (view.sync.skew ?? 0);
}

export interface Derived {
  readonly status: Omit<EngineStatus, 'local'> & { readonly local: Omit<LocalStatus, 'version'> };
  /** When time alone changes it next, by the device's clock; null for never. */
  readonly changesAt: number | null;
}

/** The status at an instant of the device's clock. */
export function deriveStatus(
  view: View,
  self: Self,
  tab: TabFacts,
  conflicts: readonly Conflict[],
  lastHours: number,
  now: number,
): Derived {
  const facts = syncFacts(view, self, conflicts, tab.beside);
  const options: StatusOptions = { checkConflicts: true, lastHours };
  const at = serverNow(view, now);
  const changesAt = nextStatusChangeAt(facts, at, options);
  return {
    status: { ...deriveSyncStatus(facts, at, options), local: localStatus(view, self, tab, now) },
    changesAt: changesAt === null ? null : changesAt + (now - at),
  };
}
