// `pnpm sim:planted`: the test of the test. Each planted bug must be found; its first finding seed is kept, so that the fast tests
// prove it again at once.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUGS, type PlantedBug } from './bugs.ts';
import { loadPlanted } from './load.ts';

const here = dirname(fileURLToPath(import.meta.url));
const found = join(here, 'found.json');
const SEEDS_MAX = 5000;
const SHORT = 12;

export interface Finding {
  readonly seed: number;
  readonly invariant: string;
  /** Actions left after shrinking. */
  readonly actions: number;
}

export type Findings = Readonly<Record<string, Finding>>;

export function readFindings(): Findings {
  return JSON.parse(readFileSync(found, 'utf8')) as Findings;
}

async function hunt(bug: PlantedBug, known: Finding | undefined): Promise<Finding | null> {
  const { runSeed, runShrunk, planOf, close } = await loadPlanted(bug);
  try {
    const seeds = [...(known ? [known.seed] : []), ...Array.from({ length: SEEDS_MAX }, (_, index) => index + 1)];
    for (const seed of seeds) {
      const first = (await runSeed(seed)).violations[0];
      if (first === undefined) continue;
      if (known?.seed === seed && known.invariant === first.id) return known;
      const { plan } = await runShrunk(planOf(seed), first.id);
      return { seed, invariant: first.id, actions: plan.actions.length };
    }
    return null;
  } finally {
    await close();
  }
}

/** Hunts every bug, writes what found it, and says how many were. */
export async function findPlanted(): Promise<number> {
  const known = readFindings();
  const findings: Record<string, Finding> = {};
  for (const bug of BUGS) {
    const finding = await hunt(bug, known[bug.id]);
    if (finding) findings[bug.id] = finding;
    console.log(finding ? `${bug.id}: seed ${finding.seed}, ${finding.invariant}, ${finding.actions} actions` : `${bug.id}: NOT FOUND in ${SEEDS_MAX} seeds (${bug.says})`);
  }
  writeFileSync(found, `${JSON.stringify(findings, null, 2)}\n`);
  const all = Object.values(findings);
  console.log(`${all.filter(({ actions }) => actions <= SHORT).length} of ${all.length} shrank to ${SHORT} actions or fewer`);
  console.log(`${all.length} of ${BUGS.length} found`);
  return all.length === BUGS.length ? 0 : 1;
}
