// One tab's copy of everything small in the store: the head, the outbox, running sessions, conflicts, and what is known of the server.
// It belongs to one `head.version`. Counts are kept beside the rows, so nothing here ever scans.
import { type OverlayRow, readOperation, readOverlay, readRunning } from '../model/rows.ts';
import { isDocumented, isSettlement, type Operation, sessionsOf } from '../model/operation.ts';
import { type FinishedSession, isStanding, type RunningSession } from '../model/session.ts';
import type { Read, Row, TableName, Write } from '../ports.ts';
import { type ConflictRow, readConflictRow } from './conflict-row.ts';
import { FIRST_HEAD, type Head, readHead } from './head.ts';
import { createIntervalList, type IntervalList } from './interval-list.ts';
import { isKeeping, readSettlement, type SettlementRow } from './settlement-row.ts';
import { type LeaderRow, readKnock, readLeader, type Knock } from './leader-rows.ts';
import { type PreferencesRow, readPreferencesRow } from './preferences-row.ts';
import { isOver } from './span.ts';
import { FIRST_STATE, lacks, readStoredAnswer, readSyncState, type StoredAnswer, type SyncState } from './sync-state.ts';

/** Rows of `meta` that a tab holds. */
const META_KEYS = ['head', 'sync', 'answer', 'knock', 'leader', 'preferences'] as const;
const TABLES = ['operations', 'running', 'conflicts', 'overlay', 'settlements'] as const;

/** What a tab reads to be current: everything but history. */
export const VIEW_READS: readonly Read[] = [
  ...META_KEYS.map((key): Read => ({ table: 'meta', key })),
  ...TABLES.map((table): Read => ({ table })),
];

/** Ranges are spelled out before they are applied. */
export type RowWrite = Exclude<Write, { readonly kind: 'deleteRange' }>;

export class View {
  head: Head = FIRST_HEAD;
  sync: SyncState = FIRST_STATE;
  answer: StoredAnswer | null = null;
  knock: Knock | null = null;
  leader: LeaderRow | null = null;
  preferences: PreferencesRow | null = null;
  /** By number, oldest first. */
  operations: Map<number, Operation> = new Map();
  /** Outbox rows that cannot be read. They stay in the store and count as parked. */
  readonly damaged: Set<number> = new Set();
  readonly running: Map<string, RunningSession> = new Map();
  readonly conflicts: Map<string, ConflictRow> = new Map();
  readonly conflictBySession: Map<string, string> = new Map();
  /** Sessions of history that changed since they were packed, and pending ones with pending edits. */
  readonly overlay: Map<string, OverlayRow> = new Map();
  readonly settlements: Map<string, SettlementRow> = new Map();
  /** Settlements that keep a session apart from others, by session. */
  readonly keepersBySession: Map<string, ReadonlySet<string>> = new Map();
  /** Standing sessions that are not in packed history as they are shown: of the outbox, and of the overlay. */
  readonly intervals: IntervalList = createIntervalList();
  /** Standing sessions that wait to be submitted, and that the server is not known to have, as they are shown. */
  readonly unsent: IntervalList = createIntervalList();
  readonly #placed = new Map<string, number>();
  readonly #seqsBySession = new Map<string, readonly number[]>();
  /** Operations that count a session as pending: all but settlements. */
  readonly #pendingCounts = new Map<string, number>();
  settlementsPending: number = 0;
  #lastSeq = 0;
  #isDisordered = false;
  readonly parked: Set<number> = new Set();
  /** Rows of the store that cannot be read, apart from the outbox: table and key. */
  readonly damagedRows: Set<string> = new Set();
  /** Count changes of conflicts and of settlements, for whoever keeps a list of them. */
  conflictRevision: number = 0;
  settlementRevision: number = 0;

  /** Distinct sessions with at least one unacknowledged operation. */
  get sessionsPending(): number {
    return this.#pendingCounts.size + this.damaged.size;
  }

  /** Whether anything waits to be sent, of whatever kind, that nobody has to decide about. @param at an operation that may go only later does not count. */
  isWaiting(at: number = Number.POSITIVE_INFINITY): boolean {
    const { pending = 0, parked = [] } = this.preferences ?? {};
    if (pending > parked.length) return true;
    const isTold = !lacks(this.sync, 'exchange');
    // Without an exchange a start is told once, by the tab that made it.
    for (const { notice } of this.running.values()) if (isTold && notice !== null) return true;
    // What rests on a session that was refused waits for whoever decides about that.
    const isRefused = (id: string): boolean => this.operationsOf(id).some((operation) => isDocumented(operation) && operation.delivery.parked !== null);
    // So does what the server offers no call for, or it waits until there is one.
    for (const [seq, operation] of this.operations) {
      if (isOver(operation.delivery.wait, at) && !this.parked.has(seq) && !isRefused(operation.session.id) && (isTold || isDocumented(operation))) return true;
    }
    return false;
  }

  /** A session that is not in packed history as it is shown, or null: then history has it, if anybody. */
  near(id: string): FinishedSession | null {
    const overlaid = this.overlay.get(id);
    if (overlaid !== undefined) return overlaid.shown;
    for (const seq of this.seqsOf(id)) {
      const operation = this.operations.get(seq) as Operation;
      if (isDocumented(operation)) return operation.session;
    }
    return null;
  }

  /** The same as a person sees it: where the server holds another under the id of a session that it refused, what was recorded here is what they decide about. */
  shown(id: string): FinishedSession | null {
    const own = this.overlay.get(id)?.server && this.operationsOf(id).find((operation) => isDocumented(operation) && operation.delivery.parked !== null);
    return own ? own.session : this.near(id);
  }

  operationsOf(sessionId: string): readonly Operation[] {
    return (this.#seqsBySession.get(sessionId) ?? []).map((seq) => this.operations.get(seq) as Operation);
  }

  seqsOf(sessionId: string): readonly number[] {
    return this.#seqsBySession.get(sessionId) ?? [];
  }

  /** Replaces everything by what {@link VIEW_READS} found. */
  load(found: readonly (readonly Row[])[]): void {
    const tables = found.slice(META_KEYS.length);
    this.#clear();
    META_KEYS.forEach((key, i) => this.put('meta', key, valueOf(found[i]?.[0])));
    TABLES.forEach((table, i) => tables[i]?.forEach((row) => this.put(table, row.key, valueOf(row))));
    const highest = tables[0]?.at(-1)?.key;
    const { head, damaged } = readHead(valueOf(found[0]?.[0]), typeof highest === 'number' ? highest : 0);
    this.head = head;
    if (damaged) this.damagedRows.add('meta head');
  }

  #clear(): void {
    this.operations.clear();
    this.damaged.clear();
    this.running.clear();
    this.conflicts.clear();
    this.conflictBySession.clear();
    this.overlay.clear();
    this.settlements.clear();
    this.keepersBySession.clear();
    this.intervals.clear();
    this.unsent.clear();
    this.#placed.clear();
    this.#seqsBySession.clear();
    this.#pendingCounts.clear();
    this.settlementsPending = 0;
    this.parked.clear();
    this.damagedRows.clear();
    this.#lastSeq = 0;
    this.conflictRevision += 1;
    this.settlementRevision += 1;
  }

  /** Follows one write. Returns the write that undoes it, or null for a table that is not held here. */
  apply(write: RowWrite): RowWrite | null {
    const { table, key } = write;
    const before = this.#valueAt(table, key);
    const value = write.kind === 'put' ? write.value : undefined;
    if (!this.put(table, key, value)) return null;
    return before === undefined ? { kind: 'delete', table, key } : { kind: 'put', table, key, value: before };
  }

  /** Follows one row as it is in the store, absent where `value` is undefined. Returns whether its table is held here. */
  put(table: TableName, key: string | number, value: unknown): boolean {
    switch (table) {
      case 'operations': this.#putOperation(key as number, value); break;
      case 'running': this.#hold('running', this.running, key as string, value, readRunning); break;
      case 'conflicts': this.#putConflict(key as string, value); break;
      case 'overlay': this.#putOverlay(key as string, value); break;
      case 'settlements': this.#putSettlement(key as string, value); break;
      case 'meta': this.#putMeta(key, value); break;
      default: return false;
    }
    return true;
  }

  #valueAt(table: TableName, key: string | number): unknown {
    if (table === 'meta') {
      const name = META_KEYS.find((known) => known === key);
      return name && (this[name] ?? undefined);
    }
    const name = TABLES.find((known) => known === table);
    const rows: ReadonlyMap<string | number, unknown> | undefined = name && this[name];
    return rows?.get(key) ?? (this.damagedRows.has(`${table} ${key}`) ? null : undefined);
  }

  #putMeta(key: string | number, value: unknown): void {
    this.damagedRows.delete(`meta ${key}`);
    switch (key) {
      case 'head': this.head = readHead(value, 0).head; break;
      case 'sync': this.sync = readSyncState(value); break;
      case 'answer': this.answer = readStoredAnswer(value); break;
      case 'knock': this.knock = readKnock(value); break;
      case 'leader': this.leader = readLeader(value); break;
      case 'preferences': this.preferences = readPreferencesRow(value); break;
      default:
    }
  }

  /** Puts a row where rows of its table are held, or takes it away. Null where there is none, or none that can be read. */
  #hold<T>(table: TableName, rows: Map<string, T>, id: string, value: unknown, read: (value: unknown) => T | null): T | null {
    const name = `${table} ${id}`;
    rows.delete(id);
    this.damagedRows.delete(name);
    const row = value === undefined ? null : read(value);
    if (row !== null) rows.set(id, row);
    else if (value !== undefined) this.damagedRows.add(name);
    return row;
  }

  #putConflict(id: string, value: unknown): void {
    this.conflictRevision += 1;
    const before = this.conflicts.get(id);
    for (const session of before?.sessions ?? []) {
      if (this.conflictBySession.get(session.id) === id) this.conflictBySession.delete(session.id);
    }
    const row = this.#hold('conflicts', this.conflicts, id, value, readConflictRow);
    for (const session of row?.sessions ?? []) this.conflictBySession.set(session.id, id);
  }

  #putOperation(seq: number, value: unknown): void {
    const before = this.operations.get(seq);
    if (before !== undefined) this.#dropOperation(seq, before, value === undefined);
    this.damaged.delete(seq);
    if (value === undefined) return;
    const operation = readOperation(value);
    if (operation === null) {
      this.damaged.add(seq);
      return;
    }
    if (before === undefined && seq < this.#lastSeq) this.#isDisordered = true;
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    this.operations.set(seq, operation);
    for (const id of sessionsOf(operation)) this.#link(id, seq, operation, 1);
    if (isSettlement(operation)) this.settlementsPending += 1;
    if (operation.delivery.parked !== null) this.parked.add(seq);
    if (isDocumented(operation)) this.#place(operation.session.id);
  }

  /** To be called once an update was undone: that alone brings back operations from before others, perhaps thousands. */
  order(): void {
    if (this.#isDisordered) this.operations = new Map([...this.operations].sort(([a], [b]) => a - b));
    this.#isDisordered = false;
  }

  #dropOperation(seq: number, operation: Operation, isGone: boolean): void {
    const { session } = operation;
    // A changed row keeps its place in the order.
    if (isGone) this.operations.delete(seq);
    this.parked.delete(seq);
    for (const id of sessionsOf(operation)) this.#link(id, seq, operation, -1);
    if (isSettlement(operation)) this.settlementsPending -= 1;
    if (isDocumented(operation) && isGone) this.#place(session.id);
  }

  /** Notes or forgets that an operation speaks of a session. */
  #link(id: string, seq: number, operation: Operation, by: 1 | -1): void {
    const seqs = this.#seqsBySession.get(id) ?? [];
    const next = by === 1 ? [...seqs, seq].sort((a, b) => a - b) : seqs.filter((other) => other !== seq);
    if (next.length === 0) this.#seqsBySession.delete(id);
    else this.#seqsBySession.set(id, next);
    if (isSettlement(operation)) return;
    const count = (this.#pendingCounts.get(id) ?? 0) + by;
    if (count === 0) this.#pendingCounts.delete(id);
    else this.#pendingCounts.set(id, count);
  }

  /** Puts the interval of a session where it is shown now. */
  #place(id: string): void {
    const before = this.#placed.get(id);
    const lists = [this.intervals, this.unsent];
    if (before !== undefined) for (const list of lists) list.remove(id, before);
    this.#placed.delete(id);
    const shown = this.near(id);
    if (shown === null || !isStanding(shown)) return;
    const isUnsent = !this.overlay.get(id)?.server && this.operationsOf(id).some(({ kind }) => kind === 'submit');
    for (const list of isUnsent ? lists : [this.intervals]) list.add(id, shown.startTime, shown.endTime);
    this.#placed.set(id, shown.startTime);
  }

  #putOverlay(id: string, value: unknown): void {
    this.#hold('overlay', this.overlay, id, value, readOverlay);
    this.#place(id);
  }

  #putSettlement(id: string, value: unknown): void {
    const before = this.settlements.get(id);
    this.settlementRevision += 1;
    if (before !== undefined) this.#keep(before, false);
    const row = this.#hold('settlements', this.settlements, id, value, readSettlement);
    if (row !== null) this.#keep(row, true);
  }

  #keep(row: SettlementRow, isThere: boolean): void {
    if (!isKeeping(row)) return;
    for (const session of row.sessionIds) {
      const keepers = new Set(this.keepersBySession.get(session));
      if (isThere) keepers.add(row.id);
      else keepers.delete(row.id);
      if (keepers.size === 0) this.keepersBySession.delete(session);
      else this.keepersBySession.set(session, keepers);
    }
  }
}

/** What cannot be read is there all the same, and damaged like what makes no sense. */
export function valueOf(row: Row | undefined): unknown {
  return row?.unreadable ? null : row?.value;
}
