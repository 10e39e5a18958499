// Every suite of the repository, one project each. Packages resolve to their sources, so nothing is built first.
import { availableParallelism } from 'node:os';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { answeringServer } from './browser/answering-plugin.ts';
import { findBrowser } from './provision/browser.mjs';

const source = '@syncline/source';
const root = import.meta.dirname;
const browser = findBrowser();

/** The test of the simulator itself, and its worlds over real stores: minutes, so `pnpm check` leaves them to `npm test`. */
const SLOW_WORLDS = ['simulation/planted*.test.ts', 'simulation/real-stores.test.ts'];

function nodeProject(name: string, include: string[], limits: { seconds: number; oneAtATime?: boolean; without?: string[] }) {
  const timeout = limits.seconds * 1000;
  return {
    root,
    ssr: { resolve: { conditions: [source, 'module', 'node', 'development|production'] } },
    test: {
      name,
      include,
      exclude: ['**/node_modules/**', '**/*.browser.test.ts', ...(limits.without ?? [])],
      environment: 'node' as const,
      testTimeout: timeout,
      hookTimeout: timeout,
      fileParallelism: !limits.oneAtATime,
    },
  };
}

const browserProject = {
  plugins: [answeringServer()],
  // The root must be a workspace that depends on what Vite pre-bundles, or it is found late and the page reloads.
  root,
  resolve: { conditions: [source, 'module', 'browser', 'development|production'] },
  optimizeDeps: {
    include: ['dexie/dist/modern/dexie.mjs', 'rxjs', 'yjs', 'zod/mini', '@syncline/protocol > date-fns'],
  },
  test: {
    name: 'browser',
    include: ['browser/**/*.test.ts', '../packages/*/src/**/*.browser.test.ts'],
    testTimeout: 30_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright(
        browser
          ? { launchOptions: { executablePath: browser.executablePath, args: browser.args, env: browser.env } }
          : {},
      ),
      instances: [{ browser: 'chromium' as const, name: 'chromium' }],
    },
  },
};

export default defineConfig({
  test: {
    // Tests wait for processes and browsers as much as they work: a machine of two cores has room for two files at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      nodeProject('unit', ['../packages/*/src/**/*.test.ts', '../examples/*/src/**/*.test.{ts,tsx}', '../scripts/**/*.test.mjs'], { seconds: 20 }),
      nodeProject('node', ['{architecture,wire,contracts,simulation,bench}/**/*.test.ts'], { seconds: 60, without: SLOW_WORLDS }),
      nodeProject('worlds', SLOW_WORLDS, { seconds: 60 }),
      nodeProject('faults', ['faults/**/*.test.ts'], { seconds: 120, oneAtATime: true }),
      nodeProject('postgres', ['postgres/**/*.test.ts'], { seconds: 120, oneAtATime: true }),
      nodeProject('e2e', ['e2e/**/*.test.ts'], { seconds: 120, oneAtATime: true }),
      browserProject,
    ],
  },
});
