// The database a configuration asks for, with the folder's lock held while the embedded one is open.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerConfig } from '../config.ts';
import type { ServerStore } from '../ports.ts';
import { openEmbeddedStore, openPostgresStore } from '../store/sql/open.ts';
import { withdraw } from './announcement.ts';
import { because } from './because.ts';
import { lockFolder, type RefusedLock, takenWords } from './folder-lock.ts';

/** How long a database may take over its goodbye. One that went away without a word never says it, and what was acknowledged is stored. */
const GOODBYE_MS = 2_000;

export interface OpenedStore {
  readonly store: ServerStore;
  close(): Promise<void>;
}

/** @param onEnd told when the embedded database ended by itself. @throws Error in words for people. */
export async function openStore(config: ServerConfig, onEnd?: (error: Error) => void): Promise<OpenedStore> {
  if (config.databaseUrl !== null) {
    const store = await openPostgresStore(config.databaseUrl).catch((error: unknown) => {
      throw because('The database at DATABASE_URL cannot be reached or set up', error);
    });
    return { store, close: () => Promise.race([store.close(), sleep(GOODBYE_MS, undefined, { ref: false })]) };
  }
  const lock = await lockFolder(config.dataDir);
  if (lock.kind === 'refused') throw new FolderTaken(config.dataDir, lock);
  try {
    // A server that was killed says still where it answered; until this one does, nobody is to send its key there.
    await withdraw(config.dataDir);
    const { store } = await openEmbeddedStore(join(config.dataDir, 'database'), { onEnd });
    return {
      store,
      close: async () => {
        await store.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw because(`The embedded database in ${config.dataDir} cannot be opened`, error);
  }
}

/** Another server has the folder. */
export class FolderTaken extends Error {
  override readonly name = 'FolderTaken';

  constructor(folder: string, lock: RefusedLock) {
    super(takenWords(folder, lock));
  }
}
