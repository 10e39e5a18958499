// `pnpm bench`: measures, checks the answers, and writes results.json, the tables and the plots.
//   pnpm bench [--rounds 5] [--groups store,overlaps,…] [--contenders syncline,raw,…] [--stored 100000]
import { parseArgs } from 'node:util';
import { GROUPS } from './groups/index.ts';
import type { Results } from './run/rounds.ts';
import { mergeResults } from './report/results.ts';
import { publish } from './report/publish.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' }, stored: { type: 'string', default: '100000' },
    groups: { type: 'string' }, contenders: { type: 'string' }, dry: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => console.error(line);

function print(results: Results): void {
  for (const [work, by] of Object.entries(results)) {
    console.log(work.padEnd(34), Object.entries(by).map(([name, { median }]) => `${name} ${median}`).join('  '));
  }
}

for (const name of values.groups?.split(',') ?? Object.keys(GROUPS)) {
  const measure = GROUPS[name];
  if (!measure) throw new Error(`no such group: ${name} (there are ${Object.keys(GROUPS).join(', ')})`);
  say(`== ${name}`);
  const contenders = values.contenders?.split(',') ?? null;
  const results = await measure({ rounds: Number(values.rounds), stored: Number(values.stored), contenders, say });
  print(results);
  if (!values.dry && Object.keys(results).length > 0) mergeResults(name, results);
}
if (!values.dry) publish();
