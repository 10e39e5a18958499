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

/** The writing end of a Source. */
export interface Emitter<T> {
  readonly source: Source<T>;
  /** Replaces the value and tells the listeners, unless the value is equal. Returns whether it told them. */
  emit(value: T): boolean;
  /** Listeners are let go; later calls of `emit` do nothing. */
  close(): void;
}

class ValueEmitter<T> implements Emitter<T>, Source<T> {
  #current: T;
  #listeners: ReadonlySet<() => void> = new Set();
  #open = true;
  readonly #isEqual: (a: T, b: T) => boolean;
  readonly #onFault: (error: unknown) => void;

  constructor(initial: T, isEqual: (a: T, b: T) => boolean, onFault: (error: unknown) => void) {
    this.#current = initial;
    this.#isEqual = isEqual;
    this.#onFault = onFault;
  }

  get source(): Source<T> {
    return this;
  }

  get current(): T {
    return this.#current;
  }

  // Bound, so that it can be handed over as a plain function. Each call is a subscription of its own.
  readonly subscribe = (listener: () => void): (() => void) => {
    const own = (): void => listener();
    this.#listeners = new Set(this.#listeners).add(own);
    return () => {
      const rest = new Set(this.#listeners);
      rest.delete(own);
      this.#listeners = rest;
    };
  };

  emit(value: T): boolean {
    if (!this.#open || this.#isEqual(this.#current, value)) return false;
    this.#current = value;
    // The set is replaced by subscribe and unsubscribe, never changed: whoever listened when the value changed hears of it once.
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#onFault(error);
      }
    }
    return true;
  }

  close(): void {
    this.#open = false;
    this.#listeners = new Set();
  }
}

/** Reports a listener's fault as an unhandled rejection: visible to the app's own error reporting, harmless to the stream. */
function reportFault(error: unknown): void {
  void Promise.reject(error);
}

/** Creates a Source and its writing end. `onFault` receives what listeners throw. */
export function createEmitter<T>(
  initial: T,
  isEqual: (a: T, b: T) => boolean,
  onFault: (error: unknown) => void = reportFault,
): Emitter<T> {
  return new ValueEmitter(initial, isEqual, onFault);
}
