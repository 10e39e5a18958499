// `pnpm bench`: measures, checks the answers, and writes results.json, the tables and the plots.
import { GROUPS } from './groups/index.ts';
import { HISTORY_MIN } from './page/data.ts';
import type { Results } from './run/rounds.ts';
import { chosenOf, type Options, readOptions, usage } from './options.ts';
import { mergeResults } from './report/results.ts';
import { publish } from './report/publish.ts';

const say = (line: string): void => console.error(line);

function print(results: Results): void {
  for (const [work, by] of Object.entries(results)) {
    console.log(work.padEnd(34), Object.entries(by).map(([name, { median }]) => `${name} ${median}`).join('  '));
  }
}

function readFlags(): Options | null {
  try {
    return readOptions(process.argv.slice(2), GROUPS, HISTORY_MIN);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage(GROUPS)}`);
    process.exit(2);
  }
}

async function measure({ groups, rounds, stored, contenders, isWhole, dry }: Options): Promise<void> {
  for (const name of groups) {
    const group = GROUPS[name];
    if (!group) continue;
    say(`== ${name}`);
    const results = await group.measure({ rounds, stored, contenders: contenders && chosenOf(group, contenders), say });
    print(results);
    if (!isWhole || dry || Object.keys(results).length === 0) continue;
    mergeResults(name, results);
    // Now, as the next group may fail.
    publish();
  }
  if (!isWhole) say('not written to results.json: this is not all that the budgets compare');
}

const options = readFlags();
if (options === null) console.log(usage(GROUPS));
else await measure(options);
