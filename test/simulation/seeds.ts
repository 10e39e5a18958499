// One seed of this project's own campaign: the real engine and the real server in a world drawn from it.
import { createSyncEngine, type SyncEngine, type SyncEngineOptions } from '@syncline/core';
import { yjsAnnotations } from '@syncline/core/annotations';
import { yjsPreferences } from '@syncline/core/preferences';
import { allMarks, FAULT_KINDS, generatePlan, type Mark, type Plan, type PlanShape, type RunOptions, runPlan, type RunResult, type Shrunk, shrinkPlan } from '@syncline/core/testing';
import kinds from './kinds.json' with { type: 'json' };
import { nextTurn } from './outside.ts';
import { createRealServer } from './real-server.ts';

/** Kinds of worlds, by the seeds that draw them: each from its first on to that of the next. */
export const KINDS: readonly { readonly name: string; readonly from: number }[] = kinds;

/** The first seed whose world is of that kind. */
export function firstSeedOf(name: string): number {
  const kind = KINDS.find((candidate) => candidate.name === name);
  if (kind === undefined) throw new Error(`no kind of world is called ${name}`);
  return kind.from;
}

/** What devices and people of every world may run into. */
const EVERYWHERE = FAULT_KINDS.filter((kind) => !['restore', 'clone', 'upgrade'].includes(kind));

const SHAPES: readonly ((seed: number) => PlanShape)[] = [
  () => ({ faults: EVERYWHERE }),
  () => ({ faults: EVERYWHERE, preferences: true }),
  () => ({ faults: EVERYWHERE, edits: true }),
  () => ({ faults: [...EVERYWHERE, 'restore'] }),
  (seed) => ({ faults: FAULT_KINDS, preferences: seed % 3 === 1, edits: seed % 3 === 2, keeps: seed % 3 === 2 }),
  // More than goes out at once, above all, where four requests at a time are all that a basic server gets.
  (seed) => ({ faults: EVERYWHERE, edits: seed % 3 === 2, maxDeeds: 60, maxDevices: 3 }),
];

function shapeOf(seed: number): PlanShape {
  return SHAPES[KINDS.findLastIndex(({ from }) => from <= seed)]?.(seed) ?? {};
}

export function planOf(seed: number): Plan {
  return generatePlan(seed, shapeOf(seed));
}

/** Marks that worlds of these seeds cannot meet, because nothing in them draws what they are about. */
export function unreachableMarks(from: number, count: number): readonly Mark[] {
  const shapes = Array.from({ length: Math.min(count, 2 * SHAPES.length) }, (_, index) => shapeOf(from + index));
  return allMarks().filter((mark) => !shapes.some((shape) => isReachable(mark, shape)));
}

function isReachable(mark: Mark, { edits = false, faults = [] }: PlanShape): boolean {
  if (mark === 'server.restored') return faults.includes('restore');
  if (mark.startsWith('profile.')) return faults.includes('clone');
  if (mark.startsWith('storage.upgrade-')) return faults.includes('upgrade');
  return edits || !mark.startsWith('edit.');
}

/** What stands in a world in place of what is in memory there: `settle` waits for it. */
export type Parts = Partial<Pick<RunOptions, 'createServer' | 'realStores' | 'settle'>>;

export function runSeed(seed: number, options: Parts & Pick<RunOptions, 'keepTrace'> = {}): Promise<RunResult> {
  return runReal(planOf(seed), options);
}

/** Rejections that nobody handled, of the run under way. */
let unhandled: string[] = [];
let isListening = false;

export async function runReal(plan: Plan, options: Parts & Pick<RunOptions, 'keepTrace'> = {}): Promise<RunResult> {
  if (!isListening) process.on('unhandledRejection', (reason) => unhandled.push(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)));
  isListening = true;
  unhandled = [];
  const createEngine = (own: SyncEngineOptions): Promise<SyncEngine> => createSyncEngine(plan.hasPreferences === true ? { ...own, preferences: yjsPreferences(), annotations: yjsAnnotations() } : own);
  const result = await runPlan(plan, { createServer: createRealServer, settle: nextTurn, ...options, createEngine });
  return { ...result, violations: [...result.violations, ...unhandled.map((what) => ({ id: 'unhandled', what }))] };
}

/** The smallest plan that breaks the same invariant. */
export function runShrunk(plan: Plan, id: string, parts: Parts = {}, budgetMs = 60_000): Promise<Shrunk> {
  return shrinkPlan(plan, {
    now: () => performance.now(),
    budgetMs,
    fails: async (candidate) => (await runReal(candidate, parts)).violations.some((violation) => violation.id === id),
  });
}
