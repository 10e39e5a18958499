// What people call their devices, as the server said last: kept where the web timer keeps it, so that both have the names without a network.
import type { DeviceInfo } from '@syncline/core';

const KEPT = 'syncline.deviceNames';
const DEVICES_MAX = 200;

type Names = ReadonlyMap<string, string>;

function isName(row: unknown): row is [string, string] {
  return Array.isArray(row) && row.length === 2 && row.every((word) => typeof word === 'string');
}

/** One user's names by device id, as far as they were heard. */
export function knownNames(user: string): Names {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? 'null') as { readonly user?: unknown; readonly names?: unknown } | null;
    return new Map(kept?.user === user && Array.isArray(kept.names) ? kept.names.filter(isName) : []);
  } catch {
    return new Map();
  }
}

/** What the server says now. Devices that it does not list any more keep their names. */
export function learnNames(user: string, devices: readonly Pick<DeviceInfo, 'deviceId' | 'name'>[]): Names {
  const names = new Map(knownNames(user));
  for (const { deviceId, name } of devices) {
    names.delete(deviceId);
    if (name !== null) names.set(deviceId, name);
  }
  try {
    const text = JSON.stringify({ user, names: [...names].slice(-DEVICES_MAX) });
    if (text !== localStorage.getItem(KEPT)) localStorage.setItem(KEPT, text);
  } catch {
    // Known until this page is closed, then.
  }
  return names;
}

/** Calls when another page of this browser heard of other names. */
export function onNamesElsewhere(run: () => void): void {
  addEventListener('storage', ({ key }) => {
    if (key === KEPT) run();
  });
}
