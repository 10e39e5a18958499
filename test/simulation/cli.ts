// `pnpm sim`: many seeds, in as many processes as asked for, with progress, a summary, and one command to replay each failure.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allMarks, MarkCounts, type Plan, printPlan, readPlan } from '@syncline/core/testing';
import { demandedMarks, type Failure, keepSummary, readSummary, type Report, type Summary, Tally, writeSummary } from './campaign.ts';
import { loadParts } from './parts.ts';
import { planOf, runReal, runSeed, runShrunk, unreachableMarks } from './seeds.ts';

const root = join(import.meta.dirname, '..', '..');
const CHUNK = 250;
const FAILURES_SHOWN = 5;

const USAGE = `usage: pnpm sim [--seeds N] [--from SEED]   runs worlds; with --jobs N, --minutes N, --summary FILE
       pnpm sim --seed SEED               replays one world and makes it small while it fails
       pnpm sim --plan FILE               the same with a plan
       pnpm sim --keep FILE               takes a summary into the record
       pnpm sim:planted                   hunts planted bugs; with --only TEXT, --within SEEDS

--store dexie, --server pglite: over real stores · --trace: every event of a replay · --no-shrink: leaves what fails as it is`;

/** Ends the command: what was asked for makes no sense. */
function refuse(reason: unknown): never {
  console.error(`${reason instanceof Error ? reason.message : String(reason)}\n\n${USAGE}`);
  process.exit(2);
}

function readFlags() {
  try {
    return parseArgs({
      allowNegative: true,
      options: {
        seeds: { type: 'string', default: '1000' }, from: { type: 'string', default: '1' }, seed: { type: 'string' }, plan: { type: 'string' }, jobs: { type: 'string' },
        summary: { type: 'string' }, keep: { type: 'string' }, only: { type: 'string' }, worker: { type: 'boolean', default: false }, trace: { type: 'boolean', default: false }, planted: { type: 'boolean', default: false },
        shrink: { type: 'boolean', default: true }, within: { type: 'string' }, store: { type: 'string' }, server: { type: 'string' }, minutes: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error);
  }
}

const values = readFlags();
// Whoever reads no further, as `head` does, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

/** A flag that is a number; undefined when it was not given. */
function numberOf(flag: 'seeds' | 'from' | 'seed' | 'jobs' | 'within' | 'minutes', least: number): number | undefined {
  const text = values[flag];
  if (text === undefined) return undefined;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!(number >= least) || !(flag === 'minutes' || Number.isSafeInteger(number))) refuse(`--${flag} must be a ${flag === 'minutes' ? '' : 'whole '}number from ${least} on, and is ${text}`);
  return number;
}

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const seeds = numberOf('seeds', 1) ?? 1000;
const from = numberOf('from', 0) ?? 1;
if (!Number.isSafeInteger(from + seeds)) refuse(`there are no ${seeds} seeds from ${from} on`);
const seed = numberOf('seed', 0);
const within = numberOf('within', 1);
const jobs = numberOf('jobs', 1) ?? Math.min(2, availableParallelism());
const minutes = numberOf('minutes', 0) ?? Number.POSITIVE_INFINITY;

/** The flags that ask for real parts, as they are given. */
const partFlags = (['store', 'server'] as const).flatMap((part) => (values[part] === undefined ? [] : [`--${part}`, values[part]]));
const parts = await loadParts(values).catch(refuse);

const over = [values.store, values.server].filter((part) => part !== undefined).join(' and ') || undefined;

/** A long campaign always can go on where it stopped. */
const LONG = 100_000;
const summaryFile = values.summary ?? (seeds >= LONG ? join(root, '.cache', 'simulation', `summary-${[from, ...partFlags].join('')}.json`) : undefined);

/** Each of these is a command of its own. */
const wanted = (['seed', 'plan', 'keep', 'planted'] as const).filter((flag) => values[flag] !== undefined && values[flag] !== false);
if (wanted.length > 1) refuse(`--${wanted.join(' and --')} do not go together`);

if (values.worker) work();
else if (values.keep !== undefined) keep(values.keep);
else if (seed !== undefined) process.exitCode = await replay(planOf(seed));
else if (values.plan !== undefined) process.exitCode = await replay(planIn(values.plan));
else if (values.planted) process.exitCode = await (await import('./planted/cli.ts')).findPlanted(within, values.only).catch(refuse);
else process.exitCode = await campaign();

function planIn(file: string): Plan {
  try {
    return readPlan((JSON.parse(readFileSync(file, 'utf8')) as { readonly plan?: unknown } | null)?.plan);
  } catch (error) {
    return refuse(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function keep(file: string): void {
  try {
    keepSummary(file);
  } catch (error) {
    refuse(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function summaryBefore(): Summary {
  try {
    return readSummary(from, summaryFile, over);
  } catch (error) {
    return refuse(error);
  }
}

function work(): void {
  process.on('message', async (task: { from: number; count: number }) => {
    const [marks, worlds] = [new MarkCounts(), new MarkCounts()];
    const failures: Failure[] = [];
    const before = process.cpuUsage();
    for (let at = task.from; at < task.from + task.count; at += 1) {
      const result = await runSeed(at, parts);
      marks.add(result.marks);
      for (const mark of allMarks()) if (result.marks[mark] > 0) worlds.hit(mark);
      const [first] = result.violations;
      if (first) failures.push({ seed: at, ...first });
    }
    const { user, system } = process.cpuUsage(before);
    process.send?.({ ...task, marks: marks.toRecord(), worlds: worlds.toRecord(), failures, cpuMs: (user + system) / 1000 } satisfies Report);
  });
}

async function replay(plan: Plan): Promise<number> {
  const result = await runReal(plan, { ...parts, keepTrace: values.trace });
  for (const line of result.lines) console.log(line);
  console.log(printPlan(plan));
  for (const { id, what } of result.violations) console.log(`${id}: ${what}`);
  console.log(`trace ${result.hash}`);
  const [first] = result.violations;
  if (first) await shrink(plan, first.id);
  return first ? 1 : 0;
}

async function shrink(plan: Plan, invariant: string): Promise<void> {
  if (!values.shrink) return;
  const { plan: small, tries } = await runShrunk(plan, invariant, parts);
  console.log(`\nShrunk in ${tries} tries to ${small.actions.length} actions:\n${printPlan(small)}\n${JSON.stringify({ invariant, plan: small })}`);
}

async function campaign(): Promise<number> {
  const before = summaryBefore();
  const tally = new Tally(before);
  const end = from + seeds;
  const startedAt = Date.now();
  // All processes have something to do in a short one, too, and the time is looked at now and then.
  const chunk = Math.min(CHUNK, Math.ceil(seeds / jobs / 10));
  const broken: Failure[] = [];
  const tell = (failure: Failure): void => {
    const command = ['pnpm', 'sim', '--seed', failure.seed, ...partFlags].join(' ');
    if (broken.push(failure) <= FAILURES_SHOWN) console.log(`seed ${failure.seed}: ${failure.id} ${failure.what}\n  ${command}`);
  };
  before.failures.forEach(tell);
  let said = Date.now();
  const deadline = startedAt + minutes * 60_000;
  let { next } = before;
  const take = (): { from: number; count: number } | null => {
    if (next >= end || Date.now() >= deadline) return null;
    const begin = next;
    next = Math.min(end, next + chunk);
    return { from: begin, count: next - begin };
  };
  const hear = (report: Report): void => {
    tally.add(report);
    report.failures.forEach(tell);
    writeSummary(tally.summary, summaryFile);
    if (Date.now() - said > 10_000) {
      said = Date.now();
      const rate = (tally.seeds - before.seeds) / ((said - startedAt) / 1000);
      console.log(`${tally.seeds} seeds, ${tally.violations} violations, ${rate.toFixed(0)} seeds/s`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, () => runWorker(take, hear)));
  const { seeds: done, violations, marks } = tally;
  const [told] = broken;
  if (told) await shrink(planOf(told.seed), told.id);
  if (next < end) console.log(`NOT RUN: simulator out of time: ${end - next} of ${seeds} seeds`);
  const unreachable = new Set(unreachableMarks(from, seeds));
  const missing = marks.missing().filter((mark) => !unreachable.has(mark));
  const demanded = new Set(demandedMarks(from, done));
  const [bad, rare] = [missing.filter((mark) => demanded.has(mark)), missing.filter((mark) => !demanded.has(mark))];
  if (bad.length > 0) console.log(`MARKS NOT MET: ${bad.join(', ')}`);
  if (rare.length > 0) console.log(`marks not met in so few seeds: ${rare.join(', ')}`);
  const reachable = allMarks().length - unreachable.size;
  console.log(`${reachable - missing.length} of ${reachable} marks met`);
  if (done > before.seeds) console.log(`${(tally.cpuMs / (done - before.seeds)).toFixed(1)} ms of CPU a seed`);
  console.log(`${done} seeds, ${violations} violations`);
  return violations > 0 || bad.length > 0 ? 1 : 0;
}

function runWorker(take: () => { from: number; count: number } | null, hear: (report: Report) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = fork(fileURLToPath(import.meta.url), ['--worker', ...partFlags], { execArgv: process.execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let isDone = false;
    const give = (): void => {
      const chunk = take();
      isDone = chunk === null;
      if (chunk === null) worker.kill();
      else worker.send(chunk);
    };
    worker.on('message', (report: Report) => {
      hear(report);
      give();
    });
    // One that ended otherwise took seeds with it that nobody ran.
    worker.once('exit', (code, signal) => (isDone ? resolve() : reject(new Error(`a worker ended with ${code ?? signal}`))));
    give();
  });
}
