// What found each planted bug: kept, so that it is proved again at once.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, 'found.json');

export interface Finding {
  readonly seed: number;
  readonly invariant: string;
  /** Actions left after shrinking. */
  readonly actions: number;
}

export type Findings = Readonly<Record<string, Finding>>;

export function readFindings(): Findings {
  return JSON.parse(readFileSync(file, 'utf8')) as Findings;
}

export function writeFindings(findings: Findings): void {
  const rows = Object.entries(findings).map(([id, finding]) => `  ${JSON.stringify(id)}: ${JSON.stringify(finding)}`);
  writeFileSync(file, `{\n${rows.join(',\n')}\n}\n`);
}
