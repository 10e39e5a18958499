// Runs callbacks once a promise has settled, and can forget them. A promise cannot: each `then` lives as long as the promise,
// so subscribing and leaving ten thousand times would keep ten thousand subscribers alive until the engine closes.

const waiting = new WeakMap<Promise<unknown>, Set<() => void>>();

/** Calls `run` once when `closed` settles, in whichever way; the returned function takes that back. */
export function whenClosed(closed: Promise<unknown>, run: () => void): () => void {
  let callbacks = waiting.get(closed);
  if (!callbacks) {
    const created = new Set<() => void>();
    const settle = (): void => {
      waiting.delete(closed);
      for (const callback of [...created]) callback();
    };
    closed.then(settle, settle);
    waiting.set(closed, (callbacks = created));
  }
  // A wrapper of its own, so that the same function handed in twice counts twice.
  const entry = (): void => run();
  const set = callbacks.add(entry);
  return () => void set.delete(entry);
}
