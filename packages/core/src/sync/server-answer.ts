// The server's status answer, read defensively: it may come from a server with other rules, or make no sense.
import { isDeviceType, parseInstant, type WireConflict } from '@syncline/protocol';
import { areTexts, asFields, type Fields, isCount, isNumberOrNull } from '../model/rows.ts';

export interface AnswerDevice {
  readonly deviceId: string;
  readonly deviceType: string;
  readonly version: string;
  readonly lastSeen: number | null;
  readonly sessionsPending: number;
}

export type AnswerConflict = Pick<WireConflict, 'affected_sessions' | 'devices'>;

/** What is kept of an answer: facts, not words. Words are derived here, so that they age with the clock. */
export interface ServerAnswer {
  readonly devices: readonly AnswerDevice[];
  readonly totalSessions: number;
  readonly lastSession: number | null;
  readonly preferencesUpdated: number | null;
  readonly openConflicts: number;
  readonly conflicts: readonly AnswerConflict[];
  /** Whether the server says that every open conflict is a plain duplicate. */
  readonly everyDuplicate: boolean;
}

/** The problem that is shown after an answer that makes no sense. */
export const INCOHERENT = 'incoherent_answer';

export const DEVICES_MAX = 1000;
const CONFLICTS_MAX = 10_000;

/**
 * Reads the documented answer. Null when it has another shape, or when its numbers contradict each other:
 * such an answer is reported as incoherent and changes nothing on the screen.
 */
export function parseServerAnswer(body: unknown): ServerAnswer | null {
  const row = asFields(body);
  const summary = asFields(row?.['data_summary']);
  if (row === null || summary === null || typeof row['sync_status'] !== 'string') return null;
  const devices = readList(row['devices'] ?? [], DEVICES_MAX, readWireDevice);
  const conflicts = readList(row['conflicts'] ?? [], CONFLICTS_MAX, readConflict);
  const lastSession = readInstant(summary['last_session']);
  const preferencesUpdated = readInstant(summary['preferences_updated']);
  const { total_sessions: total, conflicts_detected: detected } = summary;
  if (devices === null || conflicts === null || lastSession === undefined || preferencesUpdated === undefined) return null;
  if (!isCount(total) || !isCount(detected) || !isCoherent(row, summary, devices, conflicts)) return null;
  const everyDuplicate = asFields(row['conflict_resolution'])?.['auto_resolvable'] === true;
  return { devices, totalSessions: total, lastSession, preferencesUpdated, openConflicts: detected, conflicts, everyDuplicate };
}

/** What holds under any server's thresholds. */
function isCoherent(row: Fields, summary: Fields, devices: readonly AnswerDevice[], conflicts: readonly AnswerConflict[]): boolean {
  const { total_devices: total, active_devices: active, pending_syncs: pending } = row;
  const { unsynced_sessions: unsynced, conflicts_detected: detected } = summary;
  if (!isCount(total) || !isCount(active) || !isCount(pending) || !isCount(unsynced)) return false;
  const listed = devices.reduce((sum, device) => sum + device.sessionsPending, 0);
  const areDevicesListed = row['devices'] !== undefined;
  return (
    active <= total && pending <= unsynced && conflicts.length <= (detected as number) &&
    (row['sync_status'] === 'conflicts') === ((detected as number) > 0) &&
    (!areDevicesListed || (devices.length === total && listed === unsynced)) &&
    new Set(devices.map((device) => device.deviceId)).size === devices.length
  );
}

/** Null when one of them cannot be read, or there are too many. */
export function readList<T>(value: unknown, max: number, read: (item: unknown) => T | null): readonly T[] | null {
  if (!Array.isArray(value) || value.length > max) return null;
  const items: T[] = [];
  for (const entry of value) {
    const item = read(entry);
    if (item === null) return null;
    items.push(item);
  }
  return items;
}

/** Undefined when it is neither null, absent nor an instant. */
export function readInstant(value: unknown): number | null | undefined {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? (parseInstant(value) ?? undefined) : undefined;
}

function readWireDevice(value: unknown): AnswerDevice | null {
  const row = asFields(value);
  const lastSeen = readInstant(row?.['last_seen']);
  if (row === null || lastSeen === undefined) return null;
  const { device_id: deviceId, device_type: deviceType, version, sessions_pending: sessionsPending } = row;
  if (typeof deviceId !== 'string' || !isDeviceType(deviceType)) return null;
  if (!isCount(sessionsPending)) return null;
  return { deviceId, deviceType, version: typeof version === 'string' ? version : '', lastSeen, sessionsPending };
}

function readConflict(value: unknown): AnswerConflict | null {
  const row = asFields(value);
  const { affected_sessions: ids, devices } = row ?? {};
  if (!areTexts(ids) || ids.length < 2 || !areTexts(devices)) return null;
  return { affected_sessions: ids, devices };
}

/** The kept form, read back from the store. */
export function readServerAnswer(value: unknown): ServerAnswer | null {
  const row = asFields(value);
  if (row === null || !Array.isArray(row['devices']) || !Array.isArray(row['conflicts'])) return null;
  const areDevicesSound = row['devices'].every((item) => {
    const device = asFields(item);
    return (
      device !== null && typeof device['deviceId'] === 'string' && typeof device['deviceType'] === 'string' &&
      typeof device['version'] === 'string' && isCount(device['sessionsPending']) && isNumberOrNull(device['lastSeen'])
    );
  });
  const isSound =
    areDevicesSound && row['conflicts'].every((item) => readConflict(item) !== null) &&
    isCount(row['totalSessions']) && isCount(row['openConflicts']) && typeof row['everyDuplicate'] === 'boolean' &&
    isNumberOrNull(row['lastSession']) && isNumberOrNull(row['preferencesUpdated']);
  return isSound ? (row as unknown as ServerAnswer) : null;
}
