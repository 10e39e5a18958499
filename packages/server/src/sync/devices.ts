// Which row a call writes about the device that made it, if any. Pure.
import { type CallerHeaders, isActive, isRetired, LIMITS, parseAppIdentifier } from '@syncline/protocol';
import type { StoredDevice } from '../ports.ts';

/** What a call says of its device. Absent facts keep what is known. */
export interface Caller {
  readonly deviceId: string;
  readonly deviceType?: string | undefined;
  readonly version?: string | undefined;
  /** Sessions it held when it sent the call, those in it included. */
  readonly sessionsPending?: number | undefined;
}

/** `kept`: the row is right as it is · `write`: store it, and forget those · `full`: no place for another device. */
export type Touch =
  | { readonly kind: 'kept' }
  | { readonly kind: 'write'; readonly device: StoredDevice; readonly forgotten: readonly string[] }
  | { readonly kind: 'full' };

const UNKNOWN = 'unknown';

/** The caller as the documented headers tell it, or null: only a call with `X-Device-Id` touches a device. */
export function callerOf(headers: CallerHeaders, source?: string): Caller | null {
  if (headers.deviceId === undefined) return null;
  const app = headers.appIdentifier === undefined ? null : parseAppIdentifier(headers.appIdentifier);
  return {
    deviceId: headers.deviceId,
    deviceType: source ?? app?.deviceType,
    version: app?.version,
    sessionsPending: headers.sessionsPending,
  };
}

/**
 * @param settled sessions of this call that need no further operation: no longer pending.
 * @param isWriting whether the transaction writes anyhow; then `last_seen` costs nothing and is kept exact.
 */
export function touchDevice(
  devices: readonly StoredDevice[],
  caller: Caller,
  settled: number,
  now: number,
  isWriting: boolean,
): Touch {
  const known = devices.find((device) => device.deviceId === caller.deviceId);
  const pending = caller.sessionsPending;
  const sessionsPending = pending === undefined ? (known?.sessionsPending ?? 0) : Math.max(0, pending - settled);
  const device: StoredDevice = {
    deviceId: caller.deviceId,
    deviceType: caller.deviceType ?? known?.deviceType ?? UNKNOWN,
    version: caller.version ?? known?.version ?? UNKNOWN,
    name: known?.name ?? null,
    givenName: known?.givenName ?? null,
    pendingAsOf: pending === undefined ? (known?.pendingAsOf ?? null) : now,
    lastSeen: now,
    sessionsPending,
    oldestPending: sessionsPending === 0 ? null : (known?.oldestPending ?? null),
    createdAt: known?.createdAt ?? now,
    memory: known?.memory ?? null,
  };
  return decideTouch(devices, known, device, now, isWriting);
}

/** Whether the row is worth a write: not when only its `last_seen` changed, within 30 s, in a transaction that writes nothing else. */
export function decideTouch(
  devices: readonly StoredDevice[],
  known: StoredDevice | undefined,
  device: StoredDevice,
  now: number,
  isWriting: boolean,
): Touch {
  if (known === undefined) {
    const forgotten = makeRoom(devices, now);
    return forgotten === null ? { kind: 'full' } : { kind: 'write', device, forgotten };
  }
  const seen = known.lastSeen ?? Number.NEGATIVE_INFINITY;
  // Calls overtake each other and servers disagree by a little, which makes no device look older than it is. What lies further ahead was noted
  // by a clock that has been put right since: left as it is, the device would be active until then, whatever became of it.
  const isFromFuture = seen > now + LIMITS.futureLeewayMs;
  const lastSeen = isFromFuture ? now : Math.max(now, seen);
  const isNews = now - seen >= LIMITS.lastSeenWriteMs || isFromFuture || isWriting || !isSameBut(known, device);
  return isNews ? { kind: 'write', device: { ...device, lastSeen }, forgotten: [] } : { kind: 'kept' };
}

/** The devices after the touch, newest contact first. */
export function applyTouch(devices: readonly StoredDevice[], touch: Touch): readonly StoredDevice[] {
  if (touch.kind !== 'write') return devices;
  const gone = new Set([touch.device.deviceId, ...touch.forgotten]);
  return [touch.device, ...devices.filter((device) => !gone.has(device.deviceId))];
}

/** Which devices make room for another one; null while all are active. Retired ones go first, then the longest unseen, idle ones before others. */
function makeRoom(devices: readonly StoredDevice[], now: number): readonly string[] | null {
  if (devices.length < LIMITS.devicesPerUserMax) return [];
  const retired = devices.filter((device) => isRetired(device, now));
  if (retired.length > 0) return retired.map((device) => device.deviceId);
  const absent = devices.filter((device) => !isActive(device, now)).toSorted((a, b) => (a.lastSeen ?? 0) - (b.lastSeen ?? 0));
  const oldest = absent.find((device) => device.sessionsPending === 0) ?? absent[0];
  return oldest === undefined ? null : [oldest.deviceId];
}

/** The name a person gave a device, else the one it gave itself. */
export function shownName({ givenName, name }: Pick<StoredDevice, 'givenName' | 'name'>): string | null {
  return givenName ?? name;
}

function isSameBut(known: StoredDevice, device: StoredDevice): boolean {
  return (
    known.deviceType === device.deviceType && known.version === device.version && known.name === device.name &&
    known.sessionsPending === device.sessionsPending && known.oldestPending === device.oldestPending && known.memory === device.memory
  );
}
