// A call of a device that is not listed yet lists it, unless it is not listed any more.
import type { Overview, ServerStore, UserTransaction, WorkPace } from '../ports.ts';

/** Whose call it is. */
export interface CallingUser {
  readonly userId: string;
  /** Looks at the login itself, whatever is believed of it. @throws Problem when it ended. */
  readonly admit: (deviceId: string) => Promise<void>;
}

/**
 * A transaction that notes the calling device. One that is not listed may have been forgotten a moment ago, by a call that this one overtook or
 * at another process: it must not come back by what it had under way. @param deviceId null when the caller does not say who it is.
 */
export async function withDevice<T>(
  store: ServerStore, { userId, admit }: CallingUser, deviceId: string | null, work: (tx: UserTransaction, overview: Overview) => Promise<T>, pace?: WorkPace,
): Promise<T> {
  const done = await store.withUser(userId, async (tx) => {
    const overview = await tx.overview();
    const isListed = deviceId === null || overview.devices.some((device) => device.deviceId === deviceId);
    return isListed ? { result: await work(tx, overview) } : null;
  }, pace);
  if (done !== null) return done.result;
  if (deviceId !== null) await admit(deviceId);
  return store.withUser(userId, async (tx) => work(tx, await tx.overview()), pace);
}
