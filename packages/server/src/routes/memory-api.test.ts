import { describe, it } from 'vitest';
import { apiContract, createApiWorld, createMemoryStore } from '../testing/index.ts';

const world = createApiWorld(createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' }), 0);

describe('the calls, over the store in memory', () => {
  for (const { name, run } of apiContract(async () => world)) it(name, run);
});
