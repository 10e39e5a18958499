// What a status must say, worked out again from the facts that it carries. Imports nothing that it judges:
// the documented words are written down here a second time, on purpose.

/** A status as anybody reads it from the wire. */
export interface StatusFacts {
  readonly sync_status: string;
  readonly last_sync: string | null;
  readonly total_devices: number;
  readonly active_devices: number;
  readonly pending_syncs: number;
  readonly devices?: readonly DeviceRow[] | undefined;
  readonly data_summary: { readonly unsynced_sessions: number; readonly conflicts_detected: number };
}

export interface DeviceRow {
  readonly device_id: string;
  readonly last_seen: string | null;
  readonly sync_status: string;
  readonly sessions_pending: number;
}

const isActive = (device: DeviceRow): boolean => device.sync_status === 'pending' || device.sync_status === 'up_to_date';
const sum = (devices: readonly DeviceRow[]): number => devices.reduce((total, device) => total + device.sessions_pending, 0);

/** The word that the rest of this status asks for. `otherPending`: changes beside sessions that wait to be sent. */
export function wordFromFacts(status: StatusFacts, otherPending: boolean): string {
  const devices = status.devices ?? [];
  const seen = devices.filter((device) => device.sync_status !== 'offline');
  if (status.data_summary.conflicts_detected > 0) return 'conflicts';
  if (seen.length === 0) return 'offline';
  if (status.pending_syncs > 0 || !devices.some(isActive) || otherPending) return 'delayed';
  return 'healthy';
}

/** Everything in which a status contradicts itself; empty when nothing does. Needs the list of devices. */
export function contradictions(status: StatusFacts, otherPending = false): string[] {
  const devices = status.devices;
  if (devices === undefined) return [];
  const wrong: string[] = [];
  const expect = (what: string, said: unknown, is: unknown): void => {
    if (said !== is) wrong.push(`${what} says ${String(said)}, its own facts say ${String(is)}`);
  };
  expect('sync_status', status.sync_status, wordFromFacts(status, otherPending));
  expect('total_devices', status.total_devices, devices.length);
  expect('active_devices', status.active_devices, devices.filter(isActive).length);
  expect('pending_syncs', status.pending_syncs, sum(devices.filter(isActive)));
  expect('unsynced_sessions', status.data_summary.unsynced_sessions, sum(devices));
  const seen = devices.map((device) => device.last_seen).filter((at) => at !== null).map((at) => Date.parse(at));
  expect('last_sync', status.last_sync === null ? null : Date.parse(status.last_sync), seen.length === 0 ? null : Math.max(...seen));
  for (const [index, device] of devices.entries()) wrong.push(...rowContradictions(device, devices[index + 1]));
  return wrong;
}

function rowContradictions(device: DeviceRow, next: DeviceRow | undefined): string[] {
  const wrong: string[] = [];
  if (device.sync_status === 'up_to_date' && device.sessions_pending > 0) wrong.push(`${device.device_id} is up_to_date with ${device.sessions_pending} pending`);
  if (device.sync_status === 'pending' && device.sessions_pending === 0) wrong.push(`${device.device_id} is pending with nothing pending`);
  if (device.last_seen === null && device.sync_status !== 'offline') wrong.push(`${device.device_id} was never seen and is ${device.sync_status}`);
  const order = (row: DeviceRow): number => (row.last_seen === null ? Number.NEGATIVE_INFINITY : Date.parse(row.last_seen));
  if (next !== undefined && order(next) > order(device)) wrong.push(`${next.device_id} was seen later and stands below ${device.device_id}`);
  return wrong;
}

/** Whether a tab says that what it keeps will not outlive it. */
export function isVolatile(status: { readonly local: { readonly problems: readonly string[] } }): boolean {
  return status.local.problems.includes('volatile_storage');
}
