// The real adapters on a real platform.
import {
  channelContract, clockContract, idsContract, lifecycleContract, locksContract, storeContract, transportContract,
} from '@syncline/core/testing';
import { createBroadcastChannels } from '../../packages/core/src/adapters/broadcast-channel.ts';
import { createBrowserLifecycle } from '../../packages/core/src/adapters/browser-lifecycle.ts';
import { createDexieStores } from '../../packages/core/src/adapters/dexie-store.ts';
import { createFetchTransport } from '../../packages/core/src/adapters/fetch-transport.ts';
import { createSystemClock } from '../../packages/core/src/adapters/system-clock.ts';
import { createSystemIds } from '../../packages/core/src/adapters/system-ids.ts';
import { createWebLocks } from '../../packages/core/src/adapters/web-locks.ts';
import type { StoreFactory } from '../../packages/core/src/ports.ts';
import { enroll } from '../contracts/enroll.ts';
import { wantIn } from '../contracts/want-in.ts';
import { openSecondRealm } from './second-realm.ts';

const drive = <T>(promise: Promise<T>): Promise<T> => promise;
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

enroll('adapters/dexie-store.ts', storeContract(() => {
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
}));

enroll('adapters/web-locks.ts', locksContract(() => {
  const realm = openSecondRealm();
  return { first: createWebLocks(navigator.locks), second: createWebLocks(realm.locks), name: ownName(), drive, dispose: realm.leave };
}));

enroll('adapters/broadcast-channel.ts', channelContract(() => {
  return { first: createBroadcastChannels(), second: createBroadcastChannels(), name: ownName(), drive };
}));

enroll('adapters/browser-lifecycle.ts', lifecycleContract(() => {
  const show = (name: 'visibilityState' | 'onLine', value: unknown): void => {
    Object.defineProperty(name === 'onLine' ? navigator : document, name, { configurable: true, value });
  };
  show('visibilityState', 'visible');
  show('onLine', true);
  return {
    lifecycle: createBrowserLifecycle(),
    drive,
    cause(event) {
      if (event === 'visible' || event === 'hidden') show('visibilityState', event);
      if (event === 'online' || event === 'offline') show('onLine', event === 'online');
      if (event === 'visible' || event === 'hidden') document.dispatchEvent(new Event('visibilitychange'));
      else (event === 'freeze' || event === 'resume' ? document : window).dispatchEvent(new Event(event));
    },
    dispose() {
      delete (document as { visibilityState?: unknown }).visibilityState;
      delete (navigator as { onLine?: unknown }).onLine;
    },
  };
}));

enroll('adapters/fetch-transport.ts', transportContract(() => ({ transport: createFetchTransport(`${location.origin}/contract`), drive })));
enroll('adapters/system-clock.ts', clockContract(() => ({ clock: createSystemClock(), drive })));
enroll('adapters/system-ids.ts', idsContract(() => ({ ids: createSystemIds(), drive })));
