import { describe, expect, it } from 'vitest';
import { importFaults, runtimePackages } from './import-rules.ts';
import { parse, readSources } from './sources.ts';

const packages = readSources('packages');

describe('imports', () => {
  it('keep to the layers in every package', () => {
    expect(packages.flatMap(importFaults)).toEqual([]);
  });

  it('keep to what the packages export in the examples', () => {
    expect(readSources('examples').flatMap(importFaults)).toEqual([]);
  });

  it('leave Yjs out for who does not ask for it', () => {
    expect(runtimePackages('packages/core/src/index.ts', packages)).not.toContain('yjs');
  });

  it('keep the network and the database out of the server app', () => {
    const app = [...runtimePackages('packages/server/src/http/app.ts', packages)];
    expect(app.filter((name) => /^(pg|kysely|pino|@electric-sql\/|@hono\/node-server)/.test(name))).toEqual([]);
  });
});

describe('the rules notice', () => {
  it.each([
    ['packages/protocol/src/wire/a.ts', "import { createSyncEngine } from '@syncline/core';"],
    ['packages/server/src/app.ts', "import type { Store } from '@syncline/core';"],
    ['packages/server/src/app.ts', "const world = await import('@syncline/core/testing');"],
    ['packages/rxjs/src/a.ts', "import { push } from '@syncline/core/src/sync/push.ts';"],
    ['packages/rxjs/src/a.ts', "import { push } from '../../core/src/sync/push.ts';"],
    ['packages/core/src/model/a.ts', "import { push } from '../sync/push.ts';"],
    ['packages/core/src/sync/a.ts', "export { createDexieStore } from '../adapters/dexie-store.ts';"],
    ['packages/core/src/sync/a.ts', "import { createSyncEngine } from '../engine.ts';"],
    ['packages/core/src/engine.ts', "import { createMemoryStore } from './testing/memory-store.ts';"],
    ['packages/core/src/testing/a.ts', "import { createDexieStore } from '../adapters/dexie-store.ts';"],
    ['packages/core/src/adapters/a.ts', "import { recordOf } from '../model/session.ts';"],
    ['packages/core/src/index.ts', "export * from './engine.ts';"],
  ])('%s: %s', (path, text) => {
    expect(importFaults(parse(path, text))).toHaveLength(1);
  });

  it('and let the intended pass', () => {
    const file = parse('packages/core/src/adapters/a.ts', "import type { Session } from '../model/session.ts'; import { limits } from '@syncline/protocol'; import { z } from 'zod/mini';");
    expect(importFaults(file)).toEqual([]);
  });
});
