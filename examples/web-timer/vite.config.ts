import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const WORKER = 'sw.js';
const LIST = 'self.pageFiles';

/** Writes into the service worker which files make up the page, each with its version. */
function listPageFiles(): Plugin {
  return {
    name: 'list-page-files',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== 'chunk') return this.error('the service worker was not built');
        const version = Object.keys(bundle).filter((file) => file !== WORKER).sort().join();
        const files = Object.keys(bundle).filter((file) => file !== WORKER && !file.endsWith('.map')).map((file) =>
          // Hashed names are their own version; the page's is that of everything it refers to.
          ({ url: file === 'index.html' ? '/' : `/${file}`, revision: file.startsWith('assets/') ? null : version }),
        );
        worker.code = worker.code.replace(LIST, JSON.stringify(files));
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
