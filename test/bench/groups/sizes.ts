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

export const LIBRARIES: readonly string[] = ['eventsource-parser', 'dexie', '#dexie', 'zod', 'zod/*', 'date-fns', 'date-fns/*', 'rxjs'];
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
    'with dexie and yjs': await kibibytes(`${ENGINE} export * from '@syncline/core/preferences';`, []),
  };
  for (const [name, contents] of Object.entries(PEERS)) own[name] = await kibibytes(contents, []);
  return own;
}

const PARTS: readonly (readonly [string, RegExp])[] = [
  ['exchange and stream', /core\/src\/sync\/(exchange|news|reoffer|settle|merge|effect|packed)/],
  ['basic sync', /core\/src\/sync\/(push|answer|server-|poll|backoff|machine|outbox|driver|bell|books|tokens|contact|wish|start-call)/],
  ['conflicts and settlements', /core\/src\/(sync\/(conflict|settlement|plan|edit)|model\/(resolution|effect))/],
  ['store, view, history', /core\/src\/sync\/(local|view|draft|head|history|interval|compact|open-store|store-keeper|rescue|reopen|device\.|equal|ordered)/],
  ['status and explanations', /core\/src\/sync\/(status|explain|diary|verify|live-list)/],
  ['rest of sync', /core\/src\/sync\//],
  ['adapters', /core\/src\/adapters\//],
  ['engine, model, errors', /core\/src\//],
  ['protocol: rules', /protocol\/src\//],
];

/** KiB of our own code by what it is for: shares of the minified bytes, scaled to what the whole weighs compressed. */
export async function measureShares(whole: number): Promise<Record<string, number>> {
  const { metafile } = await build({
    stdin: { contents: ENGINE, resolveDir: import.meta.dirname }, bundle: true, minify: true, format: 'esm', platform: 'browser', target: 'es2023',
    conditions: ['@syncline/source'], external: [...LIBRARIES], write: false, metafile: true, outdir: 'out',
  });
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))) {
    const [part] = PARTS.find(([, paths]) => paths.test(path)) ?? ['bundler'];
    bytes.set(part, (bytes.get(part) ?? 0) + bytesInOutput);
  }
  const all = [...bytes.values()].reduce((sum, size) => sum + size, 0);
  return Object.fromEntries([...bytes].toSorted(([, a], [, b]) => b - a).map(([part, size]) => [part, (size / all) * whole]));
}
