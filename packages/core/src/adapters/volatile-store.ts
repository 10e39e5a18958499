// A store in this page's memory: what is left when the platform has no storage, or refuses it. It dies with the page, and the
// engine says so; everything else is as in the real one.
import { OrderedRows } from '../ordered-rows.ts';
import type { Cancel, Decision, Durability, Read, Row, Store, StoreFactory, StoreSpace, TableName, Write } from '../ports.ts';
import { createStoreError } from '../store-error.ts';

type Found = readonly (readonly Row[])[];

type Tables = Map<TableName, OrderedRows>;

class VolatileStore implements Store {
  readonly #tables: Tables;
  #closed = false;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  async read(reads: readonly Read[]): Promise<Found> {
    this.#check();
    return reads.map((read) => this.#rows(read));
  }

  // Without a single `await` between reading and writing, no two updates can interleave.
  async update<T>(reads: readonly Read[], decide: (found: Found) => Decision<T>, _durability: Durability): Promise<T> {
    this.#check();
    const decision = decide(reads.map((read) => this.#rows(read)));
    if (!Array.isArray(decision?.writes)) throw new TypeError('decide must return its writes at once, not a promise');
    const writes = decision.writes.map(prepare);
    for (const write of writes) this.#write(write);
    return decision.result;
  }

  async space(): Promise<StoreSpace> {
    return { usage: null, quota: null, persisted: false };
  }

  async persist(): Promise<boolean> {
    return false;
  }

  onInterrupted(): Cancel {
    return () => undefined;
  }

  release(): void {}

  async close(): Promise<void> {
    this.#closed = true;
  }

  #rows(read: Read): readonly Row[] {
    const rows = this.#table(read.table);
    if ('key' in read) return rows.has(read.key) ? [{ key: read.key, value: structuredClone(rows.get(read.key)) }] : [];
    return rows.keys().map((key) => ({ key, value: structuredClone(rows.get(key)) }));
  }

  #write(write: Write): void {
    const rows = this.#table(write.table);
    if (write.kind === 'put') rows.put(write.key, write.value);
    else if (write.kind === 'delete') rows.delete(write.key);
    else for (const key of rows.keys(write.from, write.to)) rows.delete(key);
  }

  #table(name: TableName): OrderedRows {
    const rows = this.#tables.get(name) ?? OrderedRows.empty();
    this.#tables.set(name, rows);
    return rows;
  }

  #check(): void {
    if (this.#closed) throw createStoreError('closed', 'the store was closed');
  }
}

// Everything is checked and copied before anything is written.
function prepare(write: Write): Write {
  if (write.kind !== 'put') return write;
  const valid = typeof write.key === 'string' || (typeof write.key === 'number' && !Number.isNaN(write.key));
  if (!valid || write.value === undefined) throw createStoreError('aborted', 'no valid key or value');
  try {
    return { ...write, value: structuredClone(write.value) };
  } catch (error) {
    throw createStoreError('aborted', 'the value cannot be stored', error);
  }
}

/** An empty store that nobody else sees. */
export function createVolatileStore(): Store {
  return new VolatileStore(new Map());
}

/** The store port without any storage, for platforms and scripts that have none: stores last as long as what this returns. */
export function createVolatileStores(): StoreFactory {
  const stores = new Map<string, Tables>();
  const markers = new Map<string, string>();
  return {
    open: async (name) => {
      const tables: Tables = stores.get(name) ?? new Map();
      stores.set(name, tables);
      return new VolatileStore(tables);
    },
    openVolatile: async () => createVolatileStore(),
    remove: async (name) => void stores.delete(name),
    readMarker: (name) => markers.get(name) ?? null,
    writeMarker: (name, value) => void (value === null ? markers.delete(name) : markers.set(name, value)),
  };
}
