// The devices of a user, for a person to look after. A device of somebody else is one that does not exist.
import {
  type DeviceNameRequest, type DeviceRecord, type DeviceResponse, type DeviceSignedOutResponse, type DevicesResponse, deviceWord, formatInstant, isRetired, LIMITS,
} from '@syncline/protocol';
import { problem } from '../http/problem.ts';
import type { Route, RouteInput } from '../http/route.ts';
import type { Overview, StoredDevice } from '../ports.ts';
import { shownName } from '../sync/devices.ts';
import { instantOrNull } from '../sync/session-records.ts';
import { toDeviceFacts } from '../sync/status-facts.ts';
import { readAndTouch } from './read-call.ts';

export const devicesRoute: Route = {
  call: 'devices',
  async handle(input) {
    const { now, user, ports: { store } } = input;
    const shown = (overview: Overview): readonly StoredDevice[] => overview.devices.filter((device) => !isRetired(device, now));
    const devices = await readAndTouch(input, async (_tx, overview) => shown(overview), shown);
    const signedIn = await store.accounts.devicesSignedIn(user.userId, now);
    const body: DevicesResponse = { devices: devices.map((device) => toRecord(device, signedIn, now)), server_time: formatInstant(now) };
    return { status: 200, body };
  },
};

export const deviceNameRoute: Route = {
  call: 'deviceName',
  async handle(input) {
    const { now, user, ports: { store }, params } = input;
    const { name } = input.body as DeviceNameRequest;
    const device = await store.withUser(user.userId, async (tx) => {
      const known = find((await tx.overview()).devices, params['device_id']);
      const named: StoredDevice = { ...known, givenName: name };
      if (known.givenName !== name) await tx.write({ devices: [named] });
      return named;
    });
    const body: DeviceResponse = { success: true, device: toRecord(device, await store.accounts.devicesSignedIn(user.userId, now), now) };
    return { status: 200, body };
  },
};

export const deviceSignOutRoute: Route = {
  call: 'deviceSignOut',
  async handle(input) {
    const device = await knownDevice(input);
    const body: DeviceSignedOutResponse = { success: true, message: 'Device signed out', logins_ended: await endLogins(input, device, false) };
    return { status: 200, body };
  },
};

export const deviceForgetRoute: Route = {
  call: 'deviceForget',
  async handle(input) {
    const { user, ports: { store } } = input;
    const device = await knownDevice(input);
    // Its logins first: should this be cut in the middle, the device is still listed, and forgetting it again does the rest.
    const ended = await endLogins(input, device, true);
    await store.withUser(user.userId, (tx) => tx.write({ removedDevices: [device.deviceId] }));
    const body: DeviceSignedOutResponse = { success: true, message: 'Device forgotten', logins_ended: ended };
    return { status: 200, body };
  },
};

async function knownDevice({ user, ports: { store }, params }: RouteInput): Promise<StoredDevice> {
  return store.readUser(user.userId, async (tx) => find((await tx.overview()).devices, params['device_id']));
}

function find(devices: readonly StoredDevice[], id: string | undefined): StoredDevice {
  const device = devices.find(({ deviceId }) => deviceId === id);
  if (device === undefined) throw problem('not_found');
  return device;
}

async function endLogins({ user, ports: { store }, now, onRevoked }: RouteInput, { deviceId }: StoredDevice, isForgotten: boolean): Promise<number> {
  const sids = await store.accounts.revokeDevice(user.userId, deviceId, now, isForgotten);
  for (const sid of sids) onRevoked(sid);
  return sids.length;
}

function toRecord(device: StoredDevice, signedIn: ReadonlySet<string>, now: number): DeviceRecord {
  return {
    device_id: device.deviceId,
    device_type: device.deviceType,
    version: device.version,
    name: shownName(device),
    status: deviceWord(toDeviceFacts(device), now, LIMITS.lastHoursDefault),
    last_seen: instantOrNull(device.lastSeen),
    sessions_pending: device.sessionsPending,
    pending_as_of: instantOrNull(device.pendingAsOf),
    oldest_pending: instantOrNull(device.oldestPending),
    created_at: formatInstant(device.createdAt),
    signed_in: signedIn.has(device.deviceId),
  };
}
