// `pnpm sim:planted`: the test of the test. Each planted bug must be found; its finding seed is kept, so that the fast tests prove it
// again at once.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { PlantedBug } from './bug.ts';
import { BUGS } from './bugs.ts';
import { type Finding, readFindings, writeFindings } from './findings.ts';
import { writeTable } from './table.ts';
import type { Hunt, Hunted } from './worker.ts';

const JOBS = 2;
const SHORT = 12;

/** Hunts every bug, or those with that in their names, writes what found them, and says how many of them were. @throws where no bug has that in its name. */
export async function findPlanted(seeds: number | undefined, only: string | undefined): Promise<number> {
  const known = readFindings();
  const found = new Map<string, Finding>(Object.entries(known).filter(([id]) => BUGS.some((bug) => bug.id === id)));
  const waiting = BUGS.filter(({ id }) => only === undefined || (only === 'missing' ? known[id] === undefined : id.includes(only)));
  if (only !== undefined && only !== 'missing' && waiting.length === 0) throw new Error(`no planted bug is called ${only}`);
  const hunted = waiting.map(({ id }) => id);
  const next = (): Hunt | null => {
    const bug = waiting.shift();
    return bug === undefined ? null : { id: bug.id, known: known[bug.id] ?? null, seeds };
  };
  const hear = ({ id, finding, error }: Hunted): void => {
    if (finding === null) found.delete(id);
    else found.set(id, finding);
    const says = BUGS.find((bug) => bug.id === id)?.says ?? '';
    console.log(finding ? `${id}: seed ${finding.seed}, ${finding.invariant}, ${finding.actions} actions` : `${id}: NOT FOUND (${error ?? says})`);
    writeFindings(inOrder(BUGS, found));
  };
  await Promise.all(Array.from({ length: JOBS }, () => runWorker(next, hear)));
  writeTable();
  console.log(sayFound(hunted, found).join('\n'));
  return hunted.every((id) => found.has(id)) ? 0 : 1;
}

/** What came of the hunt for these, whatever is known of others. */
export function sayFound(hunted: readonly string[], found: ReadonlyMap<string, Pick<Finding, 'actions'>>): readonly string[] {
  const findings = hunted.flatMap((id) => found.get(id) ?? []);
  const short = findings.filter(({ actions }) => actions <= SHORT);
  return [`${short.length} of ${findings.length} shrank to ${SHORT} actions or fewer`, `${findings.length} of ${hunted.length} found`];
}

function inOrder(bugs: readonly PlantedBug[], found: ReadonlyMap<string, Finding>): Record<string, Finding> {
  return Object.fromEntries(bugs.flatMap(({ id }) => (found.has(id) ? [[id, found.get(id) as Finding]] : [])));
}

function runWorker(next: () => Hunt | null, hear: (hunted: Hunted) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = fork(join(import.meta.dirname, 'worker.ts'), [], { execArgv: process.execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let isDone = false;
    const give = (): void => {
      const task = next();
      isDone = task === null;
      if (task === null) worker.kill();
      else worker.send(task);
    };
    worker.on('message', (hunted: Hunted) => {
      hear(hunted);
      give();
    });
    // One that ended otherwise took a bug with it that nobody hunted.
    worker.once('exit', (code, signal) => (isDone ? resolve() : reject(new Error(`a worker ended with ${code ?? signal}`))));
    give();
  });
}
