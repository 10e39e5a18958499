// Rows of one table in memory, in the order of their keys, as a database keeps them.
// Values are stored as they are handed in: whoever needs isolation copies before and after.

export type RowKey = string | number;

/** The order of keys in every store: numbers before strings, numbers by value, strings by UTF-16 unit. */
export function compareKeys(a: RowKey, b: RowKey): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

export class OrderedRows {
  readonly #values: Map<RowKey, unknown>;
  #keys: RowKey[];

  private constructor(values: Map<RowKey, unknown>, keys: RowKey[]) {
    this.#values = values;
    this.#keys = keys;
  }

  static empty(): OrderedRows {
    return new OrderedRows(new Map(), []);
  }

  get size(): number {
    return this.#keys.length;
  }

  has(key: RowKey): boolean {
    return this.#values.has(key);
  }

  get(key: RowKey): unknown {
    return this.#values.get(key);
  }

  put(key: RowKey, value: unknown): void {
    if (!this.#values.has(key)) this.#insert(key);
    this.#values.set(key, value);
  }

  delete(key: RowKey): void {
    if (this.#values.delete(key)) this.#keys.splice(this.#position(key), 1);
  }

  /** Keys from `from` to `to`, both included, in order. */
  keys(from?: RowKey, to?: RowKey): RowKey[] {
    const start = from === undefined ? 0 : this.#position(from);
    let end = to === undefined ? this.#keys.length : this.#position(to);
    if (to !== undefined && this.#keys[end] === to) end += 1;
    return this.#keys.slice(start, Math.max(start, end));
  }

  /** A second table with the same rows; the values are shared. */
  copy(): OrderedRows {
    return new OrderedRows(new Map(this.#values), [...this.#keys]);
  }

  #insert(key: RowKey): void {
    const last = this.#keys[this.#keys.length - 1];
    if (last === undefined || compareKeys(last, key) < 0) this.#keys.push(key);
    else this.#keys.splice(this.#position(key), 0, key);
  }

  // Index of the first key that is not before `key`.
  #position(key: RowKey): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#keys[middle];
      if (at !== undefined && compareKeys(at, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
