// Locks that only this page respects, for platforms without Web Locks: pages without TLS, Safari before 15.4, Node.
// Every tab then believes that it leads. That costs requests, not correctness: operations have ids, and sending one twice is harmless.
import type { Locks } from '../ports.ts';

type Hold = (lost: AbortSignal) => Promise<void>;

interface Turn {
  readonly lost: AbortController;
  begin(): void;
}

class PageLocks implements Locks {
  readonly isOfPage = true;
  /** Of each lock its holder, and behind him those who wait. */
  readonly #queues = new Map<string, Turn[]>();

  async request(name: string, { steal, signal }: { readonly steal?: boolean | undefined; readonly signal: AbortSignal }, hold: Hold): Promise<void> {
    if (signal.aborted) return;
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    const { turn, begun } = turnOf(signal);
    if (steal) {
      queue.shift()?.lost.abort();
      queue.unshift(turn);
    } else queue.push(turn);
    if (queue[0] === turn) turn.begin();
    try {
      if (await begun) await hold(turn.lost.signal);
    } finally {
      leave(queue, turn);
    }
  }
}

/** `begun` resolves to whether it began before the signal aborted. */
function turnOf(signal: AbortSignal): { readonly turn: Turn; readonly begun: Promise<boolean> } {
  let begin = (): void => undefined;
  const begun = new Promise<boolean>((resolve) => {
    const giveUp = (): void => resolve(false);
    begin = () => {
      signal.removeEventListener('abort', giveUp);
      resolve(true);
    };
    signal.addEventListener('abort', giveUp, { once: true });
  });
  return { turn: { lost: new AbortController(), begin }, begun };
}

function leave(queue: Turn[], turn: Turn): void {
  const place = queue.indexOf(turn);
  // It was stolen.
  if (place < 0) return;
  queue.splice(place, 1);
  if (place === 0) queue[0]?.begin();
}

/** The locks port within one page. */
export function createPageLocks(): Locks {
  return new PageLocks();
}
