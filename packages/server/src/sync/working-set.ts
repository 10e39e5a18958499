// The rows one request works on: loaded in bulk, changed in memory by pure rules, written in bulk.
// Whoever changes something here can take it back (`mark`, `returnTo`), so a refused operation leaves nothing behind.
// It never asks the store; what rules will look at must have been loaded (`load.ts`).
import { pairKey } from '@syncline/protocol';
import type {
  ConflictGroup, KeptPair, LiveSession, StoredCancellation, StoredSession, StoredSettlement, StoredStart, UserSummary,
} from '../ports.ts';
import { UndoLog } from '../store/undo-log.ts';
import { IntervalIndex } from './interval-index.ts';

/** A session as a rule wants it stored; version, position and time of the change are added here. */
export type SessionDraft = Omit<StoredSession, 'version' | 'sequence' | 'updatedAt'>;

const DAY_MS = 86_400_000;

export class WorkingSet {
  readonly #undo = new UndoLog();
  readonly #sessions = new Map<string, StoredSession>();
  readonly #starts = new Map<string, StoredStart>();
  readonly #cancellations = new Map<string, StoredCancellation>();
  readonly #settlements = new Map<string, StoredSettlement>();
  readonly #live = new Map<string, LiveSession>();
  readonly #index = new IntervalIndex();
  readonly #groups = new Map<number, ConflictGroup | null>();
  readonly #groupById = new Map<string, number | null>();
  /** Where the members of a merged group are now. */
  readonly #mergedInto = new Map<number, number>();
  readonly #keptPairs = new Map<string, boolean>();
  readonly #dayCounts = new Map<number, number>();
  readonly #changed = {
    sessions: new Set<string>(), starts: new Set<string>(), cancellations: new Set<string>(), settlements: new Set<string>(),
    members: new Set<string>(), groups: new Set<number>(), keptPairs: new Set<string>(),
  };
  readonly #head = new Map<'summary' | 'newestEndLost', unknown>();

  readonly #firstSummary: UserSummary;

  constructor(summary: UserSummary) {
    this.#firstSummary = summary;
    this.#head.set('summary', summary);
    this.#head.set('newestEndLost', false);
  }

  // --- Loading -------------------------------------------------------------------------------------------------------------

  loadSessions(rows: readonly StoredSession[]): void {
    for (const row of rows) this.#sessions.set(row.id, row);
  }

  loadStarts(rows: readonly StoredStart[]): void {
    for (const row of rows) this.#starts.set(row.sessionId, row);
  }

  loadCancellations(rows: readonly StoredCancellation[]): void {
    for (const row of rows) this.#cancellations.set(row.sessionId, row);
  }

  loadSettlements(rows: readonly StoredSettlement[]): void {
    for (const row of rows) this.#settlements.set(row.id, row);
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
    for (const [first, second] of pairs) this.#keptPairs.set(pairKey(first, second), true);
  }

  loadDayCounts(counts: ReadonlyMap<number, number>): void {
    for (const [day, count] of counts) this.#dayCounts.set(day, count);
  }

  // --- Looking -------------------------------------------------------------------------------------------------------------

  get summary(): UserSummary {
    return this.#head.get('summary') as UserSummary;
  }

  session(id: string): StoredSession | null {
    return this.#sessions.get(id) ?? null;
  }

  start(sessionId: string): StoredStart | null {
    return this.#starts.get(sessionId) ?? null;
  }

  cancellation(sessionId: string): StoredCancellation | null {
    return this.#cancellations.get(sessionId) ?? null;
  }

  settlement(id: string): StoredSettlement | null {
    return this.#settlements.get(id) ?? null;
  }

  live(id: string): LiveSession | null {
    return this.#live.get(id) ?? null;
  }

  /** Live sessions that share time with that one, itself left out. */
  neighbours(session: LiveSession): LiveSession[] {
    return this.#index.overlapping(session).filter((id) => id !== session.id).map((id) => this.#live.get(id) as LiveSession);
  }

  isKept(a: string, b: string): boolean {
    return this.#keptPairs.get(pairKey(a, b)) === true;
  }

  /** Keys of the kept pairs among the loaded ones. */
  keptKeys(): ReadonlySet<string> {
    return new Set([...this.#keptPairs].filter(([, kept]) => kept).map(([key]) => key));
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

  /** Loaded members of a group. All of them only if the group was loaded with its members. */
  membersOf(group: number): LiveSession[] {
    return [...this.#live.values()].filter((session) => this.groupOf(session.id) === group);
  }

  /** Sessions that start on the UTC day of that instant. */
  startsOnDayOf(startTime: number): number {
    return this.#dayCounts.get(dayOf(startTime)) ?? 0;
  }

  // --- Changing ------------------------------------------------------------------------------------------------------------

  get mark(): number {
    return this.#undo.mark;
  }

  /** Takes back everything changed after the mark. */
  returnTo(mark: number): void {
    this.#undo.returnTo(mark);
  }

  patchSummary(patch: Partial<UserSummary>): void {
    this.#undo.set(this.#head, 'summary', { ...this.summary, ...patch });
  }

  nextSequence(): number {
    const sequence = this.summary.sequence + 1;
    this.patchSummary({ sequence });
    return sequence;
  }

  /** Stores a session with its next version and position, and keeps the counters. Conflicts are the caller's next step. */
  putSession(draft: SessionDraft, now: number): StoredSession {
    const before = this.session(draft.id);
    const next: StoredSession = { ...draft, version: (before?.version ?? 0) + 1, sequence: this.nextSequence(), updatedAt: now };
    this.#undo.set(this.#sessions, next.id, next);
    this.#changed.sessions.add(next.id);
    this.#count(before, next);
    return next;
  }

  putStart(start: StoredStart): void {
    this.#undo.set(this.#starts, start.sessionId, start);
    this.#changed.starts.add(start.sessionId);
  }

  putCancellation(cancellation: StoredCancellation): void {
    this.#undo.set(this.#cancellations, cancellation.sessionId, cancellation);
    this.#changed.cancellations.add(cancellation.sessionId);
  }

  putSettlement(settlement: StoredSettlement): void {
    this.#undo.set(this.#settlements, settlement.id, settlement);
    this.#changed.settlements.add(settlement.id);
  }

  setKept(a: string, b: string, kept: boolean): void {
    const key = pairKey(a, b);
    this.#undo.set(this.#keptPairs, key, kept);
    this.#changed.keptPairs.add(key);
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
    this.#changed.members.add(id);
  }

  nextGroup(): number {
    const lastGroup = this.summary.lastGroup + 1;
    this.patchSummary({ lastGroup });
    return lastGroup;
  }

  putGroup(group: ConflictGroup): void {
    const before = this.#groups.get(group.group) ?? null;
    this.#undo.set(this.#groups, group.group, group);
    this.#changed.groups.add(group.group);
    this.#countGroup(before, group);
  }

  dropGroup(group: number): void {
    const before = this.#groups.get(group) ?? null;
    this.#undo.set(this.#groups, group, null);
    this.#changed.groups.add(group);
    this.#countGroup(before, null);
  }

  /** All members of `from`, loaded or not, belong to `to` from now on. The caller puts `to` with its new count. */
  mergeGroup(from: number, to: number): void {
    this.dropGroup(from);
    this.#undo.set(this.#mergedInto, from, to);
  }

  // --- Writing -------------------------------------------------------------------------------------------------------------

  /** Whether the newest end went away, so that the store must be asked for the one before it. */
  get newestEndLost(): boolean {
    return this.#head.get('newestEndLost') === true;
  }

  get isSummaryChanged(): boolean {
    return this.summary !== this.#firstSummary;
  }

  /** Everything that changed, but for the summary. */
  changes(): ChangedRows {
    const { sessions, starts, cancellations, settlements, members, groups, keptPairs } = this.#changed;
    const pairs = [...keptPairs].map((key) => ({ pair: key.split('|') as unknown as KeptPair, kept: this.#keptPairs.get(key) === true }));
    const known = [...groups].map((group) => ({ group, row: this.#groups.get(group) ?? null }));
    return {
      sessions: pick(this.#sessions, sessions),
      starts: pick(this.#starts, starts),
      cancellations: pick(this.#cancellations, cancellations),
      settlements: pick(this.#settlements, settlements),
      mergedGroups: [...this.#mergedInto.keys()].map((from) => ({ from, to: this.#whereNow(from) })),
      members: [...members].map((sessionId) => ({ sessionId, group: this.groupOf(sessionId) })),
      groups: known.flatMap(({ row }) => (row === null ? [] : [row])),
      removedGroups: known.flatMap(({ group, row }) => (row === null ? [group] : [])),
      keptPairs: pairs.filter(({ kept }) => kept).map(({ pair }) => pair),
      removedPairs: pairs.filter(({ kept }) => !kept).map(({ pair }) => pair),
    };
  }

  #count(before: StoredSession | null, next: StoredSession): void {
    const { summary } = this;
    const lost = lengthOf(before);
    const gained = lengthOf(next);
    const newest = gained === null ? null : next.endTime;
    this.patchSummary({
      totalSessions: summary.totalSessions - (lost === null ? 0 : 1) + (gained === null ? 0 : 1),
      totalMs: summary.totalMs - (lost ?? 0) + (gained ?? 0),
      running: summary.running - (before?.state === 'running' ? 1 : 0) + (next.state === 'running' ? 1 : 0),
      lastSession: newest === null ? summary.lastSession : Math.max(newest, summary.lastSession ?? newest),
    });
    if (lost !== null && before?.endTime === summary.lastSession) this.#undo.set(this.#head, 'newestEndLost', true);
    this.#countDay(before?.startTime ?? null, -1);
    this.#countDay(next.startTime, 1);
  }

  #countDay(startTime: number | null, step: 1 | -1): void {
    if (startTime === null) return;
    this.#undo.set(this.#dayCounts, dayOf(startTime), this.startsOnDayOf(startTime) + step);
  }

  #countGroup(before: ConflictGroup | null, after: ConflictGroup | null): void {
    const { openConflicts, duplicateConflicts } = this.summary;
    this.patchSummary({
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

/** Rows to write, each list present. */
export interface ChangedRows {
  readonly sessions: readonly StoredSession[];
  readonly starts: readonly StoredStart[];
  readonly cancellations: readonly StoredCancellation[];
  readonly settlements: readonly StoredSettlement[];
  readonly mergedGroups: readonly { readonly from: number; readonly to: number }[];
  readonly members: readonly { readonly sessionId: string; readonly group: number | null }[];
  readonly groups: readonly ConflictGroup[];
  readonly removedGroups: readonly number[];
  readonly keptPairs: readonly KeptPair[];
  readonly removedPairs: readonly KeptPair[];
}

/** Start of the UTC day of an instant. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

/** Whether a session takes part in totals and overlaps. */
export function isLive(session: StoredSession | null): session is StoredSession & { readonly startTime: number; readonly endTime: number } {
  return session !== null && session.state === 'completed' && session.deletedAt === null;
}

function lengthOf(session: StoredSession | null): number | null {
  return isLive(session) ? session.endTime - session.startTime : null;
}

function pick<V>(map: ReadonlyMap<string, V>, keys: ReadonlySet<string>): V[] {
  return [...keys].flatMap((key) => {
    const value = map.get(key);
    return value === undefined ? [] : [value];
  });
}
