// The budgets: what each compares, and whether it holds. Ratios are made of medians of one group, which is one run.
import { round, type Results } from '../run/rounds.ts';

export interface Budget {
  readonly id: string;
  readonly what: string;
  /** In words, the limit included. */
  readonly budget: string;
  readonly measured: number;
  /** In words: what was divided by what. */
  readonly unit: string;
  readonly met: boolean;
}

export type Measured = Readonly<Record<string, { readonly results: Results }>>;

interface Rule {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Undefined when it was not measured. */
  readonly value: (measured: Measured) => number | undefined;
}

const STORED = 'import of 100,000, ms';

function get(measured: Measured, group: string, work: string, name: string): number | undefined {
  return measured[group]?.results[work]?.[name]?.median;
}

function ratio(group: string, work: string, ours: string, theirs: string): (measured: Measured) => number | undefined {
  return (measured) => {
    const [a, b] = [get(measured, group, work, ours), get(measured, group, work, theirs)];
    return a === undefined || b === undefined ? undefined : a / b;
  };
}

const WRITE = 'durable write ms';
/** The last one takes no part: see the decision on peers. */
const rivals = ['dexie-cloud', 'rxdb', 'pouchdb', 'powersync'];

const RULES: readonly Rule[] = [
  { id: 'P1', what: 'record() against the bare floor, both strict', unit: '× the floor', atMost: 1.25, value: ratio('store', WRITE, 'syncline', 'floor') },
  ...rivals.map((rival): Rule => ({ id: `P1 ${rival}`, what: `record(), strict, against ${rival}, relaxed`, unit: `× ${rival}`, atMost: 1, value: ratio('peers', WRITE, 'syncline', rival) })),
  { id: 'P2', what: 'taking in 100,000 sessions, store and overlaps', unit: '× raw', atMost: 0.25, value: ratio('store', STORED, 'syncline', 'raw') },
  { id: 'P3', what: 'cold start to the first true status, 100,000 stored', unit: '× raw', atMost: 0.4, value: ratio('store', 'cold start ms', 'syncline', 'raw') },
  { id: 'P4 status', what: 'computing the status after a change', unit: 'ms', atMost: 0.05, value: (measured) => get(measured, 'store', 'status computing ms', 'syncline') },
  { id: 'P4 list', what: 'the pending list, warm', unit: 'ms', atMost: 0.05, value: (measured) => get(measured, 'store', 'pending list ms', 'syncline') },
  { id: 'P5 cold', what: 'overlaps of one session against 100,000 stored, first query', unit: '× raw', atMost: 1, value: ratio('store', 'first overlap query ms', 'syncline', 'raw') },
  { id: 'P5 warm', what: 'the same, warm', unit: '× raw', atMost: 0.05, value: ratio('store', 'overlap query ms', 'syncline', 'raw') },
  { id: 'P6 tree', what: 'overlaps of 1,000,000 shuffled, best interval tree of npm', unit: '× as fast', atLeast: 15, value: fasterThanTrees },
  { id: 'P6 sweep', what: 'the same against a typed sweep', unit: '× the sweep', atMost: 2, value: ratio('overlaps', 'all overlaps of 1,000,000, ms', 'syncline', 'typed sweep') },
  { id: 'P7', what: 'acknowledging 500', unit: '× raw', atMost: 0.25, value: ratio('store', 'acknowledge 500 ms', 'syncline', 'raw') },
  { id: 'P8 same tab', what: 'record() to the new status in the same tab', unit: '× raw strict', atMost: 0.45, value: ratio('store', 'notice in the same tab ms', 'syncline', 'raw strict') },
  { id: 'P8 other tab', what: 'record() to the new status in another tab', unit: '× raw strict', atMost: 0.65, value: ratio('store', 'notice in another tab ms', 'syncline', 'raw strict') },
  { id: 'P9', what: 'draining 1,000 by the exchange', unit: '× IndexedDB by hand with one request', atMost: 1, value: ratio('drain', 'drain of 1,000, ms', 'syncline', 'raw, one request') },
  { id: 'P9 requests', what: 'requests in which 1,000 go by the exchange', unit: 'requests', atMost: 2, value: (measured) => get(measured, 'drain', 'requests of a drain', 'syncline') },
  { id: 'P9 basic', what: 'draining 1,000 in basic mode', unit: '× a bare fetch loop', atMost: 1.3, value: ratio('drain', 'drain of 1,000, ms', 'syncline basic', 'fetch loop') },
  { id: 'P10 open', what: 'heap of an open engine, 100,000 stored', unit: 'MB', atMost: 3, value: (measured) => get(measured, 'store', 'heap after open MB', 'syncline') },
  { id: 'P10 used', what: 'the same once every column of history was needed', unit: 'MB', atMost: 3, value: (measured) => get(measured, 'store', 'heap after use MB', 'syncline') },
  { id: 'P11 core', what: 'own code: core with transport, Brotli', unit: 'KiB', atMost: 16, value: (measured) => get(measured, 'sizes', 'KiB to download', 'own code') },
  { id: 'P11 rxjs', what: 'beside RxJS', unit: 'KiB', atMost: 1.2, value: (measured) => get(measured, 'sizes', 'KiB to download', 'beside rxjs') },
  { id: 'P11 whole', what: 'the whole engine with Dexie', unit: 'KiB', atMost: 48, value: (measured) => get(measured, 'sizes', 'KiB to download', 'engine with dexie') },
  { id: 'P11 yjs', what: 'the whole engine with Dexie, preferences and Yjs', unit: 'KiB', atMost: 70, value: (measured) => get(measured, 'sizes', 'KiB to download', 'with dexie and yjs') },
  { id: 'P12 status', what: 'status call on PostgreSQL against SELECT 1 on the same stack', unit: '× its throughput', atLeast: 0.4, value: ratio('server', 'calls/s', 'status, 100 sessions', 'SELECT 1') },
  { id: 'P12 idle', what: 'idle exchange on PostgreSQL against SELECT 1 on the same stack', unit: '× its throughput', atLeast: 0.4, value: ratio('server', 'calls/s', 'idle exchange, 100 sessions', 'SELECT 1') },
  { id: 'P12 growth', what: 'status call at 100 against 100,000 sessions a user', unit: '× the cost', atMost: 1.15, value: ratio('server', 'calls/s', 'status, 100 sessions', 'status, 100,000 sessions') },
  { id: 'P12 idle growth', what: 'idle exchange at 100 against 100,000 sessions a user', unit: '× the cost', atMost: 1.15, value: ratio('server', 'calls/s', 'idle exchange, 100 sessions', 'idle exchange, 100,000 sessions') },
  { id: 'P13', what: 'storing 1,000 sessions in one exchange against a bare multi-row insert', unit: '× its speed', atLeast: 0.4, value: ratio('server', 'sessions/s', 'exchange of 1,000', 'bare insert') },
  { id: 'preferences', what: 'opening with preferences after ten thousand exchanged edits, against after ten', unit: '× the time', atMost: 1.5, value: ratio('preferences', 'opening ms', '10,000 edits', '10 edits') },
  { id: 'P14', what: 'longest task on the main thread, 100,000 stored', unit: 'ms', atMost: 8, value: (measured) => get(measured, 'blocking', 'longest task, ms', 'whole') },
];

function fasterThanTrees(measured: Measured): number | undefined {
  const by = measured['overlaps']?.results['all overlaps of 1,000,000, ms'];
  const ours = by?.['syncline']?.median;
  const trees = Object.entries(by ?? {}).filter(([name]) => name.includes('tree')).map(([, { median }]) => median);
  return ours === undefined || trees.length === 0 ? undefined : Math.min(...trees) / ours;
}

/** Every budget that was measured. */
export function judge(measured: Measured): Budget[] {
  return RULES.flatMap(({ id, what, unit, atMost, atLeast, value }) => {
    const found = value(measured);
    if (found === undefined || Number.isNaN(found)) return [];
    const met = (atMost === undefined || found <= atMost) && (atLeast === undefined || found >= atLeast);
    return [{ id, what, budget: atMost === undefined ? `≥ ${atLeast} ${unit}` : `≤ ${atMost} ${unit}`, measured: round(found), unit, met }];
  });
}

/** Budgets that no group measures yet, so that a gap is seen and not forgotten. */
export function unmeasured(measured: Measured): string[] {
  const known = new Set(judge(measured).map(({ id }) => id));
  return RULES.map(({ id }) => id).filter((id) => !known.has(id));
}
