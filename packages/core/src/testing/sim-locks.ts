// The locks of one simulated origin: a queue for each name, stealing, holders that are frozen and keep what they have,
// holders that die and let go.
import type { Locks } from '../ports.ts';
import type { SimTab } from './sim-tab.ts';

type Hold = (lost: AbortSignal) => Promise<void>;

interface LockRequest {
  readonly tab: SimTab;
  readonly hold: Hold;
  readonly lost: AbortController;
  readonly finish: (error?: unknown) => void;
}

interface LockState {
  holder: LockRequest | null;
  readonly waiting: LockRequest[];
}

/** All locks of one device's origin. */
export class SimLocks {
  readonly #locks = new Map<string, LockState>();

  /** The locks port of one tab. */
  forTab(tab: SimTab): Locks {
    return { request: (name, options, hold) => this.#request(tab, name, options, hold) };
  }

  /** Name of the tab that holds it, or null. For oracles. */
  holder(name: string): string | null {
    return this.#locks.get(name)?.holder?.tab.name ?? null;
  }

  /** Locks that somebody holds. For oracles and faults. */
  heldNames(): readonly string[] {
    return [...this.#locks].flatMap(([name, { holder }]) => (holder ? [name] : []));
  }

  /** Takes the lock from its holder for nobody, as a fault: the holder is told, the next in line gets it. */
  revoke(name: string): void {
    const lock = this.#locks.get(name);
    if (!lock?.holder) return;
    lose(lock.holder);
    lock.holder = null;
    this.#grant(lock);
  }

  #request(tab: SimTab, name: string, options: { readonly steal?: boolean | undefined; readonly signal: AbortSignal }, hold: Hold): Promise<void> {
    if (options.signal.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const lock = this.#lock(name);
      const finish = (error?: unknown): void => {
        forget();
        options.signal.removeEventListener('abort', stop);
        tab.deliver(() => (error === undefined ? resolve() : reject(error)));
      };
      const request: LockRequest = { tab, hold, lost: new AbortController(), finish };
      const stop = (): void => this.#stopWaiting(lock, request);
      const forget = tab.onKill(() => this.#leave(lock, request));
      options.signal.addEventListener('abort', stop);
      if (options.steal) {
        if (lock.holder) lose(lock.holder);
        lock.holder = null;
        lock.waiting.unshift(request);
      } else {
        lock.waiting.push(request);
      }
      this.#grant(lock);
    });
  }

  #grant(lock: LockState): void {
    if (lock.holder) return;
    const next = lock.waiting.shift();
    if (!next) return;
    lock.holder = next;
    const { scheduler } = next.tab;
    // A frozen tab is granted the lock like any other, and then sits on it.
    scheduler.schedule(scheduler.now, () => next.tab.deliver(() => this.#run(lock, next)));
  }

  #run(lock: LockState, request: LockRequest): void {
    const ended = (error?: unknown): void => {
      request.finish(error);
      this.#leave(lock, request);
    };
    request.hold(request.lost.signal).then(() => ended(), ended);
  }

  #leave(lock: LockState, request: LockRequest): void {
    if (lock.holder === request) {
      lock.holder = null;
      this.#grant(lock);
    } else {
      removeFrom(lock.waiting, request);
    }
  }

  #stopWaiting(lock: LockState, request: LockRequest): void {
    if (removeFrom(lock.waiting, request)) request.finish();
  }

  #lock(name: string): LockState {
    let lock = this.#locks.get(name);
    if (!lock) this.#locks.set(name, (lock = { holder: null, waiting: [] }));
    return lock;
  }
}

function lose(request: LockRequest): void {
  request.tab.deliver(() => request.lost.abort());
}

function removeFrom<T>(list: T[], item: T): boolean {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}

/** The locks of one origin, none held. */
export function createSimLocks(): SimLocks {
  return new SimLocks();
}
