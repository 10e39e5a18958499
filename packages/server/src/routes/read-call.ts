// What the documented reading calls have in common: they note the device that asks, and mostly without a write.
import type { Overview, UserReader } from '../ports.ts';
import { problem } from '../http/problem.ts';
import type { RouteInput } from '../http/route.ts';
import { applyTouch, type Caller, touchDevice } from '../sync/devices.ts';
import { withDevice } from '../sync/listed-device.ts';
import { readCaller } from './write-call.ts';

/**
 * Reads, and stores that the device was seen before the answer is given. Within 30 s of its last contact, and with nothing new to
 * say, a call writes nothing and takes no lock.
 * @param glance what the overview alone can answer, or null where it cannot; tried first, because it is one round trip.
 */
export async function readAndTouch<T>(
  input: RouteInput,
  read: (tx: UserReader, overview: Overview) => Promise<T>,
  glance?: (overview: Overview) => T | null,
): Promise<T> {
  const caller = readCaller(input);
  const { store } = input.ports;
  const { userId } = input.user;
  if (caller !== null || glance !== undefined) {
    const overview = await store.overview(userId);
    const isKept = caller === null || touchDevice(overview.devices, caller, 0, input.now, false).kind === 'kept';
    const seen = isKept ? (glance?.(overview) ?? null) : null;
    if (seen !== null) return seen;
    if (!isKept) return touchAndRead(input, caller, read);
  }
  return store.readUser(userId, async (tx) => read(tx, await tx.overview()));
}

/** The same for what takes long to read: the device is noted first, so that nobody waits for the user's lock meanwhile. */
export async function touchThenRead<T>(input: RouteInput, read: (tx: UserReader) => Promise<T>): Promise<T> {
  await readAndTouch(input, async () => true, () => true);
  return input.ports.store.readUser(input.user.userId, read);
}

function touchAndRead<T>({ ports, user, now }: RouteInput, caller: Caller, read: (tx: UserReader, overview: Overview) => Promise<T>): Promise<T> {
  return withDevice(ports.store, user, caller.deviceId, async (tx, overview) => {
    const touch = touchDevice(overview.devices, caller, 0, now, false);
    if (touch.kind === 'full') throw problem('limit_reached', { message: 'This account has too many devices' });
    if (touch.kind === 'write') await tx.write({ devices: [touch.device], removedDevices: touch.forgotten });
    return read(tx, { ...overview, devices: applyTouch(overview.devices, touch) });
  });
}
