// Web Locks: mutual exclusion among the tabs and workers of one origin.
import type { Locks } from '../ports.ts';
import { createPageLocks } from './page-locks.ts';

type Hold = (lost: AbortSignal) => Promise<void>;

class WebLocks implements Locks {
  readonly #manager: LockManager;
  /** What is left where the platform refuses, as it does with a page that may keep nothing. */
  #own: Locks | null = null;

  constructor(manager: LockManager) {
    this.#manager = manager;
  }

  get isOfPage(): true | undefined {
    return this.#own?.isOfPage;
  }

  request(name: string, options: { readonly steal?: boolean | undefined; readonly signal: AbortSignal }, hold: Hold): Promise<void> {
    const { steal, signal } = options;
    if (this.#own !== null) return this.#own.request(name, options, hold);
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const lost = new AbortController();
      let held: Promise<void> | undefined;
      // Not left to the platform: Chromium never settles a client's first request if that is aborted at once.
      const giveUp = (): void => resolve();
      const run = (): Promise<void> | undefined => {
        if (signal.aborted) return undefined;
        signal.removeEventListener('abort', giveUp);
        return (held = (async () => hold(lost.signal))());
      };
      const ended = (error?: unknown): void => {
        signal.removeEventListener('abort', giveUp);
        // Either the lock was stolen while `hold` goes on, or `hold` itself has rejected, and then `lost` reaches nobody.
        if (error !== undefined) lost.abort();
        if (held) held.then(resolve, reject);
        else if (error === undefined || signal.aborted) resolve();
        else resolve((this.#own ??= createPageLocks()).request(name, options, hold));
      };
      signal.addEventListener('abort', giveUp);
      // The platform takes no signal together with `steal`, which never waits anyway.
      this.#manager.request(name, steal ? { steal } : { signal }, run).then(() => ended(), ended);
    });
  }
}

/** The locks port over the platform's lock manager. */
export function createWebLocks(manager: LockManager): Locks {
  return new WebLocks(manager);
}
