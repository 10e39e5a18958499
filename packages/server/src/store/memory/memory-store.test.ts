import { describe, it } from 'vitest';
import { accountContract, createMemoryStore, createStoreWorld, storeContract } from '../../testing/index.ts';

describe('the store in memory', () => {
  const world = createStoreWorld(createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' }));
  for (const { name, run } of [...accountContract(async () => world), ...storeContract(async () => world)]) it(name, run);
});
