// A volatile store is for want of a better one: the real one is tried again now and then, and takes over what was recorded meanwhile.
import type { Clock, Store, StoreFactory } from '../ports.ts';
import { joinConflicts } from './conflict-groups.ts';
import type { Local } from './local.ts';
import { inTime } from './open-store.ts';

const FIRST_MS = 5000;
const LAST_MS = 300_000;

export interface ReopenOptions {
  readonly local: Local;
  readonly stores: StoreFactory;
  readonly name: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Resolves to true once the real store has everything, to false when the engine stopped before. */
export async function reopenStore(options: ReopenOptions): Promise<boolean> {
  const { stores, name, clock, signal } = options;
  for (let delay = FIRST_MS; !signal.aborted; delay = Math.min(LAST_MS, delay * 2)) {
    await new Promise<void>((resolve) => {
      const cancel = clock.setTimer(delay, resolve);
      signal.addEventListener('abort', () => (cancel(), resolve()));
    });
    if (signal.aborted) return false;
    try {
      const store = await inTime(stores.open(name), clock);
      if (!(await adopt(options, store))) continue;
      return true;
    } catch {
      // Still refused.
    }
  }
  return false;
}

/** Moves what is pending and running into the real store, in one transaction with finding its overlaps there. */
async function adopt({ local, signal }: ReopenOptions, store: Store): Promise<boolean> {
  if (signal.aborted) {
    await store.close();
    return false;
  }
  const { version } = local.view.head;
  const before = await local.swap(store);
  try {
    await local.commit((draft) => {
      const known = new Set([...draft.view.operations.values()].map(({ opId }) => opId));
      for (const operation of before.operations) {
        if (known.has(operation.opId)) continue;
        if (operation.kind === 'submit') joinConflicts(draft, local.store, operation.session);
        const seq = draft.view.head.nextSeq;
        draft.setHead({ nextSeq: seq + 1 });
        draft.put('operations', seq, operation);
      }
      for (const running of before.running) draft.put('running', running.id, running);
      // Nobody may take the real store's state for an older one of this tab.
      draft.setHead({ version: Math.max(draft.view.head.version, version) });
    }, 'strict');
  } catch (error) {
    await local.swap(before.store);
    await local.refresh().catch(() => undefined);
    await store.close().catch(() => undefined);
    throw error;
  }
  await before.store.close().catch(() => undefined);
  return true;
}
