// Connected groups of overlapping intervals, from sorted columns, without ever listing pairs.
// `connectAll` is one pass. `connectExcept` leaves kept pairs out; it rests on this:
// a session that arrives joins every still running session except those it is kept apart from. So afterwards all running
// sessions form one bucket plus at most one bucket for each kept partner, and each step costs what it merges or what it keeps apart.
import type { SessionInterval, SortedColumns } from './overlap.ts';
import { radixSort } from './radix-sort.ts';

/** Places of one group's sessions in the columns, ascending. Groups have at least two members. */
export type Members = number[];

/** Groups when every overlap counts: a new group begins where nothing earlier is still running. */
export function connectAll({ starts, ends }: SortedColumns): Members[] {
  const groups: Members[] = [];
  for (let first = 0; first < starts.length; ) {
    let runningUntil = ends[first] as number;
    let after = first + 1;
    for (; after < starts.length && (starts[after] as number) < runningUntil; after += 1) {
      runningUntil = Math.max(runningUntil, ends[after] as number);
    }
    if (after - first > 1) groups.push(Array.from({ length: after - first }, (_, i) => first + i));
    first = after;
  }
  return groups;
}

/** Groups when the kept pairs are left out. */
export function connectExcept(
  columns: SortedColumns,
  sessions: readonly SessionInterval[],
  keptPairs: ReadonlySet<string>,
): Members[] {
  return new KeptSweep(columns, partnersByPlace(columns, sessions, keptPairs)).run();
}

/** For each place the earlier places it is kept apart from. */
function partnersByPlace(
  { order }: SortedColumns,
  sessions: readonly SessionInterval[],
  keptPairs: ReadonlySet<string>,
): ReadonlyMap<number, ReadonlySet<number>> {
  const placeById = new Map<string, number>();
  order.forEach((index, place) => placeById.set((sessions[index] as SessionInterval).id, place));
  const partners = new Map<number, Set<number>>();
  for (const key of keptPairs) {
    // Ids are plain strings and may hold the separator: every split whose halves are both known is the pair.
    for (let at = key.indexOf('|'); at >= 0; at = key.indexOf('|', at + 1)) {
      const a = placeById.get(key.slice(0, at));
      const b = placeById.get(key.slice(at + 1));
      if (a === undefined || b === undefined || a === b) continue;
      const later = Math.max(a, b);
      const earlier = partners.get(later) ?? new Set<number>();
      partners.set(later, earlier.add(Math.min(a, b)));
    }
  }
  return partners;
}

class KeptSweep {
  readonly #columns: SortedColumns;
  readonly #partners: ReadonlyMap<number, ReadonlySet<number>>;
  /** Union-find over places. */
  readonly #parent: Uint32Array;
  /** Running members of the bucket whose root is this place. */
  readonly #running: Uint32Array;
  /** Roots of buckets with a running member. */
  #buckets: number[] = [];

  constructor(columns: SortedColumns, partners: ReadonlyMap<number, ReadonlySet<number>>) {
    this.#columns = columns;
    this.#partners = partners;
    this.#parent = Uint32Array.from(columns.starts, (_, place) => place);
    this.#running = new Uint32Array(columns.starts.length);
  }

  run(): Members[] {
    const { starts, ends } = this.#columns;
    const byEnd = radixSort(Float64Array.from(ends), Uint32Array.from(ends, (_, place) => place)).places;
    let ended = 0;
    for (let place = 0; place < starts.length; place += 1) {
      // Whatever ends at or before this start began before it too, so it has already arrived.
      for (; (ends[byEnd[ended] as number] as number) <= (starts[place] as number); ended += 1) {
        this.#leave(byEnd[ended] as number);
      }
      this.#arrive(place);
    }
    return this.#members();
  }

  #leave(place: number): void {
    const root = this.#root(place);
    this.#running[root] = (this.#running[root] as number) - 1;
  }

  #arrive(place: number): void {
    const keptIn = this.#keptRunning(place);
    const apart: number[] = [];
    let root = place;
    this.#running[place] = 1;
    for (const bucket of this.#buckets) {
      const running = this.#running[bucket] as number;
      if (running === 0) continue;
      if (running === (keptIn.get(bucket) ?? 0)) apart.push(bucket);
      else root = this.#merge(root, bucket);
    }
    apart.push(root);
    this.#buckets = apart;
  }

  /** How many running sessions of each bucket this one is kept apart from. */
  #keptRunning(place: number): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    const { starts, ends } = this.#columns;
    for (const partner of this.#partners.get(place) ?? []) {
      if ((ends[partner] as number) <= (starts[place] as number)) continue;
      const root = this.#root(partner);
      counts.set(root, (counts.get(root) ?? 0) + 1);
    }
    return counts;
  }

  #merge(a: number, b: number): number {
    const running = (this.#running[a] as number) + (this.#running[b] as number);
    // The earlier place becomes the root, so a group's root is its first member.
    const root = Math.min(a, b);
    this.#parent[Math.max(a, b)] = root;
    this.#running[root] = running;
    return root;
  }

  #root(place: number): number {
    let root = place;
    while (this.#parent[root] !== root) root = this.#parent[root] as number;
    for (let at = place; at !== root; ) {
      const next = this.#parent[at] as number;
      this.#parent[at] = root;
      at = next;
    }
    return root;
  }

  #members(): Members[] {
    const byRoot = new Map<number, Members>();
    for (let place = 0; place < this.#parent.length; place += 1) {
      const root = this.#root(place);
      const members = byRoot.get(root);
      if (members === undefined) byRoot.set(root, [place]);
      else members.push(place);
    }
    return [...byRoot.values()].filter((members) => members.length > 1);
  }
}
