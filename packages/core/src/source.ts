// A value that changes over time, in the shape that view libraries subscribe to.

/**
 * A current value and a way to hear that it changed. Fits React's `useSyncExternalStore(source.subscribe, () => source.current)`:
 * `current` keeps its identity until the value changes, and two equal values never follow each other.
 */
export interface Source<T> {
  /** The latest value; immutable. */
  readonly current: T;
  /** Calls `listener` after each change, until the returned function is called. A listener that throws disturbs nobody else. */
  subscribe(listener: () => void): () => void;
}
