// The seven ports for a script or a desktop shell in Node: one process, and a database only if the caller brings one.
import type { Ports } from '../ports.ts';
import { createStoreError } from '../store-error.ts';
import { createBroadcastChannels } from './broadcast-channel.ts';
import { createBrowserLifecycle } from './browser-lifecycle.ts';
import { createDexieStores, type DexieStoresOptions } from './dexie-store.ts';
import { createFetchTransport } from './fetch-transport.ts';
import { createPageLocks } from './page-locks.ts';
import { createSystemClock } from './system-clock.ts';
import { createSystemIds } from './system-ids.ts';
import { createVolatileStores } from './volatile-store.ts';

/**
 * With an implementation of IndexedDB sessions outlast the process as far as that one does; without, they die with it, the status says so
 * (`volatile_storage`), and each start is another device of the account, of which there are not many, unless `device.id` says which one it is.
 */
export interface NodeDatabase {
  /** An `IDBFactory`, and the class of its key ranges: a program for Node knows no browser's names for them. */
  readonly indexedDB: object;
  readonly IDBKeyRange: object;
  /** Where a marker is kept outside the database, which tells that it vanished. Nowhere by default. */
  readonly markers?: { getItem(key: string): string | null; setItem(key: string, value: string): void; removeItem(key: string): void } | null | undefined;
}

/** The ports of this process, to the server at that address (without `/api`). */
export function nodePorts(serverUrl: string, database?: NodeDatabase): Ports {
  const memory = createVolatileStores();
  return {
    clock: createSystemClock(),
    ids: createSystemIds(),
    // Memory is never handed out as a real store: the engine would call safe what dies with the process. So would a marker.
    stores: database ? createDexieStores({ markers: null, ...(database as Pick<DexieStoresOptions, keyof NodeDatabase>) }) : {
      ...memory, open: () => Promise.reject(createStoreError('unavailable', 'this process has no database')), openVolatile: memory.open,
      readMarker: () => null, writeMarker: () => undefined,
    },
    transport: createFetchTransport(serverUrl),
    locks: createPageLocks(),
    channels: createBroadcastChannels(),
    lifecycle: createBrowserLifecycle({}),
  };
}
