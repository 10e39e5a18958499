// The real adapters on a real platform.
import {
  channelContract, clockContract, idsContract, lifecycleContract, locksContract, storeContract, transportContract,
} from '@syncline/core/testing';
import { createBrowserLifecycle } from '../../packages/core/src/adapters/browser-lifecycle.ts';
import { createFetchTransport } from '../../packages/core/src/adapters/fetch-transport.ts';
import { createSystemClock } from '../../packages/core/src/adapters/system-clock.ts';
import { createSystemIds } from '../../packages/core/src/adapters/system-ids.ts';
import { enroll } from '../contracts/enroll.ts';
import { drive, realChannels, realLocks, realStores } from './real-worlds.ts';

enroll('adapters/dexie-store.ts', storeContract(realStores));
enroll('adapters/web-locks.ts', locksContract(realLocks));
enroll('adapters/broadcast-channel.ts', channelContract(realChannels));

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
