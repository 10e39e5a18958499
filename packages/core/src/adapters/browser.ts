// The seven real ports together, and the engine over them: for pages and workers.
import type { EngineWithPreferences, SyncEngine, SyncEngineOptions } from '../api.ts';
import type { PreferencesPlugin } from '../api-preferences.ts';
import { readConfig } from '../config.ts';
import { openEngine } from '../engine.ts';
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

/** The real ones, but for those that the app brings. @throws EngineError `invalid_input` that names every faulty option. */
export function portsFor(options: SyncEngineOptions): Ports {
  const { server } = readConfig(options);
  const own = Object.entries({ ...options.ports }).filter(([, port]) => port !== undefined);
  return { ...browserPorts(server), ...Object.fromEntries(own) };
}

/**
 * Opens the engine of one account on this device, over the real ports or those in `options.ports`.
 * Resolves when the store is open and `status` is true; what was recorded before is there, nothing waits for the network.
 * Rejects with an `EngineError`: `invalid_input` names every faulty option, `newer_version` says that a newer release wrote the store.
 */
export async function createSyncEngine(options: SyncEngineOptions & { readonly preferences: PreferencesPlugin }): Promise<EngineWithPreferences>;
export async function createSyncEngine(options: SyncEngineOptions): Promise<SyncEngine>;
export async function createSyncEngine(options: SyncEngineOptions): Promise<SyncEngine> {
  return openEngine(options, portsFor(options));
}
