// What found each planted bug: kept, so that it is proved again at once.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '@syncline/core/testing';
import { planOf } from '../seeds.ts';

const file = join(import.meta.dirname, 'found.json');

export interface Finding {
  readonly seed: number;
  /** The plan that found it, one of those that once failed; the seed's own by default. */
  readonly plan?: string | undefined;
  readonly invariant: string;
  /** Actions left after shrinking. */
  readonly actions: number;
}

export type Findings = Readonly<Record<string, Finding>>;

/** What is run to find the bug again. */
export function planOfFinding({ seed, plan }: Pick<Finding, 'seed' | 'plan'>): Plan {
  return plan === undefined ? planOf(seed) : readPlan(plan);
}

/** A plan that once failed, by name. */
export function readPlan(name: string): Plan {
  return (JSON.parse(readFileSync(join(import.meta.dirname, '..', 'regressions', `${name}.json`), 'utf8')) as { readonly plan: Plan }).plan;
}

export function readFindings(): Findings {
  return JSON.parse(readFileSync(file, 'utf8')) as Findings;
}

export function writeFindings(findings: Findings): void {
  const rows = Object.entries(findings).map(([id, finding]) => `  ${JSON.stringify(id)}: ${JSON.stringify(finding)}`);
  writeFileSync(file, `{\n${rows.join(',\n')}\n}\n`);
}
