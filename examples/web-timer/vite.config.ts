import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const WORKER = 'sw.js';
const LIST = 'self.pageFiles';

const revisionOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex').slice(0, 16);

/** Writes into the service worker which files make up the page, each with its revision. */
function listPageFiles(): Plugin {
  let publicDir = '';
  return {
    name: 'list-page-files',
    apply: 'build',
    configResolved: (config) => void (publicDir = config.publicDir),
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== 'chunk' || !worker.code.includes(LIST)) return this.error('the service worker has no place for the list of files');
        const built = Object.values(bundle).filter(({ fileName }) => fileName !== WORKER && !fileName.endsWith('.map')).map((file) => ({
          url: file.fileName === 'index.html' ? '/' : `/${file.fileName}`,
          // A hashed name is its own revision.
          revision: file.fileName.startsWith('assets/') ? null : revisionOf(file.type === 'chunk' ? file.code : file.source),
        }));
        const copied = readdirSync(publicDir).map((name) => ({ url: `/${name}`, revision: revisionOf(readFileSync(join(publicDir, name))) }));
        worker.code = worker.code.replace(LIST, () => JSON.stringify([...built, ...copied]));
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), listPageFiles()],
  resolve: { conditions: ['@syncline/source', 'module', 'browser', 'development|production'] },
  build: {
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { index: 'index.html', sw: 'src/sw.ts' },
      output: { entryFileNames: ({ name }) => (name === 'sw' ? WORKER : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4000' } },
});
