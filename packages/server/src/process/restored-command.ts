// `restored`: after a backup was put back. Another epoch tells every device that the server's time went back, so that each offers
// again what it holds and nothing written after the backup is lost.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { ServerConfig } from '../config.ts';
import { openEmbeddedStore } from '../store/sql/open.ts';
import { because } from './because.ts';
import { lockFolder } from './folder-lock.ts';
import { FolderTaken } from './open-store.ts';

const NEW_EPOCH = 'update server_epoch set epoch = gen_random_uuid()';

/** @throws Error in words for people. */
export async function renewEpoch({ databaseUrl, dataDir }: ServerConfig): Promise<void> {
  if (databaseUrl !== null) return renewOnPostgres(databaseUrl);
  const folder = join(dataDir, 'database');
  // An empty one would be made there, and the one that was put back would keep its epoch.
  if (!existsSync(folder)) throw new Error(`There is no database in ${dataDir}. Name the folder that the backup was put in with DATA_DIR.`);
  const lock = await lockFolder(dataDir);
  if (lock.kind === 'refused') throw new FolderTaken(dataDir, lock);
  try {
    const { store, database } = await openEmbeddedStore(folder);
    await database.query(NEW_EPOCH);
    await store.close();
  } finally {
    await lock.release();
  }
}

async function renewOnPostgres(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.query(NEW_EPOCH);
  } catch (cause) {
    throw because('The database at DATABASE_URL cannot be reached, or has never been used by this server', cause);
  } finally {
    await client.end().catch(() => undefined);
  }
}
