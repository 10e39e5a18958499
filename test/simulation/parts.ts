// Which real parts stand in a world in place of what is in memory there.
import { createOutside } from './outside.ts';
import { createRealServer } from './real-server.ts';
import type { Parts } from './seeds.ts';

/** What can be asked for, by the names of the command line. */
export interface PartNames {
  readonly store?: string | undefined;
  readonly server?: string | undefined;
}

/** Loaded only where they are wanted: most worlds do without. */
export async function loadParts({ store, server }: PartNames): Promise<Parts> {
  if (store !== undefined && store !== 'dexie') throw new Error(`no store is called ${store}; there is dexie`);
  if (server !== undefined && server !== 'pglite') throw new Error(`no server's store is called ${server}; there is pglite`);
  if (store === undefined && server === undefined) return {};
  const outside = createOutside();
  const parts: { -readonly [Part in keyof Parts]: Parts[Part] } = { settle: outside.settle };
  if (store !== undefined) {
    const { createRealStores } = await import('./dexie-stores.ts');
    parts.realStores = () => createRealStores(outside);
  }
  if (server !== undefined) {
    const openStore = await (await import('./sql-stores.ts')).createSqlStores(outside);
    parts.createServer = (options) => createRealServer({ ...options, openStore });
  }
  return parts;
}
