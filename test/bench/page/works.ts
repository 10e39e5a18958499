// Runs in the page: what is measured of a contender, and whether its answers are right.
import type { BenchSession, Contender } from './contender.ts';
import type { Floor } from './floor.ts';
import { ACKNOWLEDGED, expectedOverlaps, expectedPairs, history, PENDING, recorded, span } from './data.ts';

const WARM_TURNS = 200;
const WRITES = 200;
const WARM_UP = 20;
const NOTICES = 30;
/** Rows handed over at once: what an app would read from one answer. */
const IMPORT_PART = 10_000;

export type Measured = Record<string, number>;

function fail(what: string, got: unknown, wanted: unknown): never {
  throw new Error(`wrong answer: ${what} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
}

export function check(what: string, got: unknown, wanted: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) fail(what, got, wanted);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function time(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

export async function times(turns: number, work: (turn: number) => unknown): Promise<number> {
  const all: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) all.push(await time(() => work(turn)));
  return median(all);
}

/** A page that can tell its neighbour what it sees, in milliseconds of a clock both share. */
const now = (): number => performance.timeOrigin + performance.now();

export function createWorks(contender: Contender) {
  let waiting = 0;

  async function record(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await contender.write(recorded(waiting + n));
    waiting += count;
    check('pending', await contender.pending(), waiting);
  }

  return {
    /** Takes in `count` sessions on an empty profile; leaves some of its own waiting. */
    async fill(count: number, own: number): Promise<Measured> {
      await contender.open();
      const parts: (readonly BenchSession[])[] = [];
      for (let at = 0; at < count; at += IMPORT_PART) parts.push(history(count, at, Math.min(count, at + IMPORT_PART)));
      const pairs = expectedPairs(count);
      const ms = await time(async () => {
        for (const part of parts) await contender.fill(part);
        if (contender.pairs) check('pairs', await contender.pairs(), pairs);
      });
      await contender.beforeOverlapping?.();
      for (const n of [1, Math.floor(count / 2), count - 2]) check('overlaps', await contender.overlapping(span(n, count).from, span(n, count).to), expectedOverlaps(n, count));
      await contender.close();
      await contender.open();
      await record(own);
      await contender.close();
      return { 'import ms': ms };
    },
    async cold(): Promise<Measured> {
      let pending = -1;
      const ms = await time(async () => {
        await contender.open();
        pending = await contender.pending();
      });
      waiting = PENDING;
      check('pending', pending, PENDING);
      return { 'cold start ms': ms };
    },
    async warm(count: number): Promise<Measured> {
      const first = span(0, count);
      await contender.beforeOverlapping?.();
      const cold = await time(() => contender.overlapping(first.from, first.to));
      for (let n = 0; n < WARM_TURNS; n += 1) {
        check('overlaps', await contender.overlapping(span(n, count).from, span(n, count).to), expectedOverlaps(n, count));
        check('pending', await contender.pending(), PENDING);
      }
      check('list', (await contender.listPending()).toSorted(), Array.from({ length: PENDING }, (_, n) => recorded(n).startTime).toSorted());
      return {
        'first overlap query ms': cold,
        'pending count ms': await times(WARM_TURNS, () => contender.pending()),
        'pending list ms': await times(WARM_TURNS, () => contender.listPending()),
        'overlap query ms': await meanOf(contender, count),
        ...(contender.computeStatus ? { 'status computing ms': contender.computeStatus() } : {}),
      };
    },
    /** What an app asks for when it opens, and nothing of our own between. */
    async look(count: number): Promise<Measured> {
      const { from, to } = span(1, count);
      await contender.beforeOverlapping?.();
      await contender.overlapping(from, to);
      check('pending', await contender.pending(), PENDING);
      check('list', (await contender.listPending()).length, PENDING);
      if (contender.newest) check('newest', await contender.newest(), 100);
      return {};
    },
    async write(): Promise<Measured> {
      await record(WARM_UP);
      const measured = await timeWrites((n) => contender.write(recorded(waiting + n)));
      waiting += WRITES;
      check('pending', await contender.pending(), waiting);
      return measured;
    },
    /** In the tab that records: from the call to the moment when the new count shows here. */
    async notice(): Promise<{ readonly ms: number; readonly begun: Record<number, number> }> {
      const shown = new Map<number, number>();
      let wake = (): void => undefined;
      await contender.observe?.((pending) => {
        shown.set(pending, now());
        wake();
      });
      const begun: Record<number, number> = {};
      const all: number[] = [];
      for (let n = 0; n < NOTICES; n += 1) {
        waiting += 1;
        const wanted = waiting;
        const seen = new Promise<void>((resolve) => {
          wake = () => (shown.has(wanted) ? resolve() : undefined);
        });
        begun[wanted] = now();
        await contender.write(recorded(wanted - 1));
        wake();
        await seen;
        all.push((shown.get(wanted) ?? 0) - (begun[wanted] ?? 0));
        await breathe();
      }
      return { ms: median(all), begun };
    },
    /** In the other tab. */
    async watch(): Promise<void> {
      await contender.open();
      const shown: Record<number, number> = {};
      await contender.observe?.((pending) => void (shown[pending] ??= now()));
      Object.assign(globalThis, { shown });
    },
    async acknowledge(): Promise<Measured> {
      if (waiting > ACKNOWLEDGED) fail('waiting', waiting, ACKNOWLEDGED);
      await record(ACKNOWLEDGED - waiting);
      await contender.beforeAcknowledge?.();
      const ms = await time(() => contender.acknowledge(ACKNOWLEDGED));
      if (contender.beforeAcknowledge) await contender.open();
      check('pending', await contender.pending(), 0);
      return { 'acknowledge 500 ms': ms };
    },
  };
}

/** People record now and then: what a notice costs is told of a page that was idle before. */
const breathe = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 30));

async function timeWrites(write: (n: number) => unknown): Promise<Measured> {
  const all: number[] = [];
  for (let n = 0; n < WRITES; n += 1) all.push(await time(() => write(n)));
  return { 'durable write ms': median(all), 'durable write p90 ms': all.toSorted((a, b) => a - b)[Math.floor(WRITES * 0.9)] ?? Number.NaN };
}

export function measureFloor(floor: Floor): void {
  const write = async (): Promise<Measured> => {
    await floor.open();
    for (let n = 0; n < WARM_UP; n += 1) await floor.write(recorded(n));
    return timeWrites((n) => floor.write(recorded(WARM_UP + n)));
  };
  /** Knowing that it is durable is all that is to be shown. */
  const notice = async (): Promise<Measured> => {
    const all: number[] = [];
    for (let n = 0; n < NOTICES; n += 1) {
      all.push(await time(() => floor.write(recorded(WARM_UP + WRITES + n))));
      await breathe();
    }
    return { 'notice in the same tab ms': median(all) };
  };
  Object.assign(globalThis, { works: { write, notice } });
}

/** One query is far below what the clock can tell: many in a row, divided. */
async function meanOf(contender: Contender, count: number): Promise<number> {
  const spans = Array.from({ length: WARM_TURNS }, (_, n) => span(n, count));
  let found = 0;
  const all = await time(async () => {
    for (const { from, to } of spans) {
      const answer = contender.overlapping(from, to);
      found += ('count' in answer ? answer : await answer).count;
    }
  });
  check('overlaps', found, spans.reduce((sum, _, n) => sum + expectedOverlaps(n, count).count, 0));
  return all / WARM_TURNS;
}

export function offer(contender: Contender): void {
  Object.assign(globalThis, { works: createWorks(contender) });
}
