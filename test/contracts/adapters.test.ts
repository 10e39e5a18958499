// The real adapters, as far as Node has the platform for them. In `test/browser` they meet a real one.
import { createBroadcastChannels } from '../../packages/core/src/adapters/broadcast-channel.ts';
import { createBrowserLifecycle } from '../../packages/core/src/adapters/browser-lifecycle.ts';
import { createDexieStores } from '../../packages/core/src/adapters/dexie-store.ts';
import { createFetchTransport } from '../../packages/core/src/adapters/fetch-transport.ts';
import { createPageLocks } from '../../packages/core/src/adapters/page-locks.ts';
import { createSystemClock } from '../../packages/core/src/adapters/system-clock.ts';
import { createSystemIds } from '../../packages/core/src/adapters/system-ids.ts';
import { createVolatileStores } from '../../packages/core/src/adapters/volatile-store.ts';
import {
  channelContract, clockContract, idsContract, lifecycleContract, locksContract, storeContract, transportContract,
} from '@syncline/core/testing';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterAll, beforeAll } from 'vitest';
import { startAnsweringServer, type AnsweringServer } from './answering-server.ts';
import { enroll } from './enroll.ts';
import { fakePage } from './fake-page.ts';
import { wantIn } from './want-in.ts';

const drive = <T>(promise: Promise<T>): Promise<T> => promise;
let server: AnsweringServer;
let names = 0;

beforeAll(async () => {
  server = await startAnsweringServer();
});
afterAll(() => server.close());

enroll('adapters/dexie-store.ts', storeContract(() => {
  const indexedDB = new IDBFactory();
  const markers = new Map<string, string>();
  const options = {
    indexedDB,
    IDBKeyRange,
    markers: { getItem: (key: string) => markers.get(key) ?? null, setItem: (key: string, value: string) => void markers.set(key, value), removeItem: (key: string) => void markers.delete(key) },
  };
  return { first: createDexieStores(options), second: createDexieStores(options), drive, interrupt: (name) => wantIn(indexedDB, name) };
}));

enroll('adapters/volatile-store.ts', storeContract(() => {
  const stores = createVolatileStores();
  return { first: stores, second: stores, drive };
}, false));

enroll('adapters/system-clock.ts', clockContract(() => ({ clock: createSystemClock(), drive })));
enroll('adapters/system-ids.ts', idsContract(() => ({ ids: createSystemIds(), drive })));
// A page without TLS has no `randomUUID`.
enroll('adapters/system-ids.ts', idsContract(() => ({ ids: createSystemIds({ getRandomValues: (array) => crypto.getRandomValues(array) }), drive })));

enroll('adapters/page-locks.ts', locksContract(() => {
  const locks = createPageLocks();
  return { first: locks, second: locks, name: 'l', drive };
}));

enroll('adapters/broadcast-channel.ts', channelContract(() => {
  names += 1;
  return { first: createBroadcastChannels(), second: createBroadcastChannels(), name: `contract-${names}`, drive };
}));

enroll('adapters/browser-lifecycle.ts', lifecycleContract(() => {
  const { platform, cause } = fakePage();
  return { lifecycle: createBrowserLifecycle(platform), cause, drive };
}));

enroll('adapters/fetch-transport.ts', transportContract(() => ({ transport: createFetchTransport(`${server.url}/`), drive })));
