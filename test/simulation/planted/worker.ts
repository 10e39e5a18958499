// Hunts the planted bugs it is told of, one after another, in a process of its own.
import { KINDS, planOf, runReal } from '../seeds.ts';
import { BUGS } from './bugs.ts';
import { type Finding, readPlan } from './findings.ts';
import { loadPlanted } from './load.ts';

const SEEDS_MAX = 5000;
const SHRINK_MS = 5000;

/** A bug, the finding of last time, and how many seeds to try; all that there are by default. */
export interface Hunt {
  readonly id: string;
  readonly known: Finding | null;
  readonly seeds?: number | undefined;
}

export interface Hunted {
  readonly id: string;
  readonly finding: Finding | null;
  /** Why it could not be planted. */
  readonly error?: string | undefined;
}

/** Worlds of every kind, in turn. */
function seedsToTry(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => (KINDS[index % KINDS.length]?.from ?? 0) + Math.floor(index / KINDS.length) + 1);
}

async function hunt({ id, known, seeds = SEEDS_MAX }: Hunt): Promise<Finding | null> {
  const bug = BUGS.find((candidate) => candidate.id === id);
  if (bug === undefined) throw new Error(`no bug ${id}`);
  const planted = await loadPlanted(bug);
  if (bug.plan !== undefined) {
    const plan = readPlan(bug.plan);
    const [first] = (await planted.runReal(plan)).violations;
    return first === undefined ? null : { seed: plan.seed, plan: bug.plan, invariant: first.id, actions: plan.actions.length };
  }
  for (const seed of [...(known ? [known.seed] : []), ...seedsToTry(seeds)]) {
    const [first] = (await planted.runSeed(seed)).violations;
    if (first === undefined) continue;
    if (known?.seed === seed && known.invariant === first.id) return known;
    // What fails without the bug too does not speak of it.
    if ((await runReal(planOf(seed))).violations.length > 0) continue;
    const { plan } = await planted.runShrunk(planOf(seed), first.id, {}, SHRINK_MS);
    return { seed, invariant: first.id, actions: plan.actions.length };
  }
  return null;
}

// Each planted campaign listens for itself.
process.setMaxListeners(0);
process.on('message', (task: Hunt) => {
  hunt(task).then(
    (finding) => process.send?.({ id: task.id, finding } satisfies Hunted),
    (error: unknown) => process.send?.({ id: task.id, finding: null, error: String(error) } satisfies Hunted),
  );
});
