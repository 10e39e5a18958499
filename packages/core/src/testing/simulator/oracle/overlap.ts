// Overlaps the slow way, to judge the fast one. Imports nothing that it judges.

export interface Interval {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** Every pair that shares more than a point, as `smaller-id larger-id`, sorted. */
export function slowPairs(intervals: readonly Interval[]): string[] {
  const pairs: string[] = [];
  for (const a of intervals) {
    for (const b of intervals) {
      if (a.id < b.id && a.start < b.end && b.start < a.end) pairs.push(`${a.id} ${b.id}`);
    }
  }
  return pairs.sort();
}

/** Connected groups of overlapping intervals: each a sorted, space-separated list of ids; the list sorted too. @param kept pairs that connect nothing. */
export function slowGroups(intervals: readonly Interval[], kept: ReadonlySet<string> = new Set()): string[] {
  const label = new Map(intervals.map((interval) => [interval.id, interval.id]));
  const pairs = slowPairs(intervals).filter((pair) => !kept.has(pair)).map((pair) => pair.split(' '));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a = '', b = ''] of pairs) {
      const low = [label.get(a) ?? '', label.get(b) ?? ''].sort()[0] ?? '';
      if (label.get(a) !== low || label.get(b) !== low) changed = true;
      label.set(a, low).set(b, low);
    }
  }
  const groups = new Map<string, string[]>();
  for (const [id, name] of label) groups.set(name, [...(groups.get(name) ?? []), id]);
  return [...groups.values()].filter((ids) => ids.length > 1).map((ids) => ids.sort().join(' ')).sort();
}
