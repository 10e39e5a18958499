// A volatile store is for want of a better one: the real one is tried again now and then, and takes over what was recorded meanwhile.
import type { Clock, Store, StoreFactory } from '../ports.ts';
import { readHistory } from './history-search.ts';
import type { OwnIdentity } from './device.ts';
import type { Local } from './local.ts';
import { closeLate, inTime } from './open-store.ts';
import { pause } from './pause.ts';
import { rescue } from './rescue.ts';

const FIRST_MS = 5000;
const LAST_MS = 60_000;

export interface ReopenOptions {
  readonly local: Local;
  readonly own: OwnIdentity;
  readonly stores: StoreFactory;
  readonly name: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Said when the real store has everything, before that is shown. */
  readonly onAdopted: () => void;
}

/** Resolves once the real store has everything, to how many sessions waited there before; to null when the engine stopped first. */
export async function reopenStore(options: ReopenOptions): Promise<number | null> {
  const { stores, name, clock, signal } = options;
  for (let delay = FIRST_MS; !signal.aborted; delay = Math.min(LAST_MS, delay * 2)) {
    await pause(delay, clock, signal);
    if (signal.aborted) return null;
    try {
      const store = await inTime(stores.open(name), clock, closeLate);
      return await adopt(options, store);
    } catch {
      // Still refused.
    }
  }
  return null;
}

/** Moves what is pending and running into the real store, in one transaction with finding its overlaps there. */
async function adopt({ local, own, signal, onAdopted }: ReopenOptions, store: Store): Promise<number | null> {
  if (signal.aborted) {
    await store.close();
    return null;
  }
  // What was recorded without the real store only this tab is sure to know: without the exchange the server does not tell it, with it not all of what was
  // cancelled, and a server that is set back before it told it has lost it.
  const before = await local.swap(store);
  let found = 0;
  try {
    const confirmed = (await readHistory(before.store)).filter(({ deviceId }) => deviceId === own.identity.deviceId);
    found = await rescue(local, { ...before, confirmed });
  } catch (error) {
    await local.swap(before.store);
    await local.refresh().catch(() => undefined);
    local.swapped();
    await store.close().catch(() => undefined);
    throw error;
  }
  onAdopted();
  local.swapped();
  await before.store.close().catch(() => undefined);
  return found;
}
