// What one named database of a simulated disk holds, and the transactions that change it.
// Two levels of durability: what was committed, and what of it an operating system's crash leaves.
import { OrderedRows, type RowKey } from '../ordered-rows.ts';
import type { Durability, Read, Row, TableName, Write } from '../ports.ts';
import { createStoreError } from '../store-error.ts';
import { cloneValue } from './clone-value.ts';

interface Undo {
  readonly table: TableName;
  readonly key: RowKey;
  readonly had: boolean;
  readonly value: unknown;
}

/** Work done since the disk was made; for tests that count instead of timing. */
export interface StoreCounts {
  reads: number;
  updates: number;
  rowsRead: number;
  rowsWritten: number;
  rowsDeleted: number;
}

export function noCounts(): StoreCounts {
  return { reads: 0, updates: 0, rowsRead: 0, rowsWritten: 0, rowsDeleted: 0 };
}

export class MemoryDatabase {
  readonly #tables = new Map<TableName, OrderedRows>();
  readonly #damaged = new Set<string>();
  readonly #counts: StoreCounts;
  /** Grows with each commit, and with each crash. */
  changes: number = 0;
  // What to put back if the machine dies now: one list for each commit that was not flushed, oldest first.
  #unflushed: Undo[][] = [];

  constructor(counts: StoreCounts) {
    this.#counts = counts;
  }

  read(reads: readonly Read[]): readonly (readonly Row[])[] {
    return reads.map((read) => this.#readOne(read));
  }

  /** Checks and copies what is to be written, so that a bad value is noticed before anything changes. */
  prepare(writes: readonly Write[]): readonly Write[] {
    return writes.map((write) => {
      if (write.kind !== 'put') return write;
      checkKey(write.key);
      if (write.value === undefined) throw createStoreError('aborted', 'undefined cannot be stored');
      try {
        return { ...write, value: cloneValue(write.value) };
      } catch (error) {
        throw createStoreError('aborted', 'the value cannot be stored', error);
      }
    });
  }

  /** Makes prepared writes true for every tab. A strict commit, as on real disks, also flushes those before it. */
  commit(writes: readonly Write[], durability: Durability): void {
    this.changes += 1;
    const undo: Undo[] = [];
    for (const write of writes) this.#write(write, undo);
    if (durability === 'strict') this.flush();
    else if (undo.length > 0) this.#unflushed.push(undo);
  }

  /** What the operating system does from time to time by itself. */
  flush(): void {
    this.#unflushed = [];
  }

  /** The machine dies: commits that were not flushed are gone, but for the oldest `kept` of them. */
  crash(kept = 0): void {
    this.changes += 1;
    const lost = this.#unflushed.splice(kept);
    this.#unflushed = [];
    for (const undo of lost.reverse()) {
      for (const { table, key, had, value } of undo.reverse()) {
        if (had) this.#table(table).put(key, value);
        else this.#table(table).delete(key);
      }
    }
  }

  /** Makes the value of a row unreadable, as a lost blob file does. Writing it again repairs it. */
  damage(table: TableName, key: RowKey): void {
    this.#damaged.add(damageKey(table, key));
  }

  copy(): MemoryDatabase {
    const other = new MemoryDatabase(this.#counts);
    for (const [name, rows] of this.#tables) other.#tables.set(name, rows.copy());
    for (const key of this.#damaged) other.#damaged.add(key);
    return other;
  }

  /** Rows of one table for oracles, in key order. Not copied: do not change them. */
  rows(table: TableName): readonly Row[] {
    const rows = this.#table(table);
    return rows.keys().map((key) => ({ key, value: rows.get(key) }));
  }

  #readOne(read: Read): readonly Row[] {
    const rows = this.#table(read.table);
    const found: Row[] = [];
    for (const key of 'key' in read ? [read.key].filter((one) => rows.has(one)) : rows.keys()) {
      const unreadable = this.#damaged.size > 0 && this.#damaged.has(damageKey(read.table, key));
      found.push(unreadable ? { key, value: undefined, unreadable } : { key, value: cloneValue(rows.get(key)) });
    }
    this.#counts.rowsRead += found.length;
    return found;
  }

  #write(write: Write, undo: Undo[]): void {
    const rows = this.#table(write.table);
    const keys = write.kind === 'deleteRange' ? rows.keys(write.from, write.to) : [write.key];
    for (const key of keys) {
      const had = rows.has(key);
      undo.push({ table: write.table, key, had, value: rows.get(key) });
      if (write.kind === 'put') {
        rows.put(key, write.value);
        this.#counts.rowsWritten += 1;
      } else if (had) {
        rows.delete(key);
        this.#counts.rowsDeleted += 1;
      }
      if (this.#damaged.size > 0) this.#damaged.delete(damageKey(write.table, key));
    }
  }

  #table(name: TableName): OrderedRows {
    let rows = this.#tables.get(name);
    if (!rows) this.#tables.set(name, (rows = OrderedRows.empty()));
    return rows;
  }
}

function checkKey(key: RowKey): void {
  if (typeof key === 'string' || (typeof key === 'number' && !Number.isNaN(key))) return;
  throw createStoreError('aborted', `no valid key: ${String(key)}`);
}

function damageKey(table: TableName, key: RowKey): string {
  return `${table}/${typeof key}/${key}`;
}
