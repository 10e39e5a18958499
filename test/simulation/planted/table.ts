// The table of planted bugs in docs/SIMULATION.md, made from what is planted and what was found.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUGS } from './bugs.ts';
import { readFindings } from './findings.ts';

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'SIMULATION.md');
const BEGIN = '<!-- planted bugs: begin -->';
const END = '<!-- planted bugs: end -->';

/** What stands between the two marks. */
export function plantedTable(): string {
  const findings = readFindings();
  const rows = BUGS.map(({ id, rows: spec, says }) => {
    const finding = findings[id];
    const found = finding === undefined ? 'not yet | – | –' : `${finding.plan ?? finding.seed} | ${finding.invariant} | ${finding.actions}`;
    return `| \`${id}\` | ${spec.join(', ')} | ${says} | ${found} |`;
  });
  const count = BUGS.filter(({ id }) => findings[id] !== undefined).length;
  return [`${count} of ${BUGS.length} found so far.`, '', '| bug | rows | what it does wrong | seed or plan | invariant | actions left |', '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** The document with the table as it is now. */
export function documentWithTable(): { readonly is: string; readonly should: string } {
  const is = readFileSync(file, 'utf8');
  const [before = '', rest = ''] = is.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return { is, should: `${before}${BEGIN}\n${plantedTable()}\n${END}${after}` };
}

export function writeTable(): void {
  writeFileSync(file, documentWithTable().should);
}
