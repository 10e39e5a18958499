// A store that counts what is asked of it.
import { serialize } from 'node:v8';
import type { Store, StoreFactory, Write } from '@syncline/core';

/** What one store call did. */
export interface Counted {
  readonly kind: 'read' | 'update';
  readonly durability: 'strict' | 'relaxed' | null;
  readonly rowsRead: number;
  /** `table` of each write. */
  readonly writes: readonly string[];
  /** Of the values, as a structured clone. */
  readonly bytesWritten: number;
}

/** What several calls did together. */
export interface Spent {
  readonly transactions: number;
  readonly rowsRead: number;
  /** Rows put, rows deleted, and ranges deleted. */
  readonly writes: number;
  readonly bytesWritten: number;
}

export interface CountingStores {
  readonly stores: StoreFactory;
  /** Hands over what was counted since the last call. */
  take(): readonly Counted[];
}

export function spentOn(calls: readonly Counted[]): Spent {
  const sum = (of: (call: Counted) => number): number => calls.reduce((all, call) => all + of(call), 0);
  return { transactions: calls.length, rowsRead: sum(({ rowsRead }) => rowsRead), writes: sum(({ writes }) => writes.length), bytesWritten: sum(({ bytesWritten }) => bytesWritten) };
}

function bytesOf(writes: readonly Write[]): number {
  return writes.reduce((sum, write) => sum + (write.kind === 'put' ? serialize(write.value).length : 0), 0);
}

export function createCountingStores(inner: StoreFactory): CountingStores {
  let counted: Counted[] = [];
  const rows = (found: readonly (readonly unknown[])[]): number => found.reduce((sum, list) => sum + list.length, 0);
  const count = (store: Store): Store => ({
    async read(reads) {
      const found = await store.read(reads);
      counted.push({ kind: 'read', durability: null, rowsRead: rows(found), writes: [], bytesWritten: 0 });
      return found;
    },
    async update(reads, decide, durability) {
      let rowsRead = 0;
      let writes: readonly Write[] = [];
      const result = await store.update(reads, (found) => {
        const decision = decide(found);
        rowsRead = rows(found);
        writes = decision.writes;
        return decision;
      }, durability);
      counted.push({ kind: 'update', durability, rowsRead, writes: writes.map(({ table }) => table), bytesWritten: bytesOf(writes) });
      return result;
    },
    space: () => store.space(), persist: () => store.persist(), onInterrupted: (listener) => store.onInterrupted(listener),
    release: () => store.release(), close: () => store.close(),
  });
  const stores: StoreFactory = {
    open: async (name) => count(await inner.open(name)), openVolatile: (name) => inner.openVolatile(name), remove: (name) => inner.remove(name),
    readMarker: (name) => inner.readMarker(name), writeMarker: (name, value) => inner.writeMarker(name, value),
  };
  return {
    stores,
    take: () => {
      const taken = counted;
      counted = [];
      return taken;
    },
  };
}
