// Changes to maps that can be taken back, for transactions in memory and for operations that turn out refused.

/** Remembers how to take each change back. */
export class UndoLog {
  readonly #steps: (() => void)[] = [];

  /** A place to return to. */
  get mark(): number {
    return this.#steps.length;
  }

  set<K, V>(map: Map<K, V>, key: K, value: V): void {
    const before = map.get(key);
    const existed = map.has(key);
    this.#steps.push(() => {
      if (existed) map.set(key, before as V);
      else map.delete(key);
    });
    map.set(key, value);
  }

  delete<K, V>(map: Map<K, V>, key: K): void {
    if (!map.has(key)) return;
    const before = map.get(key) as V;
    this.#steps.push(() => void map.set(key, before));
    map.delete(key);
  }

  run(change: () => void, takeBack: () => void): void {
    this.#steps.push(takeBack);
    change();
  }

  /** Takes everything after `mark` back. */
  returnTo(mark: number): void {
    while (this.#steps.length > mark) this.#steps.pop()?.();
  }
}
