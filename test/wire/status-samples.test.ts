// The documented samples of the status call, asked of whole servers.
import { afterAll, describe, it } from 'vitest';
import conflicts from '../../packages/protocol/src/fixtures/sync-status.conflicts.json' with { type: 'json' };
import healthy from '../../packages/protocol/src/fixtures/sync-status.healthy.json' with { type: 'json' };
import { openEmbeddedStore } from '../../packages/server/src/store/sql/open.ts';
import { type ApiWorld, createApiWorld, createMemoryStore, statusSampleContract } from '../../packages/server/src/testing/index.ts';

describe('over the store in memory', () => {
  const world = createApiWorld(createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' }), 0);
  for (const { name, run } of statusSampleContract(async () => world, healthy, conflicts)) it(name, run);
});

describe('over the embedded database', () => {
  let opened: Promise<ApiWorld> | undefined;
  const world = (): Promise<ApiWorld> => (opened ??= openEmbeddedStore(null).then(({ store }) => createApiWorld(store, 0)));
  afterAll(async () => (await opened)?.store.close());
  for (const { name, run } of statusSampleContract(world, healthy, conflicts)) it(name, run);
});
