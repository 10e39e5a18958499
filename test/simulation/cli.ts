// `pnpm sim`: many seeds, in as many processes as asked for, with progress, a summary, and one command to replay each failure.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allMarks, MarkCounts, type Plan, printPlan, readPlan } from '@syncline/core/testing';
import { keepSummary, readSummary, writeSummary } from './campaign.ts';
import { loadParts } from './parts.ts';
import { planOf, runReal, runSeed, runShrunk, unreachableMarks } from './seeds.ts';

const root = join(import.meta.dirname, '..', '..');
const CHUNK = 250;
const FAILURES_SHOWN = 5;
/** From so many seeds on, each mark must have been met: the rarest are met about once in ten thousand. */
const MARKS_FROM = 100_000;

interface Report {
  readonly from: number;
  readonly count: number;
  readonly marks: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly seed: number; readonly id: string; readonly what: string }[];
}

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
const seed = numberOf('seed', 0);
const within = numberOf('within', 1);
const jobs = numberOf('jobs', 1) ?? Math.min(2, availableParallelism());
const minutes = numberOf('minutes', 0) ?? Number.POSITIVE_INFINITY;

/** The flags that ask for real parts, as they are given. */
const partFlags = (['store', 'server'] as const).flatMap((part) => (values[part] === undefined ? [] : [`--${part}`, values[part]]));
const parts = await loadParts(values).catch(refuse);

/** A long campaign always can go on where it stopped. */
const LONG = 100_000;
const summaryFile = values.summary ?? (seeds >= LONG ? join(root, '.cache', 'simulation', `summary-${[from, ...partFlags].join('')}.json`) : undefined);

if (values.worker) work();
else if (values.keep !== undefined) keepSummary(values.keep);
else if (seed !== undefined) process.exitCode = await replay(planOf(seed));
else if (values.plan !== undefined) process.exitCode = await replay(planIn(values.plan));
else if (values.planted) process.exitCode = await (await import('./planted/cli.ts')).findPlanted(within, values.only);
else process.exitCode = await campaign();

function planIn(file: string): Plan {
  try {
    return readPlan((JSON.parse(readFileSync(file, 'utf8')) as { readonly plan?: unknown } | null)?.plan);
  } catch (error) {
    return refuse(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function work(): void {
  process.on('message', async (task: { from: number; count: number }) => {
    const marks = new MarkCounts();
    const failures: { seed: number; id: string; what: string }[] = [];
    for (let at = task.from; at < task.from + task.count; at += 1) {
      const result = await runSeed(at, parts);
      marks.add(result.marks);
      const [first] = result.violations;
      if (first) failures.push({ seed: at, ...first });
    }
    process.send?.({ ...task, marks: marks.toRecord(), failures } satisfies Report);
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
  const before = readSummary(from, summaryFile);
  let { seeds: done, violations, next: unbroken } = before;
  const end = from + seeds;
  const marks = new MarkCounts();
  marks.add(before.marks);
  const startedAt = Date.now();
  // All processes have something to do in a short one, too.
  const chunk = Math.min(CHUNK, Math.ceil(seeds / jobs));
  const broken: Report['failures'][number][] = [];
  let said = Date.now();
  const deadline = startedAt + minutes * 60_000;
  const take = (): { from: number; count: number } | null => {
    if (next >= end || Date.now() >= deadline) return null;
    const begin = next;
    next = Math.min(end, next + chunk);
    return { from: begin, count: next - begin };
  };
  let { next } = before;
  const first = next;
  const pending = new Set<number>();
  const hear = (report: Report): void => {
    pending.delete(report.from);
    marks.add(report.marks);
    done += report.count;
    violations += report.failures.length;
    for (const failure of report.failures) {
      const command = ['pnpm', 'sim', '--seed', failure.seed, ...partFlags].join(' ');
      if (broken.push(failure) <= FAILURES_SHOWN) console.log(`seed ${failure.seed}: ${failure.id} ${failure.what}\n  ${command}`);
    }
    // Only an unbroken run of seeds is counted as done; the rest is run again after an interruption.
    unbroken = Math.min(next, ...pending);
    writeSummary({ ...before, seeds: done, next: unbroken, violations, marks: marks.toRecord() }, summaryFile);
    if (Date.now() - said > 10_000) {
      said = Date.now();
      const rate = (unbroken - first) / ((said - startedAt) / 1000);
      console.log(`${done} seeds, ${violations} violations, ${rate.toFixed(0)} seeds/s`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, () => runWorker(take, pending, hear)));
  const [told] = broken;
  if (told) await shrink(planOf(told.seed), told.id);
  if (next < end) console.log(`NOT RUN: simulator out of time: ${end - next} of ${seeds} seeds`);
  const unreachable = new Set(unreachableMarks(from, seeds));
  const missing = marks.missing().filter((mark) => !unreachable.has(mark));
  const isShort = done < MARKS_FROM;
  if (missing.length > 0) console.log(`${isShort ? 'marks not met in so few seeds' : 'MARKS NOT MET'}: ${missing.join(', ')}`);
  const reachable = allMarks().length - unreachable.size;
  console.log(`${reachable - missing.length} of ${reachable} marks met`);
  console.log(`${done} seeds, ${violations} violations`);
  return violations > 0 || (!isShort && missing.length > 0) ? 1 : 0;
}

function runWorker(take: () => { from: number; count: number } | null, pending: Set<number>, hear: (report: Report) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = fork(fileURLToPath(import.meta.url), ['--worker', ...partFlags], { execArgv: process.execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const give = (): void => {
      const chunk = take();
      if (chunk === null) return void worker.kill();
      pending.add(chunk.from);
      worker.send(chunk);
    };
    worker.on('message', (report: Report) => {
      hear(report);
      give();
    });
    worker.once('exit', (code, signal) => (code === 0 || signal === 'SIGTERM' ? resolve() : reject(new Error(`a worker ended with ${code ?? signal}`))));
    give();
  });
}
