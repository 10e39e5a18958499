import type { Draft } from './draft.ts';

/** Decides, synchronously, what to write. Throws an EngineError to refuse, or {@link NotReady} to be asked again. */
export type Plan<T> = (draft: Draft) => T;

/** Thrown by a plan that needs something loaded first. */
export class NotReady extends Error {
  readonly prepare: () => Promise<void>;

  constructor(prepare: () => Promise<void>) {
    super();
    this.prepare = prepare;
  }
}
