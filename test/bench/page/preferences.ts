// Runs in the page: an engine with preferences over a store that was filled before.
import { createSyncEngine, type EngineWithPreferences } from '@syncline/core';
import { yjsPreferences } from '@syncline/core/preferences';
import { createDexieStores } from '../../../packages/core/src/adapters/dexie-store.ts';
import { createSystemClock } from '../../../packages/core/src/adapters/system-clock.ts';
import { storeName } from '../../../packages/core/src/store-name.ts';
import { Local } from '../../../packages/core/src/sync/local.ts';
import { OWN_DEVICE } from './data.ts';

const USER = 'bench';
const VALUES = 10;

interface Stored {
  readonly document: Readonly<Record<string, unknown>> & { readonly document: { readonly bytes: readonly number[] } };
  readonly row: unknown;
}

async function openEngine(): Promise<EngineWithPreferences> {
  const engine = await createSyncEngine({
    user: USER, device: { type: 'web_timer', version: '1.0', id: OWN_DEVICE }, preferences: yjsPreferences(),
    // Signed out: no request leaves it.
    server: { url: location.origin, token: () => null },
  });
  return engine as EngineWithPreferences;
}

const works = {
  async fill({ document, row }: Stored): Promise<void> {
    await (await openEngine()).close();
    const store = await createDexieStores().open(storeName(location.origin, USER));
    const local = new Local({ store, clock: createSystemClock(), ids: { uuid: () => crypto.randomUUID() } });
    await local.refresh();
    await local.commit((draft) => {
      draft.put('documents', 'preferences', { ...document, document: new Uint8Array(document.document.bytes) });
      draft.putMeta('preferences', row as Parameters<typeof draft.putMeta>[1]);
    }, 'strict');
    await store.close();
  },

  /** Milliseconds to an engine that shows its preferences. */
  async cold(): Promise<number> {
    const begun = performance.now();
    const engine = await openEngine();
    const found = Object.keys(engine.preferences.current.values).length;
    const ms = performance.now() - begun;
    if (found !== VALUES) throw new Error(`wrong answer: ${found} preferences, not ${VALUES}`);
    await engine.close();
    return ms;
  },
};

Object.assign(globalThis, { works });
