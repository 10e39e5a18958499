// Dexie with the dexie-cloud add-on, which keeps a log of changes for its server beside each write. No server: offline use.
import { Dexie } from 'dexie';
import * as addon from 'dexie-cloud-addon';
import type { Contender } from './contender.ts';
import { DEXIE_SCHEMA, DexieContender } from './dexie.ts';

interface WithCloud {
  readonly cloud: { configure(options: Readonly<Record<string, unknown>>): void };
}

export function createDexieCloudContender(): Contender {
  return new DexieContender(() => {
    const db = new Dexie('bench-dexie-cloud', { addons: [addon.default], chromeTransactionDurability: 'relaxed' });
    db.version(1).stores(DEXIE_SCHEMA);
    // The add-on declares its property on another copy of Dexie's types.
    (db as Dexie & WithCloud).cloud.configure({
      databaseUrl: 'https://cloud.invalid', requireAuth: false, disableWebSocket: true, tryUseServiceWorker: false, customLoginGui: true,
    });
    return db;
  });
}
