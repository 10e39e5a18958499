// Who wants to hear of one user's commits, within one process. What is told is only "look again": listeners read for themselves.

export class NewsDesk {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Calls `listener` after each commit of that user from now on. Gives what ends it. */
  watch(userId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(userId) ?? new Set();
    this.#listeners.set(userId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(userId) === listeners) this.#listeners.delete(userId);
    };
  }

  tell(userId: string): void {
    for (const listener of [...(this.#listeners.get(userId) ?? [])]) listener();
  }

  /** Something may have been missed: everybody looks. */
  tellAll(): void {
    for (const userId of [...this.#listeners.keys()]) this.tell(userId);
  }
}
