// What a page downloads for each way of using the packages: minified, Brotli at its best.
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

/** @param contents of a module beside this file. @param external what is not counted. */
export async function kibibytes(contents: string, external: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname }, bundle: true, minify: true, format: 'esm', platform: 'browser', target: 'es2023',
    conditions: ['@syncline/source'], external: [...external], write: false,
  });
  const [file] = outputFiles;
  if (!file) throw new Error('nothing was built');
  return brotliCompressSync(file.contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length / 1024;
}

export const LIBRARIES: readonly string[] = ['eventsource-parser', 'dexie', 'zod', 'zod/*', 'date-fns', 'date-fns/*', 'rxjs'];
const ENGINE = "export * from '@syncline/core';";
const PEERS: Readonly<Record<string, string>> = {
  'dexie-cloud': "export * from 'dexie'; export { default } from 'dexie-cloud-addon';",
  rxdb: "export { createRxDatabase } from 'rxdb/plugins/core'; export { getRxStorageDexie } from 'rxdb/plugins/storage-dexie'; export { replicateRxCollection } from 'rxdb/plugins/replication';",
  pouchdb: "export { default } from 'pouchdb-browser';",
  tinybase: "export { createMergeableStore } from 'tinybase'; export { createIndexedDbPersister } from 'tinybase/persisters/persister-indexed-db'; export { createWsSynchronizer } from 'tinybase/synchronizers/synchronizer-ws-client';",
};

/** KiB by name. */
export async function measureSizes(): Promise<Record<string, number>> {
  const own: Record<string, number> = {
    'own code': await kibibytes(ENGINE, LIBRARIES),
    'beside rxjs': await kibibytes("export * from '@syncline/rxjs';", [...LIBRARIES, '@syncline/core', '@syncline/protocol']),
    'engine with dexie': await kibibytes(ENGINE, []),
  };
  for (const [name, contents] of Object.entries(PEERS)) own[name] = await kibibytes(contents, []);
  return own;
}
