// The seven ports for a script or a desktop shell in Node: one process, and a database only if the caller brings one.
import type { Ports } from '../ports.ts';
import { createBroadcastChannels } from './broadcast-channel.ts';
import { createBrowserLifecycle } from './browser-lifecycle.ts';
import { createDexieStores, type DexieStoresOptions } from './dexie-store.ts';
import { createFetchTransport } from './fetch-transport.ts';
import { createPageLocks } from './page-locks.ts';
import { createSystemClock } from './system-clock.ts';
import { createSystemIds } from './system-ids.ts';
import { createVolatileStores } from './volatile-store.ts';

/** With an implementation of IndexedDB sessions outlast the process as far as that one does; without, they die with it. */
export type NodeDatabase = Pick<DexieStoresOptions, 'indexedDB' | 'IDBKeyRange' | 'markers'>;

/** The ports of this process, to the server at that address (without `/api`). */
export function nodePorts(serverUrl: string, database?: NodeDatabase): Ports {
  return {
    clock: createSystemClock(),
    ids: createSystemIds(),
    stores: database ? createDexieStores({ markers: null, ...database }) : createVolatileStores(),
    transport: createFetchTransport(serverUrl),
    locks: createPageLocks(),
    channels: createBroadcastChannels(),
    lifecycle: createBrowserLifecycle({}),
  };
}
