// Writes what follows from results.json: the tables in docs/PERFORMANCE.md and the plots beside it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawPlots } from './plots.ts';
import { readReport } from './results.ts';
import { PERFORMANCE, withMeasured } from './tables.ts';

export const PLOTS = join(import.meta.dirname, '../../../docs/plots');

export function publish(): void {
  const report = readReport();
  writeFileSync(PERFORMANCE, withMeasured(readFileSync(PERFORMANCE, 'utf8'), report));
  mkdirSync(PLOTS, { recursive: true });
  for (const [name, svg] of Object.entries(drawPlots(report))) writeFileSync(join(PLOTS, name), svg);
}
