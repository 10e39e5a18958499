// The conflict groups one request works on, in memory: live sessions by time, who is in which group, which pairs are kept.
// Knows rows and counters; the rules that keep them true are in `conflict-keeping.ts`.
import { pairKey } from '@syncline/protocol';
import type { ConflictGroup, Interval, KeptPair, LiveSession, UserChanges, UserSummary } from '../ports.ts';
import type { UndoLog } from '../store/undo-log.ts';
import { IntervalIndex } from './interval-index.ts';

type Counters = Pick<UserSummary, 'openConflicts' | 'duplicateConflicts' | 'lastGroup'>;
type ConflictRows = Required<Pick<UserChanges, 'mergedGroups' | 'members' | 'groups' | 'removedGroups' | 'keptPairs' | 'freedSettlements'>>;

export class ConflictBook {
  readonly #undo: UndoLog;
  readonly #live = new Map<string, LiveSession>();
  readonly #index = new IntervalIndex();
  readonly #groups = new Map<number, ConflictGroup | null>();
  readonly #groupById = new Map<string, number | null>();
  /** Where the members of a merged group are now. */
  readonly #mergedInto = new Map<number, number>();
  /** Settlements that keep a pair. */
  readonly #keptBy = new Map<string, ReadonlySet<string>>();
  readonly #newPairs = new Map<string, KeptPair>();
  readonly #keptCount = new Map<'now', number>();
  readonly #freed = new Map<string, true>();
  readonly #torn = new Map<number, true>();
  readonly #counters = new Map<'now', Counters>();
  readonly #changedMembers = new Set<string>();
  readonly #changedGroups = new Set<number>();

  constructor({ openConflicts, duplicateConflicts, lastGroup }: Counters, undo: UndoLog) {
    this.#undo = undo;
    this.#counters.set('now', { openConflicts, duplicateConflicts, lastGroup });
  }

  loadLive(rows: readonly LiveSession[]): void {
    for (const row of rows) {
      if (this.#live.has(row.id)) continue;
      this.#live.set(row.id, row);
      this.#index.add(row);
      this.#groupById.set(row.id, row.group);
    }
  }

  loadGroups(rows: readonly ConflictGroup[]): void {
    for (const row of rows) this.#groups.set(row.group, row);
  }

  loadKeptPairs(pairs: readonly KeptPair[]): void {
    const loaded = new Map<string, Set<string>>();
    for (const { first, second, settlementId } of pairs) {
      const key = pairKey(first, second);
      loaded.set(key, (loaded.get(key) ?? new Set(this.#keptBy.get(key))).add(settlementId));
    }
    for (const [key, settlements] of loaded) this.#keptBy.set(key, settlements);
  }

  loadKeptCount(count: number): void {
    this.#keptCount.set('now', count);
  }

  /** How many pairs all settlements of the user keep, where that was loaded. */
  get keptCount(): number {
    return this.#keptCount.get('now') ?? 0;
  }

  /** Counters as they are now; the same object while nothing changed. */
  get counters(): Counters {
    return this.#counters.get('now') as Counters;
  }

  live(id: string): LiveSession | null {
    return this.#live.get(id) ?? null;
  }

  /** Live sessions that share time with an interval. */
  overlapping(interval: Interval): LiveSession[] {
    return this.#index.overlapping(interval).map((id) => this.#live.get(id) as LiveSession);
  }

  isKept(a: string, b: string): boolean {
    return (this.#keptBy.get(pairKey(a, b))?.size ?? 0) > 0;
  }

  /** Keys of the kept pairs among the loaded ones. */
  keptKeys(): ReadonlySet<string> {
    return new Set([...this.#keptBy].filter(([, settlements]) => settlements.size > 0).map(([key]) => key));
  }

  groupOf(id: string): number | null {
    const group = this.#groupById.get(id) ?? null;
    return group === null ? null : this.#whereNow(group);
  }

  group(group: number): ConflictGroup {
    const found = this.#groups.get(group);
    if (found === undefined || found === null) throw new Error('a conflict group was not loaded');
    return found;
  }

  /** Loaded members of these groups. All of them only if the groups were loaded with their members. */
  membersOf(groups: ReadonlySet<number>): LiveSession[] {
    return [...this.#live.values()].filter(({ id }) => groups.has(this.groupOf(id) ?? Number.NaN));
  }

  addLive(session: LiveSession): void {
    this.#undo.set(this.#live, session.id, session);
    this.#undo.run(() => this.#index.add(session), () => this.#index.remove(session));
  }

  removeLive(session: LiveSession): void {
    this.#undo.delete(this.#live, session.id);
    this.#undo.run(() => this.#index.remove(session), () => this.#index.add(session));
  }

  assignGroup(id: string, group: number | null): void {
    this.#undo.set(this.#groupById, id, group);
    this.#changedMembers.add(id);
  }

  nextGroup(): number {
    const lastGroup = this.counters.lastGroup + 1;
    this.#undo.set(this.#counters, 'now', { ...this.counters, lastGroup });
    return lastGroup;
  }

  putGroup(group: ConflictGroup): void {
    const before = this.#groups.get(group.group) ?? null;
    this.#undo.set(this.#groups, group.group, group);
    this.#changedGroups.add(group.group);
    this.#count(before, group);
  }

  dropGroup(group: number): void {
    const before = this.#groups.get(group) ?? null;
    this.#undo.set(this.#groups, group, null);
    this.#changedGroups.add(group);
    this.#count(before, null);
  }

  /** All members of `from`, loaded or not, belong to `to` from now on. The caller puts `to` with its new count. */
  mergeGroup(from: number, to: number): void {
    this.dropGroup(from);
    this.#undo.set(this.#mergedInto, from, to);
  }

  /** What this group holds may belong together no longer. */
  tear(group: number): void {
    this.#undo.set(this.#torn, group, true);
  }

  /** The groups that were torn, which are torn no longer. */
  takeTorn(): ReadonlySet<number> {
    const torn = new Set([...this.#torn.keys()].map((group) => this.#whereNow(group)));
    for (const group of [...this.#torn.keys()]) this.#undo.delete(this.#torn, group);
    return torn;
  }

  keep(pair: KeptPair): void {
    const key = pairKey(pair.first, pair.second);
    this.#undo.set(this.#keptBy, key, new Set([...(this.#keptBy.get(key) ?? []), pair.settlementId]));
    this.#undo.set(this.#newPairs, `${key}|${pair.settlementId}`, pair);
    this.#undo.set(this.#keptCount, 'now', this.keptCount + 1);
  }

  /** The pairs of a settlement are kept by it no longer. All of them must be loaded. */
  free(settlementId: string): void {
    for (const [key, settlements] of [...this.#keptBy]) {
      if (!settlements.has(settlementId)) continue;
      this.#undo.set(this.#keptBy, key, new Set([...settlements].filter((id) => id !== settlementId)));
      this.#undo.delete(this.#newPairs, `${key}|${settlementId}`);
      this.#undo.set(this.#keptCount, 'now', this.keptCount - 1);
    }
    this.#undo.set(this.#freed, settlementId, true);
  }

  changes(): ConflictRows {
    const groups = [...this.#changedGroups].map((group) => ({ group, row: this.#groups.get(group) ?? null }));
    return {
      mergedGroups: [...this.#mergedInto.keys()].map((from) => ({ from, to: this.#whereNow(from) })),
      members: [...this.#changedMembers].map((sessionId) => ({ sessionId, group: this.groupOf(sessionId) })),
      groups: groups.flatMap(({ row }) => (row === null ? [] : [row])),
      removedGroups: groups.flatMap(({ group, row }) => (row === null ? [group] : [])),
      freedSettlements: [...this.#freed.keys()],
      keptPairs: [...this.#newPairs.values()],
    };
  }

  #count(before: ConflictGroup | null, after: ConflictGroup | null): void {
    const { openConflicts, duplicateConflicts, lastGroup } = this.counters;
    this.#undo.set(this.#counters, 'now', {
      lastGroup,
      openConflicts: openConflicts - (before === null ? 0 : 1) + (after === null ? 0 : 1),
      duplicateConflicts: duplicateConflicts - (before?.duplicate === true ? 1 : 0) + (after?.duplicate === true ? 1 : 0),
    });
  }

  #whereNow(group: number): number {
    let now = group;
    for (let next = this.#mergedInto.get(now); next !== undefined; next = this.#mergedInto.get(now)) now = next;
    return now;
  }
}
