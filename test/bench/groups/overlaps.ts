// Which of many sessions overlap, in Node: against the interval trees of npm, and against the least that the work can cost.
import FlattenTree from '@flatten-js/interval-tree';
import createTree1d from 'interval-tree-1d';
import { IntervalTree as NodeTree } from 'node-interval-tree';
import staticTree from 'static-interval-tree';
import { findOverlaps, findOverlapsInColumns, type SessionInterval } from '@syncline/protocol';
import { inTurns, type Results, Rounds } from '../run/rounds.ts';
import { sortedFloor, typedSweep } from './overlap-floors.ts';

interface Columns {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

type Contender = (sessions: readonly SessionInterval[], columns: Columns) => number;

const BEST_TREE = 'static-interval-tree';

/** A tree is asked for each session in turn; each pair is found twice, and itself once. */
function half(found: number, count: number): number {
  return (found - count) / 2;
}

// Half-open spans on trees that include both bounds: in whole milliseconds, the end moves by one.
const TREES: Readonly<Record<string, Contender>> = {
  '@flatten-js/interval-tree': (sessions) => {
    const tree = new FlattenTree<number>();
    sessions.forEach(({ startTime, endTime }, i) => tree.insert([startTime, endTime - 1], i));
    return half(sessions.reduce((sum, { startTime, endTime }) => sum + tree.search([startTime, endTime - 1]).length, 0), sessions.length);
  },
  'node-interval-tree': (sessions) => {
    const tree = new NodeTree<{ low: number; high: number; i: number }>();
    sessions.forEach(({ startTime, endTime }, i) => tree.insert({ low: startTime, high: endTime - 1, i }));
    return half(sessions.reduce((sum, { startTime, endTime }) => sum + tree.search(startTime, endTime - 1).length, 0), sessions.length);
  },
  'interval-tree-1d': (sessions) => {
    const tree = createTree1d(sessions.map(({ startTime, endTime }): [number, number] => [startTime, endTime - 1]));
    let found = 0;
    for (const { startTime, endTime } of sessions) tree.queryInterval(startTime, endTime - 1, () => void (found += 1));
    return half(found, sessions.length);
  },
  'static-interval-tree': (sessions) => {
    const tree = staticTree.index(sessions.map(({ startTime, endTime }) => ({ start: startTime, end: endTime })));
    return half(sessions.reduce((sum, { startTime, endTime }) => sum + staticTree.matches01(tree, { start: startTime, end: endTime }).length, 0), sessions.length);
  },
};

const OURS: Readonly<Record<string, Contender>> = {
  syncline: (sessions) => findOverlaps(sessions).length,
  'syncline, sorted columns': (_, { starts, ends }) => findOverlapsInColumns(starts, ends).length / 2,
  'typed sweep': (sessions) => typedSweep(sessions),
  'sorted floor': (_, { starts, ends }) => sortedFloor(starts, ends),
};

/** Distinct instants and shuffled input, about one overlap for every thirty sessions. Deterministic. */
export function shuffledSessions(count: number): { readonly sessions: readonly SessionInterval[]; readonly columns: Columns } {
  const sessions = Array.from({ length: count }, (_, n) => {
    const mixed = (Math.imul(n + 1, 2_654_435_761) >>> 0) / 2 ** 32;
    const startTime = 1_420_070_400_000 + n * 3_000_000 + Math.floor(mixed * 480_000) - (mixed < 0.03 ? 1_800_000 : 0);
    return { id: `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`, startTime, endTime: startTime + 900_000 + Math.floor(mixed * 1_800_000) };
  });
  const ordered = sessions.toSorted((a, b) => a.startTime - b.startTime);
  const columns = { starts: Float64Array.from(ordered, ({ startTime }) => startTime), ends: Float64Array.from(ordered, ({ endTime }) => endTime) };
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(((Math.imul(i + 7, 0x9e3779b1) >>> 0) / 2 ** 32) * (i + 1));
    [sessions[i], sessions[j]] = [sessions[j] as SessionInterval, sessions[i] as SessionInterval] as [never, never];
  }
  return { sessions, columns };
}

/** Milliseconds for all overlapping pairs of `count` shuffled sessions; every contender has to find as many. */
export async function measureOverlaps(counts: readonly number[], rounds: number, say: (line: string) => void): Promise<Results> {
  const found = new Rounds();
  for (const count of counts) {
    const { sessions, columns } = shuffledSessions(count);
    const wanted = OURS['syncline']?.(sessions, columns) ?? -1;
    const contenders = { ...OURS, ...TREES };
    await inTurns(Object.keys(contenders), rounds, async (name, round) => {
      // Three rounds of a tree tell enough. Of a million only the fastest takes part: the others take a minute each.
      if (name in TREES && (round >= 3 || (count >= 1_000_000 && name !== BEST_TREE))) return;
      const begun = performance.now();
      const pairs = contenders[name as keyof typeof contenders]?.(sessions, columns);
      const ms = performance.now() - begun;
      if (pairs !== wanted) throw new Error(`${name} found ${pairs} pairs of ${count}, not ${wanted}`);
      found.add(name, { [`all overlaps of ${count.toLocaleString('en')}, ms`]: ms });
      if (round === 0) say(`overlaps of ${count}: ${name} ${ms.toFixed(1)} ms`);
    });
  }
  return found.results();
}
