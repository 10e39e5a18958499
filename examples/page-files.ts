// Part of both examples' builds: the page's service worker, in one file that needs no other, which knows the files that make up its page.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin, type ResolvedConfig } from 'vite';

/** File name of the service worker in the build. */
const WORKER = 'sw.js';
const LIST = 'self.pageFiles';

const revisionOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex').slice(0, 16);

/**
 * Builds the service worker beside the page, as a classic script: not every browser takes modules there. Writes into it which files make up the
 * page, each with its revision. Fails the build when the worker has no place for them.
 * @param source of the worker, from the example's folder.
 */
export function addWorker(source: string): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'add-worker',
    apply: 'build',
    configResolved: (resolved) => void (config = resolved),
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const { base, publicDir } = config;
        const built = Object.values(bundle).filter(({ fileName }) => !fileName.endsWith('.map')).map((file) => ({
          url: file.fileName === 'index.html' ? base : `${base}${file.fileName}`,
          // A hashed name is its own revision.
          revision: file.fileName.startsWith('assets/') ? null : revisionOf(file.type === 'chunk' ? file.code : file.source),
        }));
        const names = existsSync(publicDir) ? readdirSync(publicDir) : [];
        const copied = names.map((name) => ({ url: `${base}${name}`, revision: revisionOf(readFileSync(join(publicDir, name))) }));
        const code = await buildWorker(join(config.root, source), config);
        if (!code.includes(LIST)) return this.error('the service worker has no place for the list of files');
        this.emitFile({ type: 'asset', fileName: WORKER, source: code.replace(LIST, () => JSON.stringify([...built, ...copied])) });
      },
    },
  };
}

/** A build of its own: beside the page it would share files with it, and a classic script can load none. */
async function buildWorker(input: string, { root, resolve, logLevel }: ResolvedConfig): Promise<string> {
  const result = await build({
    root, configFile: false, publicDir: false, logLevel: logLevel ?? 'warn', resolve: { conditions: resolve.conditions },
    build: { write: false, reportCompressedSize: false, modulePreload: false, chunkSizeWarningLimit: 2000, rollupOptions: { input, output: { format: 'iife', codeSplitting: false } } },
  });
  const files = [result].flat().flatMap((one) => ('output' in one ? one.output : []));
  const [file] = files;
  if (files.length !== 1 || file?.type !== 'chunk') throw new Error(`the service worker is ${files.length} files`);
  return file.code;
}
