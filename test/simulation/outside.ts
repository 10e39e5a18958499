// Work of real parts inside a simulated world. It takes no virtual time, so nothing may happen in the world until it is over.

/** Resolves when every microtask is done. */
export const nextTurn = (): Promise<void> => new Promise((done) => setImmediate(done));

export interface Outside {
  /** The same promise; the world stands still until it is settled. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Resolves when all such work and every microtask is done. */
  settle(): Promise<void>;
}

export function createOutside(): Outside {
  let underWay = 0;
  return {
    during: (work) => {
      underWay += 1;
      return work.finally(() => void (underWay -= 1));
    },
    settle: async () => {
      do await nextTurn();
      while (underWay > 0);
    },
  };
}
