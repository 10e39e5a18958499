// Part of both examples' builds: tells a service worker which files make up its page.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** File name of the service worker in the build; its entry is called `sw`. */
export const WORKER = 'sw.js';
const LIST = 'self.pageFiles';

const revisionOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex').slice(0, 16);

/** Writes into the service worker which files make up the page, each with its revision. Fails the build when the worker has no place for them. */
export function listPageFiles(): Plugin {
  let publicDir = '';
  let base = '/';
  return {
    name: 'list-page-files',
    apply: 'build',
    configResolved: (config) => void ({ publicDir, base } = config),
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== 'chunk' || !worker.code.includes(LIST)) return this.error('the service worker has no place for the list of files');
        const built = Object.values(bundle).filter(({ fileName }) => fileName !== WORKER && !fileName.endsWith('.map')).map((file) => ({
          url: file.fileName === 'index.html' ? base : `${base}${file.fileName}`,
          // A hashed name is its own revision.
          revision: file.fileName.startsWith('assets/') ? null : revisionOf(file.type === 'chunk' ? file.code : file.source),
        }));
        const names = existsSync(publicDir) ? readdirSync(publicDir) : [];
        const copied = names.map((name) => ({ url: `${base}${name}`, revision: revisionOf(readFileSync(join(publicDir, name))) }));
        worker.code = worker.code.replace(LIST, () => JSON.stringify([...built, ...copied]));
      },
    },
  };
}

/** Names of the built scripts: the worker's stays the same, the others carry their content. */
export const entryFileNames = ({ name }: { readonly name: string }): string => (name === 'sw' ? WORKER : 'assets/[name]-[hash].js');
