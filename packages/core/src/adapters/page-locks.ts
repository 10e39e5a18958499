// Locks that only this page respects, for platforms without Web Locks: pages without TLS, Safari before 15.4, Node.
// Every tab then believes that it leads. That costs requests, not correctness: operations have ids, and sending one twice is harmless.
import type { Locks } from '../ports.ts';

type Hold = (lost: AbortSignal) => Promise<void>;

interface Turn {
  readonly lost: AbortController;
  begin(): void;
}

interface Lock {
  holder: Turn | null;
  readonly waiting: Turn[];
}

class PageLocks implements Locks {
  readonly isOfPage = true;
  readonly #locks = new Map<string, Lock>();

  async request(name: string, options: { readonly steal?: boolean | undefined; readonly signal: AbortSignal }, hold: Hold): Promise<void> {
    if (options.signal.aborted) return;
    const lock = this.#lock(name);
    const turn = await this.#turn(lock, options);
    if (!turn) return;
    try {
      await hold(turn.lost.signal);
    } finally {
      if (lock.holder === turn) {
        lock.holder = null;
        grantNext(lock);
      }
    }
  }

  #turn(lock: Lock, { steal, signal }: { readonly steal?: boolean | undefined; readonly signal: AbortSignal }): Promise<Turn | null> {
    return new Promise((resolve) => {
      const turn: Turn = {
        lost: new AbortController(),
        begin: () => {
          signal.removeEventListener('abort', giveUp);
          resolve(turn);
        },
      };
      const giveUp = (): void => {
        lock.waiting.splice(lock.waiting.indexOf(turn), 1);
        resolve(null);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      if (steal) {
        lock.holder?.lost.abort();
        lock.holder = null;
        lock.waiting.unshift(turn);
      } else {
        lock.waiting.push(turn);
      }
      grantNext(lock);
    });
  }

  #lock(name: string): Lock {
    const lock = this.#locks.get(name) ?? { holder: null, waiting: [] };
    this.#locks.set(name, lock);
    return lock;
  }
}

function grantNext(lock: Lock): void {
  if (lock.holder) return;
  lock.holder = lock.waiting.shift() ?? null;
  lock.holder?.begin();
}

/** The locks port within one page. */
export function createPageLocks(): Locks {
  return new PageLocks();
}
