// The status of a user's devices, derived from facts and a clock. The server answers it, the engine shows it,
// and both call this one function, so they can never disagree about a word. Order of the rules matters: the first that fits wins.
import { toWireConflict, type WireConflict } from './conflict.ts';
import { formatInstant } from './instant.ts';
import { LIMITS } from './limits.ts';
import { recommend, REVIEW_CONFLICTS } from './recommendations.ts';
import type { DeviceFacts, SyncFacts } from './sync-facts.ts';
import { syncLagWords } from './sync-lag.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Word for one device: fully synced, holding sessions, behind by an hour or more, not seen within `last_hours`. */
export type DeviceWord = 'up_to_date' | 'pending' | 'stale' | 'offline';

/** Word for the whole. `healthy` speaks of active devices only: show `unsynced_sessions` beside it. */
export type OverallWord = 'healthy' | 'delayed' | 'conflicts' | 'offline';

/** The query of the status call. */
export interface StatusOptions {
  /** List devices. Default true. */
  readonly includeDevices?: boolean | undefined;
  /** List conflicts. Default false. */
  readonly checkConflicts?: boolean | undefined;
  /** Hours after which a device counts as offline, 1 to 8760. Default 24. */
  readonly lastHours?: number | undefined;
  /** Address printed with conflicts. Default {@link SUPPORT_CONTACT}. */
  readonly supportContact?: string | undefined;
}

/** A device's row in the documented answer. */
export interface DeviceStatus {
  readonly device_id: string;
  readonly device_type: string;
  readonly last_seen: string | null;
  readonly sync_status: DeviceWord;
  readonly version: string;
  readonly sessions_pending: number;
}

/** Totals in the documented answer. */
export interface DataSummary {
  readonly total_sessions: number;
  readonly unsynced_sessions: number;
  readonly last_session: string | null;
  readonly preferences_updated: string | null;
  readonly conflicts_detected: number;
}

/** What to do about the conflicts listed. */
export interface ConflictResolution {
  readonly auto_resolvable: boolean;
  readonly recommended_action: string;
  readonly support_contact: string;
}

/** The documented answer of `GET /api/sync/status`: these fields and no others. */
export interface SyncStatus {
  readonly sync_status: OverallWord;
  readonly last_sync: string | null;
  readonly sync_lag: string | null;
  readonly total_devices: number;
  readonly active_devices: number;
  readonly pending_syncs: number;
  readonly devices?: readonly DeviceStatus[];
  readonly data_summary: DataSummary;
  readonly recommendations: readonly string[];
  readonly conflicts?: readonly WireConflict[];
  readonly conflict_resolution?: ConflictResolution;
}

/** The address printed when none is configured. */
export const SUPPORT_CONTACT: string = 'api-support@regardingwork.com';

/** Milliseconds since a device was seen, never below zero; null when it never was. */
export function deviceAge(device: Pick<DeviceFacts, 'lastSeen'>, now: number): number | null {
  return device.lastSeen === null ? null : Math.max(0, now - device.lastSeen);
}

/** Whether a device was seen less than an hour ago. */
export function isActive(device: Pick<DeviceFacts, 'lastSeen'>, now: number): boolean {
  const age = deviceAge(device, now);
  return age !== null && age < LIMITS.activeWindowMs;
}

/** Whether a device is retired: unseen for 90 days and nothing pending. One that was never seen is not. */
export function isRetired(device: Pick<DeviceFacts, 'lastSeen' | 'sessionsPending'>, now: number): boolean {
  const age = deviceAge(device, now);
  return age !== null && age >= LIMITS.retireAfterDays * DAY_MS && device.sessionsPending === 0;
}

/**
 * The word for one device.
 * @param now ms since the epoch, in server time.
 * @param lastHours 1 to 8760.
 */
export function deviceWord(
  facts: Pick<DeviceFacts, 'lastSeen' | 'sessionsPending'>,
  now: number,
  lastHours: number = LIMITS.lastHoursDefault,
): DeviceWord {
  const age = deviceAge(facts, now);
  if (age === null || age > lastHours * HOUR_MS) return 'offline';
  if (age >= LIMITS.activeWindowMs) return 'stale';
  return facts.sessionsPending > 0 ? 'pending' : 'up_to_date';
}

/** The word for the whole. Pending preferences and settlements forbid `healthy` as pending sessions do. */
export function overallWord(facts: SyncFacts, now: number, lastHours: number = LIMITS.lastHoursDefault): OverallWord {
  if (facts.openConflicts > 0) return 'conflicts';
  const devices = facts.devices.filter((device) => !isRetired(device, now));
  if (devices.every((device) => deviceWord(device, now, lastHours) === 'offline')) return 'offline';
  const active = devices.filter((device) => isActive(device, now));
  const isWaiting = facts.preferencesPending === true || (facts.settlementsPending ?? 0) > 0;
  if (active.length === 0 || sumPending(active) > 0 || isWaiting) return 'delayed';
  return 'healthy';
}

/** Devices that are not retired, newest `last_seen` first, never seen ones last; equal ones by id. */
export function listedDevices(devices: readonly DeviceFacts[], now: number): DeviceFacts[] {
  return devices
    .filter((device) => !isRetired(device, now))
    .sort((a, b) => compareSeen(a.lastSeen, b.lastSeen) || (a.deviceId < b.deviceId ? -1 : 1));
}

function compareSeen(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null ? -1 : b - a;
}

function sumPending(devices: readonly DeviceFacts[]): number {
  return devices.reduce((sum, device) => sum + device.sessionsPending, 0);
}

/**
 * The documented answer of `GET /api/sync/status` for these facts at this instant. Pure: equal arguments, equal answer.
 * @param now ms since the epoch, in server time.
 */
export function deriveSyncStatus(facts: SyncFacts, now: number, options: StatusOptions = {}): SyncStatus {
  const lastHours = options.lastHours ?? LIMITS.lastHoursDefault;
  const devices = listedDevices(facts.devices, now);
  const lastSync = devices[0]?.lastSeen ?? null;
  const active = devices.filter((device) => isActive(device, now));
  return {
    sync_status: overallWord(facts, now, lastHours),
    last_sync: instantOrNull(lastSync),
    sync_lag: lastSync === null ? null : syncLagWords(now - lastSync),
    total_devices: devices.length,
    active_devices: active.length,
    pending_syncs: sumPending(active),
    ...(options.includeDevices === false
      ? {}
      : { devices: devices.map((device) => deviceRow(device, now, lastHours)) }),
    data_summary: {
      total_sessions: facts.totalSessions,
      unsynced_sessions: sumPending(devices),
      last_session: instantOrNull(facts.lastSession),
      preferences_updated: instantOrNull(facts.preferencesUpdated),
      conflicts_detected: facts.openConflicts,
    },
    recommendations: recommend(facts, devices),
    ...(options.checkConflicts === true ? conflictFields(facts, options) : {}),
  };
}

function deviceRow(device: DeviceFacts, now: number, lastHours: number): DeviceStatus {
  return {
    device_id: device.deviceId,
    device_type: device.deviceType,
    last_seen: instantOrNull(device.lastSeen),
    sync_status: deviceWord(device, now, lastHours),
    version: device.version,
    sessions_pending: device.sessionsPending,
  };
}

function conflictFields(
  facts: SyncFacts,
  options: StatusOptions,
): Pick<SyncStatus, 'conflicts' | 'conflict_resolution'> {
  const everyDuplicate = facts.everyConflictDuplicate === true;
  const conflicts = (facts.conflicts ?? []).map((conflict) => toWireConflict(conflict, everyDuplicate));
  if (facts.openConflicts === 0) return { conflicts };
  return {
    conflicts,
    conflict_resolution: {
      auto_resolvable: everyDuplicate,
      recommended_action: REVIEW_CONFLICTS,
      support_contact: options.supportContact ?? SUPPORT_CONTACT,
    },
  };
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms);
}
