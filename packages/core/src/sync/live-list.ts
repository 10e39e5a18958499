// A list that follows the store while somebody listens.
import type { Session } from '../api.ts';
import { createEmitter, type Emitter, type Source } from '../source.ts';
import { isEqualValue } from './equal.ts';

const EMPTY: readonly Session[] = [];

export class LiveList implements Source<readonly Session[]> {
  readonly #load: () => Promise<readonly Session[]>;
  readonly #emitter: Emitter<readonly Session[]> = createEmitter(EMPTY, isEqualValue);
  readonly #heard: Set<LiveList>;
  #listeners = 0;
  #isLoading = false;
  #isStale = false;

  /** @param heard where it stands while somebody listens: then {@link refresh} is called on each change. */
  constructor(load: () => Promise<readonly Session[]>, heard: Set<LiveList>) {
    this.#load = load;
    this.#heard = heard;
  }

  get current(): readonly Session[] {
    return this.#emitter.source.current;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    const stop = this.#emitter.source.subscribe(listener);
    let isActive = true;
    this.#listeners += 1;
    if (this.#listeners === 1) {
      this.#heard.add(this);
      this.refresh();
    }
    return () => {
      if (!isActive) return;
      isActive = false;
      stop();
      this.#listeners -= 1;
      if (this.#listeners === 0) this.#heard.delete(this);
    };
  };

  /** Loads again; changes during a load cause one more. */
  refresh(): void {
    this.#isStale = true;
    if (!this.#isLoading) void this.#run();
  }

  close(): void {
    this.#emitter.close();
  }

  async #run(): Promise<void> {
    this.#isLoading = true;
    while (this.#isStale && this.#listeners > 0) {
      this.#isStale = false;
      try {
        this.#emitter.emit(await this.#load());
      } catch {
        // The store refuses; the last value stands, and the next change tries again.
      }
    }
    this.#isLoading = false;
  }
}
