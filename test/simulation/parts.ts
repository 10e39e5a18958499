// Which real parts stand in a world in place of what is in memory there.
import type { Parts } from './seeds.ts';
import { createOutside } from './outside.ts';

/** What can be asked for, by the names of the command line. */
export interface PartNames {
  readonly store?: string | undefined;
}

/** Loaded only where they are wanted: most worlds do without. */
export async function loadParts({ store }: PartNames): Promise<Parts> {
  if (store !== undefined && store !== 'dexie') throw new Error(`no store is called ${store}; there is dexie`);
  if (store === undefined) return {};
  const outside = createOutside();
  const { createRealStores } = await import('./dexie-stores.ts');
  return { settle: outside.settle, realStores: () => createRealStores(outside) };
}
