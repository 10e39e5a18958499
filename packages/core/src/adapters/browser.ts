// The seven real ports together: for pages and workers, and for scripts in Node.
import type { Ports } from '../ports.ts';
import { createBroadcastChannels } from './broadcast-channel.ts';
import { createBrowserLifecycle } from './browser-lifecycle.ts';
import { createDexieStores } from './dexie-store.ts';
import { createFetchTransport } from './fetch-transport.ts';
import { createPageLocks } from './page-locks.ts';
import { createSystemClock } from './system-clock.ts';
import { createSystemIds } from './system-ids.ts';
import { createWebLocks } from './web-locks.ts';

/** The ports of this page or worker, to the server at that address (without `/api`). */
export function browserPorts(serverUrl: string): Ports {
  const locks = globalThis.navigator?.locks;
  return {
    clock: createSystemClock(),
    ids: createSystemIds(),
    stores: createDexieStores(),
    transport: createFetchTransport(serverUrl),
    locks: locks ? createWebLocks(locks) : createPageLocks(),
    channels: createBroadcastChannels(),
    lifecycle: createBrowserLifecycle(),
  };
}
