import { defineConfig } from 'vite';

export default defineConfig({
  base: '/status-board/',
  resolve: { conditions: ['@syncline/source', 'module', 'browser', 'development|production'] },
  build: { modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: { proxy: { '/api': 'http://127.0.0.1:4000' } },
});
