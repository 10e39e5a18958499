// The simulator: whole worlds of devices, tabs and a server, run from a seed, broken on purpose, judged by invariants.
export type { Action, Deed, DevicePlan, NetFault, Plan, Poison } from './action.ts';
export type { SimServer, SimServerFactory, SimServerOptions, TrueSession } from './host.ts';
export { allMarks, type Mark, MarkCounts, MARKS } from './marks.ts';
export { printHistory, printPlan } from './notation.ts';
export { FAULT_KINDS, type FaultKind, generatePlan, type PlanShape } from './plan.ts';
export { readPlan } from './read-plan.ts';
export { type RunOptions, runPlan, type RunResult } from './run.ts';
export { type Shrunk, shrinkPlan, type ShrinkOptions } from './shrink.ts';
