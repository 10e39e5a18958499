// Every suite of the repository, one project each. Packages resolve to their sources, so nothing is built first.
import { defineConfig } from 'vitest/config';

const source = '@syncline/source';
const resolve = { conditions: [source, 'module', 'browser', 'development|production'] };
const ssr = { resolve: { conditions: [source, 'module', 'node', 'development|production'] } };

function nodeProject(name: string, include: string[], timeout: number) {
  return {
    root: import.meta.dirname,
    resolve,
    ssr,
    test: { name, include, environment: 'node' as const, testTimeout: timeout, hookTimeout: timeout },
  };
}

export default defineConfig({
  test: {
    projects: [
      nodeProject('unit', ['../packages/*/src/**/!(*.browser).test.ts', '../examples/*/src/**/!(*.browser).test.{ts,tsx}', '../scripts/**/*.test.mjs'], 10_000),
    ],
  },
});
