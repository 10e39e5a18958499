// The real store of every simulated device: Dexie over an IndexedDB in memory, one for each device.
import type { RealStores } from '@syncline/core/testing';
import { forceCloseDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { createDexieStores } from '../../packages/core/src/adapters/dexie-store.ts';
import type { Outside } from './outside.ts';

/** Real time that opening may take. A world must not depend on it. */
const PATIENCE_MS = 600_000;

/** An IndexedDB that can take its handles away. */
class TakingFactory extends IDBFactory {
  readonly #open = new Set<IDBDatabase>();

  override open(name: string, version?: number): IDBOpenDBRequest {
    const request = super.open(name, version);
    request.addEventListener('success', () => this.#open.add(request.result));
    return request;
  }

  take(name: string): void {
    for (const database of this.#open) {
      if (database.name !== name) continue;
      this.#open.delete(database);
      forceCloseDatabase(database as never);
    }
  }
}

export function createRealStores({ during }: Outside): RealStores {
  const indexedDB = new TakingFactory();
  const stores = createDexieStores({ indexedDB, IDBKeyRange, markers: null, storage: {}, openTimeoutMs: PATIENCE_MS });
  return {
    open: (name) => stores.open(name),
    openVolatile: (name) => stores.openVolatile(name),
    remove: (name) => stores.remove(name),
    interrupt: (name) => indexedDB.take(name),
    during,
  };
}
