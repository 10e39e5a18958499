// The rows one request works on: loaded in bulk, changed in memory by pure rules, written in bulk.
// Whoever changes something here can take it back (`mark`, `returnTo`), so a refused operation leaves nothing behind.
// It never asks the store; what rules will look at must have been loaded (`load.ts`).
import { LIMITS } from '@syncline/protocol';
import type { StoredCancellation, StoredSession, StoredSettlement, StoredStart, UserChanges, UserSummary } from '../ports.ts';
import { UndoLog } from '../store/undo-log.ts';
import { ConflictBook } from './conflict-book.ts';
import { nextTrail } from './edit-trail.ts';
import type { MadeDocuments } from './made-documents.ts';

/** A session as a rule wants it stored; version, position, time and trail of the change are added here. */
export type SessionDraft = Omit<StoredSession, 'version' | 'sequence' | 'updatedAt' | 'trail'>;

/** Who asks, and when. */
export interface ApplyContext {
  readonly now: number;
  /** The calling device, where it said who it is. */
  readonly deviceId: string | null;
  /** Under which the server writes into documents that merge; fresh for each operation. */
  readonly author: number;
  /** Documents that merge, as far as they were made. */
  readonly made: MadeDocuments;
  /** The version a session has after its next change, unless it would be higher anyway. */
  readonly version?: number | undefined;
}

const DAY_MS = 86_400_000;

export class WorkingSet {
  readonly #undo = new UndoLog();
  readonly #sessions = new Map<string, StoredSession>();
  readonly #starts = new Map<string, StoredStart>();
  readonly #cancellations = new Map<string, StoredCancellation>();
  readonly #settlements = new Map<string, StoredSettlement>();
  readonly #dayCounts = new Map<number, number>();
  readonly #changed = { sessions: new Set<string>(), starts: new Set<string>(), cancellations: new Set<string>(), settlements: new Set<string>() };
  readonly #head = new Map<'summary', UserSummary>();
  readonly #newestEndLost = new Map<'lost', true>();
  readonly #firstSummary: UserSummary;
  readonly conflicts: ConflictBook;

  constructor(summary: UserSummary) {
    this.#firstSummary = summary;
    this.#head.set('summary', summary);
    this.conflicts = new ConflictBook(summary, this.#undo);
  }

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

  loadDayCounts(counts: ReadonlyMap<number, number>): void {
    for (const [day, count] of counts) this.#dayCounts.set(day, count);
  }

  /** Counters as they are now; the very object that was loaded while nothing changed. */
  get summary(): UserSummary {
    const summary = this.#head.get('summary') ?? this.#firstSummary;
    const { openConflicts, duplicateConflicts, lastGroup } = this.conflicts.counters;
    const isSame = summary.openConflicts === openConflicts && summary.duplicateConflicts === duplicateConflicts && summary.lastGroup === lastGroup;
    return isSame ? summary : { ...summary, openConflicts, duplicateConflicts, lastGroup };
  }

  get isSummaryChanged(): boolean {
    return this.summary !== this.#firstSummary;
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

  /** Sessions that run, among the loaded ones. */
  running(now: number): StoredSession[] {
    return [...this.#sessions.values()].filter(({ state, startTime }) => state === 'running' && startTime !== null && startTime > runningAfter(now));
  }

  /** Sessions that start on the UTC day of that instant. */
  startsOnDayOf(startTime: number): number {
    return this.#dayCounts.get(dayOf(startTime)) ?? 0;
  }

  get mark(): number {
    return this.#undo.mark;
  }

  /** Takes back everything changed after the mark. */
  returnTo(mark: number): void {
    this.#undo.returnTo(mark);
  }

  patchSummary(patch: Partial<UserSummary>): void {
    this.#undo.set(this.#head, 'summary', { ...(this.#head.get('summary') ?? this.#firstSummary), ...patch });
  }

  nextSequence(): number {
    const sequence = this.summary.sequence + 1;
    this.patchSummary({ sequence });
    return sequence;
  }

  /** Stores a session with its next version and position, and keeps the counters. Conflicts are the caller's next step. */
  putSession(draft: SessionDraft, { now, deviceId, version: known = 1 }: ApplyContext): StoredSession {
    const before = this.session(draft.id);
    const version = Math.max(known, (before?.version ?? 0) + 1);
    const trail = nextTrail(before, draft, version, deviceId);
    const next: StoredSession = { ...draft, version, sequence: this.nextSequence(), updatedAt: now, trail };
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

  /** Whether the newest end went away, so that the store must be asked for the one before it. */
  get newestEndLost(): boolean {
    return this.#newestEndLost.has('lost');
  }

  /** Everything that changed, but for the summary. */
  changes(): UserChanges {
    const { sessions, starts, cancellations, settlements } = this.#changed;
    return {
      sessions: pick(this.#sessions, sessions),
      starts: pick(this.#starts, starts),
      cancellations: pick(this.#cancellations, cancellations),
      settlements: pick(this.#settlements, settlements),
      ...this.conflicts.changes(),
    };
  }

  #count(before: StoredSession | null, next: StoredSession): void {
    const { summary } = this;
    const lost = lengthOf(before);
    const gained = lengthOf(next);
    const newest = gained === null ? null : next.endTime;
    if (lost !== null && before?.endTime === summary.lastSession) this.#undo.set(this.#newestEndLost, 'lost', true);
    this.patchSummary({
      totalSessions: summary.totalSessions - (lost === null ? 0 : 1) + (gained === null ? 0 : 1),
      totalMs: summary.totalMs - (lost ?? 0) + (gained ?? 0),
      running: summary.running - (before?.state === 'running' ? 1 : 0) + (next.state === 'running' ? 1 : 0),
      lastSession: newest === null ? summary.lastSession : Math.max(newest, summary.lastSession ?? newest),
    });
    this.#countDay(before?.startTime ?? null, -1);
    this.#countDay(next.startTime, 1);
  }

  #countDay(startTime: number | null, step: 1 | -1): void {
    if (startTime === null) return;
    this.#undo.set(this.#dayCounts, dayOf(startTime), this.startsOnDayOf(startTime) + step);
  }
}

/** None runs longer than a session may last: one that began before was never ended, and is no news to anybody. */
export function runningAfter(now: number): number {
  return now - LIMITS.sessionMsMax;
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
