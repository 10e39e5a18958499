// One seed of this project's own campaign: the real engine and the real server in a world drawn from it.
import { createSyncEngine, type SyncEngine, type SyncEngineOptions } from '@syncline/core';
import { yjsAnnotations } from '@syncline/core/annotations';
import { yjsPreferences } from '@syncline/core/preferences';
import { FAULT_KINDS, type FaultKind, generatePlan, type Mark, type Plan, type RunOptions, runPlan, type RunResult, type Shrunk, shrinkPlan } from '@syncline/core/testing';
import { createRealServer } from './real-server.ts';

/** What this campaign leaves out, and why. */
export const FAULTS: { readonly kinds: readonly FaultKind[]; readonly unreachable: readonly Mark[] } = {
  kinds: FAULT_KINDS.filter((kind) => kind !== 'restore'),
  unreachable: ['server.restored'],
};

const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Seeds from here on are worlds in which people set preferences and edit notes too; what the others are stays as it was. */
export const PREFERENCES_FROM = 1_000_000;

/** And from here on worlds in which they change what is recorded, delete it, and settle conflicts. */
export const EDITS_FROM = 2_000_000;

/** And from here on worlds whose server is set back to a backup. */
export const RESTORE_FROM = 3_000_000;

export function planOf(seed: number): Plan {
  return generatePlan(seed, {
    faults: seed >= RESTORE_FROM ? FAULT_KINDS : FAULTS.kinds,
    preferences: seed >= PREFERENCES_FROM && seed < EDITS_FROM, edits: seed >= EDITS_FROM && seed < RESTORE_FROM,
  });
}

export function runSeed(seed: number, options: Pick<RunOptions, 'keepTrace'> = {}): Promise<RunResult> {
  return runReal(planOf(seed), options);
}

/** Rejections that nobody handled, of the run under way. */
let unhandled: string[] = [];
let isListening = false;

export async function runReal(plan: Plan, options: Pick<RunOptions, 'keepTrace'> = {}): Promise<RunResult> {
  if (!isListening) process.on('unhandledRejection', (reason) => unhandled.push(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)));
  isListening = true;
  unhandled = [];
  const createEngine = (own: SyncEngineOptions): Promise<SyncEngine> => createSyncEngine(plan.hasPreferences === true ? { ...own, preferences: yjsPreferences(), annotations: yjsAnnotations() } : own);
  const result = await runPlan(plan, { ...options, createEngine, createServer: createRealServer, settle });
  return { ...result, violations: [...result.violations, ...unhandled.map((what) => ({ id: 'unhandled', what }))] };
}

/** The smallest plan that breaks the same invariant. */
export function runShrunk(plan: Plan, id: string, budgetMs = 60_000): Promise<Shrunk> {
  return shrinkPlan(plan, {
    now: () => performance.now(),
    budgetMs,
    fails: async (candidate) => (await runReal(candidate)).violations.some((violation) => violation.id === id),
  });
}
