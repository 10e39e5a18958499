import { defineConfig } from 'vite';
import { entryFileNames, listPageFiles } from '../page-files.ts';

export default defineConfig({
  base: '/status-board/',
  plugins: [listPageFiles()],
  resolve: { conditions: ['@syncline/source', 'module', 'browser', 'development|production'] },
  build: {
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: { input: { index: 'index.html', sw: 'src/sw.ts' }, output: { entryFileNames } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4000' } },
});
