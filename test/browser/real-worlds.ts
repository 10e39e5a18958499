// What the contracts of store, locks and channel need of a real platform: two clients of one origin.
import type { ChannelWorld, LocksWorld, StoreWorld } from '@syncline/core/testing';
import { createBroadcastChannels } from '../../packages/core/src/adapters/broadcast-channel.ts';
import { createDexieStores } from '../../packages/core/src/adapters/dexie-store.ts';
import { createWebLocks } from '../../packages/core/src/adapters/web-locks.ts';
import type { StoreFactory } from '../../packages/core/src/ports.ts';
import { wantIn } from '../contracts/want-in.ts';
import { openSecondRealm } from './second-realm.ts';

/** Real time passes by itself. */
export const drive = <T>(promise: Promise<T>): Promise<T> => promise;
let worlds = 0;

function ownName(): string {
  worlds += 1;
  return `contract-${worlds}-`;
}

function underPrefix(stores: StoreFactory, prefix: string): StoreFactory {
  return {
    open: (name) => stores.open(prefix + name),
    openVolatile: (name) => stores.openVolatile(prefix + name),
    remove: (name) => stores.remove(prefix + name),
    readMarker: (name) => stores.readMarker(prefix + name),
    writeMarker: (name, value) => stores.writeMarker(prefix + name, value),
  };
}

/** IndexedDB, from a page and from a frame in it. */
export function realStores(): StoreWorld {
  const prefix = ownName();
  const realm = openSecondRealm();
  return {
    first: underPrefix(createDexieStores(), prefix),
    second: underPrefix(createDexieStores({ indexedDB: realm.indexedDB, IDBKeyRange: realm.IDBKeyRange }), prefix),
    drive,
    interrupt: (name) => wantIn(indexedDB, prefix + name),
    async dispose() {
      realm.leave();
      for (const { name } of await indexedDB.databases()) {
        if (name?.startsWith(prefix)) indexedDB.deleteDatabase(name);
      }
    },
  };
}

/** Web Locks, from a page and from a frame in it. */
export function realLocks(): LocksWorld {
  const realm = openSecondRealm();
  return { first: createWebLocks(navigator.locks), second: createWebLocks(realm.locks), name: ownName(), drive, dispose: realm.leave };
}

/** BroadcastChannel. */
export function realChannels(): ChannelWorld {
  return { first: createBroadcastChannels(), second: createBroadcastChannels(), name: ownName(), drive };
}
