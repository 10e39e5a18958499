// One tab's copy of everything small in the store: the head, the outbox, running sessions, conflicts, and what is known of the server.
// It belongs to one `head.version`. Counts are kept beside the rows, so nothing here ever scans.
import { readOperation, readRunning } from '../model/rows.ts';
import type { Operation } from '../model/operation.ts';
import type { RunningSession } from '../model/session.ts';
import type { Read, Row, Write } from '../ports.ts';
import { type ConflictRow, readConflictRow } from './conflict-row.ts';
import { FIRST_HEAD, type Head, readHead } from './head.ts';
import { createIntervalList, type IntervalList } from './interval-list.ts';
import { type LeaderRow, readKnock, readLeader, type Knock } from './leader-rows.ts';
import { FIRST_STATE, readStoredAnswer, readSyncState, type StoredAnswer, type SyncState } from './sync-state.ts';

/** What a tab reads to be current: everything but history. */
export const VIEW_READS: readonly Read[] = [
  { table: 'meta', key: 'head' },
  { table: 'meta', key: 'sync' },
  { table: 'meta', key: 'answer' },
  { table: 'meta', key: 'knock' },
  { table: 'meta', key: 'leader' },
  { table: 'operations' },
  { table: 'running' },
  { table: 'conflicts' },
];

export class View {
  head: Head = FIRST_HEAD;
  sync: SyncState = FIRST_STATE;
  answer: StoredAnswer | null = null;
  knock: Knock | null = null;
  leader: LeaderRow | null = null;
  /** By number, oldest first. */
  operations: Map<number, Operation> = new Map();
  /** Outbox rows that cannot be read. They stay in the store and count as parked. */
  readonly damaged: Set<number> = new Set();
  readonly running: Map<string, RunningSession> = new Map();
  readonly conflicts: Map<string, ConflictRow> = new Map();
  readonly conflictBySession: Map<string, string> = new Map();
  /** Completed sessions of the outbox. */
  readonly intervals: IntervalList = createIntervalList();
  readonly #seqsBySession = new Map<string, readonly number[]>();
  #lastSeq = 0;
  readonly parked: Set<number> = new Set();
  /** Rows of the store that could not be read, apart from the outbox. */
  damagedRows: number = 0;
  /** Counts changes of conflicts, for whoever keeps a list of them. */
  conflictRevision: number = 0;

  /** Distinct sessions with at least one unacknowledged operation. */
  get sessionsPending(): number {
    return this.#seqsBySession.size + this.damaged.size;
  }

  operationsOf(sessionId: string): readonly Operation[] {
    return (this.#seqsBySession.get(sessionId) ?? []).map((seq) => this.operations.get(seq) as Operation);
  }

  seqsOf(sessionId: string): readonly number[] {
    return this.#seqsBySession.get(sessionId) ?? [];
  }

  /** Replaces everything by what {@link VIEW_READS} found. */
  load(found: readonly (readonly Row[])[]): void {
    const [heads, syncs, answers, knocks, leaders, operations = [], running = [], conflicts = []] = found;
    this.#clear();
    const highest = operations.at(-1)?.key;
    const { head, damaged } = readHead(heads?.[0]?.value, typeof highest === 'number' ? highest : 0);
    this.head = head;
    this.sync = readSyncState(syncs?.[0]?.value);
    this.answer = readStoredAnswer(answers?.[0]?.value);
    this.knock = readKnock(knocks?.[0]?.value);
    this.leader = readLeader(leaders?.[0]?.value);
    if (damaged) this.damagedRows += 1;
    for (const row of operations) this.#putOperation(row.key as number, row.value);
    for (const row of running) this.#putRunning(String(row.key), row.value);
    for (const row of conflicts) this.#putConflict(String(row.key), row.value);
  }

  #clear(): void {
    this.operations.clear();
    this.damaged.clear();
    this.running.clear();
    this.conflicts.clear();
    this.conflictBySession.clear();
    this.intervals.clear();
    this.#seqsBySession.clear();
    this.parked.clear();
    this.damagedRows = 0;
    this.#lastSeq = 0;
    this.conflictRevision += 1;
  }

  /** Follows one write. Returns the write that undoes it, or null for a table that is not held here. */
  apply(write: Write): Write | null {
    if (write.kind === 'deleteRange') throw new Error('ranges are spelled out before they are applied');
    const { table, key } = write;
    const before = this.#valueAt(table, key);
    const value = write.kind === 'put' ? write.value : undefined;
    switch (table) {
      case 'operations': this.#putOperation(key as number, value); break;
      case 'running': this.#putRunning(key as string, value); break;
      case 'conflicts': this.#putConflict(key as string, value); break;
      case 'meta': this.#putMeta(key as string, value); break;
      default: return null;
    }
    return before === undefined ? { kind: 'delete', table, key } : { kind: 'put', table, key, value: before };
  }

  #valueAt(table: string, key: string | number): unknown {
    if (table === 'operations') return this.operations.get(key as number);
    if (table === 'running') return this.running.get(key as string);
    if (table === 'conflicts') return this.conflicts.get(key as string);
    if (table !== 'meta') return undefined;
    const meta: Record<string, unknown> = { head: this.head, sync: this.sync, answer: this.answer, knock: this.knock, leader: this.leader };
    return meta[key] ?? undefined;
  }

  #putMeta(key: string, value: unknown): void {
    if (key === 'head') this.head = value as Head;
    else if (key === 'sync') this.sync = value as SyncState;
    else if (key === 'answer') this.answer = (value ?? null) as StoredAnswer | null;
    else if (key === 'knock') this.knock = (value ?? null) as Knock | null;
    else if (key === 'leader') this.leader = (value ?? null) as LeaderRow | null;
  }

  #putRunning(id: string, value: unknown): void {
    if (value === undefined) {
      this.running.delete(id);
      return;
    }
    const running = readRunning(value);
    if (running === null) this.damagedRows += 1;
    else this.running.set(id, running);
  }

  #putConflict(id: string, value: unknown): void {
    this.conflictRevision += 1;
    const before = this.conflicts.get(id);
    for (const session of before?.sessions ?? []) {
      if (this.conflictBySession.get(session.id) === id) this.conflictBySession.delete(session.id);
    }
    this.conflicts.delete(id);
    if (value === undefined) return;
    const row = readConflictRow(value);
    if (row === null) {
      this.damagedRows += 1;
      return;
    }
    this.conflicts.set(id, row);
    for (const session of row.sessions) this.conflictBySession.set(session.id, id);
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
    const isLate = before === undefined && seq < this.#lastSeq;
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    this.operations.set(seq, operation);
    const { session } = operation;
    this.#seqsBySession.set(session.id, [...(this.#seqsBySession.get(session.id) ?? []), seq]);
    if (session.cancelled === null) this.intervals.add(session.id, session.startTime, session.endTime);
    if (operation.delivery.parked !== null) this.parked.add(seq);
    // Only after an update was undone.
    if (isLate) this.operations = new Map([...this.operations].sort(([a], [b]) => a - b));
  }

  #dropOperation(seq: number, { session }: Operation, isGone: boolean): void {
    // A changed row keeps its place in the order.
    if (isGone) this.operations.delete(seq);
    this.parked.delete(seq);
    if (session.cancelled === null) this.intervals.remove(session.id, session.startTime);
    const rest = (this.#seqsBySession.get(session.id) ?? []).filter((other) => other !== seq);
    if (rest.length === 0) this.#seqsBySession.delete(session.id);
    else this.#seqsBySession.set(session.id, rest);
  }
}
