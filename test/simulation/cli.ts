// `pnpm sim`: many seeds, in as many processes as asked for, with progress, a summary, and one command to replay each failure.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allMarks, MarkCounts, type Plan, printPlan } from '@syncline/core/testing';
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

const { values } = parseArgs({
  allowNegative: true,
  options: {
    seeds: { type: 'string', default: '1000' }, from: { type: 'string', default: '1' }, seed: { type: 'string' }, plan: { type: 'string' }, jobs: { type: 'string' },
    summary: { type: 'string' }, keep: { type: 'string' }, only: { type: 'string' }, worker: { type: 'boolean', default: false }, trace: { type: 'boolean', default: false }, planted: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: true }, within: { type: 'string' }, store: { type: 'string' }, server: { type: 'string' }, minutes: { type: 'string' },
  },
});

/** The flags that ask for real parts, as they are given. */
const partFlags = (['store', 'server'] as const).flatMap((part) => (values[part] === undefined ? [] : [`--${part}`, values[part]]));
const parts = await loadParts(values);

/** A long campaign always can go on where it stopped. */
const LONG = 100_000;
const summaryFile = values.summary ?? (Number(values.seeds) >= LONG ? join(root, '.cache', 'simulation', `summary-${[values.from, ...partFlags].join('')}.json`) : undefined);

if (values.worker) work();
else if (values.keep !== undefined) keepSummary(values.keep);
else if (values.seed !== undefined) process.exitCode = await replay(planOf(Number(values.seed)));
else if (values.plan !== undefined) process.exitCode = await replay((JSON.parse(readFileSync(values.plan, 'utf8')) as { readonly plan: Plan }).plan);
else if (values.planted) process.exitCode = await (await import('./planted/cli.ts')).findPlanted(values.within === undefined ? undefined : Number(values.within), values.only);
else process.exitCode = await campaign();

function work(): void {
  process.on('message', async ({ from, count }: { from: number; count: number }) => {
    const marks = new MarkCounts();
    const failures: { seed: number; id: string; what: string }[] = [];
    for (let seed = from; seed < from + count; seed += 1) {
      const result = await runSeed(seed, parts);
      marks.add(result.marks);
      const [first] = result.violations;
      if (first) failures.push({ seed, ...first });
    }
    process.send?.({ from, count, marks: marks.toRecord(), failures } satisfies Report);
  });
}

async function replay(plan: Plan): Promise<number> {
  const result = await runReal(plan, { ...parts, keepTrace: values.trace });
  for (const line of result.lines) console.log(line);
  console.log(printPlan(plan));
  for (const { id, what } of result.violations) console.log(`${id}: ${what}`);
  console.log(`trace ${result.hash}`);
  const first = result.violations[0];
  if (first && values.shrink) {
    const { plan: small, tries } = await runShrunk(plan, first.id, parts);
    console.log(`\nShrunk in ${tries} tries to ${small.actions.length} actions:\n${printPlan(small)}\n${JSON.stringify({ invariant: first.id, plan: small })}`);
  }
  return result.violations.length > 0 ? 1 : 0;
}

async function campaign(): Promise<number> {
  const wanted = Number(values.seeds);
  const jobs = Math.max(1, Number(values.jobs ?? Math.min(2, availableParallelism())));
  const before = readSummary(Number(values.from), summaryFile);
  let { seeds, violations, next: unbroken } = before;
  const end = Number(values.from) + wanted;
  const marks = new MarkCounts();
  marks.add(before.marks);
  const startedAt = Date.now();
  // All processes have something to do in a short one, too.
  const chunk = Math.min(CHUNK, Math.ceil(wanted / jobs));
  let shown = 0;
  let said = Date.now();
  const deadline = startedAt + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const take = (): { from: number; count: number } | null => {
    if (next >= end || Date.now() >= deadline) return null;
    const from = next;
    next = Math.min(end, next + chunk);
    return { from, count: next - from };
  };
  let { next } = before;
  const first = next;
  const pending = new Set<number>();
  const hear = (report: Report): void => {
    pending.delete(report.from);
    marks.add(report.marks);
    seeds += report.count;
    violations += report.failures.length;
    for (const { seed, id, what } of report.failures) {
      if ((shown += 1) <= FAILURES_SHOWN) console.log(`seed ${seed}: ${id} ${what}\n  pnpm sim ${['--seed', seed, ...partFlags].join(' ')}`);
    }
    // Only an unbroken run of seeds is counted as done; the rest is run again after an interruption.
    unbroken = Math.min(next, ...pending);
    writeSummary({ ...before, seeds, next: unbroken, violations, marks: marks.toRecord() }, summaryFile);
    if (Date.now() - said > 10_000) {
      said = Date.now();
      const rate = (unbroken - first) / ((said - startedAt) / 1000);
      console.log(`${seeds} seeds, ${violations} violations, ${rate.toFixed(0)} seeds/s`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, () => runWorker(take, pending, hear)));
  if (next < end) console.log(`NOT RUN: simulator out of time: ${end - next} of ${wanted} seeds`);
  const unreachable = new Set(unreachableMarks(Number(values.from), wanted));
  const missing = marks.missing().filter((mark) => !unreachable.has(mark));
  const isShort = seeds < MARKS_FROM;
  if (missing.length > 0) console.log(`${isShort ? 'marks not met in so few seeds' : 'MARKS NOT MET'}: ${missing.join(', ')}`);
  const reachable = allMarks().length - unreachable.size;
  console.log(`${reachable - missing.length} of ${reachable} marks met`);
  console.log(`${seeds} seeds, ${violations} violations`);
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
