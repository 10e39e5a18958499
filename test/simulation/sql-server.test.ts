// Drawn worlds whose server has its SQL store, on an embedded PostgreSQL: the fast part of the campaign with `--server pglite`.
import { beforeAll, describe, expect, it } from 'vitest';
import { createOutside } from './outside.ts';
import { createRealServer, type SimStoreFactory } from './real-server.ts';
import { KINDS, type Parts, planOf, runReal, runSeed } from './seeds.ts';
import { createSqlStores } from './sql-stores.ts';

const WORLDS = 3;

const outside = createOutside();
let openStore: SimStoreFactory;
beforeAll(async () => {
  openStore = await createSqlStores(outside);
});

const sql = (open: SimStoreFactory = openStore): Parts => ({
  settle: outside.settle,
  createServer: (options) => createRealServer({ ...options, openStore: open }),
});

/** The first worlds from that seed on in which the server dies at a commit or is set back. */
function seedsOf(from: number): number[] {
  const seeds: number[] = [];
  for (let seed = from + 1; seeds.length < WORLDS; seed += 1) {
    const deeds = planOf(seed).actions.map(({ do: deed }) => deed);
    if (deeds.includes('server-crash') || deeds.includes('server-restore')) seeds.push(seed);
  }
  return seeds;
}

describe('worlds whose server has its SQL store', () => {
  it.each(KINDS)(`[D11, I-08, I-18] ${WORLDS} of $name break nothing, and go as they do in memory`, async ({ from }) => {
    for (const seed of seedsOf(from)) {
      const result = await runSeed(seed, sql());
      expect(result.violations).toEqual([]);
      expect({ seed, hash: result.hash }).toEqual({ seed, hash: (await runSeed(seed)).hash });
    }
  });

  it('notice one that answers and commits nothing', async () => {
    const [seed = 1] = seedsOf(0);
    const forgetful: SimStoreFactory = async (epoch) => {
      const held = await openStore(epoch);
      const { store } = held;
      const commit = store.withUser;
      store.withUser = async (userId, work) => {
        const answers: Awaited<ReturnType<typeof work>>[] = [];
        const undone = commit(userId, async (tx) => {
          answers.push(await work(tx));
          throw new Error('undone');
        });
        await undone.catch((error: unknown) => {
          if (answers.length === 0) throw error;
        });
        return answers[0] as Awaited<ReturnType<typeof work>>;
      };
      return held;
    };
    expect((await runReal(planOf(seed), sql(forgetful))).violations).not.toEqual([]);
  });
});
