// Web Locks: mutual exclusion among the tabs and workers of one origin.
import type { Locks } from '../ports.ts';

type Hold = (lost: AbortSignal) => Promise<void>;

class WebLocks implements Locks {
  readonly #manager: LockManager;

  constructor(manager: LockManager) {
    this.#manager = manager;
  }

  async request(name: string, options: { readonly steal?: boolean | undefined; readonly signal: AbortSignal }, hold: Hold): Promise<void> {
    const { steal, signal } = options;
    if (signal.aborted) return;
    const lost = new AbortController();
    let held: Promise<void> | undefined;
    const run = (): Promise<void> => (held = signal.aborted ? Promise.resolve() : (async () => hold(lost.signal))());
    try {
      // The platform takes no signal together with `steal`, which never waits anyway.
      await this.#manager.request(name, steal ? { steal } : { signal }, run);
    } catch (error) {
      if (held) return afterRobbery(held, lost);
      if (!signal.aborted) throw error;
    }
  }
}

// Either the lock was stolen while `hold` goes on, or `hold` itself has rejected: then aborting tells nobody anything.
async function afterRobbery(held: Promise<void>, lost: AbortController): Promise<void> {
  lost.abort();
  await held;
}

/** The locks port over the platform's lock manager. */
export function createWebLocks(manager: LockManager): Locks {
  return new WebLocks(manager);
}
