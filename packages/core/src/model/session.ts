// A session from start to finish: what is kept of it and how its times are made. Pure: the caller brings time and ids.
import {
  canonicalUuid, type ClockBound, durationMinutes, type FieldIssue, LIMITS, nameProblem, textProblem, validateSessionTimes,
} from '@syncline/protocol';
import type { CancelReason, RecordInput, StartInput } from '../api.ts';
import { awakeMs, type Gap, type LifeSigns, signsAt } from './sleep.ts';

/** How long a session lasted by two clocks, kept when they differ by more than two seconds: sleep, or a wall clock that was set. */
export interface ClockEvidence {
  readonly wallMs: number;
  readonly monotonicMs: number;
  /** When the page was silent, as far as that is known. */
  readonly gaps?: readonly Gap[] | undefined;
}

/** Version of a session that was stored and not changed since. */
export const FIRST_VERSION = 1;

/** A session that ended, by completing or by cancelling. Its id never changes, its instants only by an explicit edit. */
export interface FinishedSession {
  readonly id: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly plannedDuration: number | null;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  /** Absent for none. */
  readonly tags?: readonly string[];
  /** The document of its note and tags (Yjs V1, Base64) with every edit known here; absent while nobody edited them after recording. */
  readonly annotation?: string;
  readonly source: string;
  readonly deviceId: string | null;
  readonly displayId: string | null;
  /** The server's count of its changes; 0 while the server told none. Compared only within one epoch of the server. */
  readonly version: number;
  /** When it was deleted, by the clock of whoever did; null while it stands. */
  readonly deletedAt: number | null;
  readonly clock: ClockEvidence | null;
  /** How far the clock that its times were taken from was ahead of the server's; absent where nobody knows. */
  readonly clockBound?: ClockBound | null | undefined;
  /** Null unless it was cancelled. */
  readonly cancelled: { readonly reason: CancelReason | null; readonly note: string } | null;
}

/** A session that runs on this device. */
export interface RunningSession {
  readonly id: string;
  readonly startTime: number;
  readonly plannedDuration: number;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  /** The tab that started it, and that tab's monotonic clock then: another tab's reading cannot be compared with it. */
  readonly tab: string;
  readonly monotonicStart: number;
  /** How far the clock was ahead of the server's at the start; absent where that was not known. */
  readonly clockBound?: ClockBound | null | undefined;
  /** Absent until the first was written. */
  readonly signs?: LifeSigns | undefined;
  /** How an exchange tells the server that it runs; null once it was told. Finished first, it is never told: the session itself says it all. */
  readonly notice: StartNotice | null;
}

/** Names the operation that says a session began. */
export interface StartNotice {
  readonly opId: string;
  readonly seq: number;
}

/** The two clocks of one tab at one moment. */
export interface Marks {
  readonly now: number;
  readonly monotonic: number;
  readonly tab: string;
}

const CLOCKS_DIFFER_MS = 2000;

/** The project of a session that was started without one; the documented call wants one. */
export const DEFAULT_PROJECT = 'Personal';

/** When a running session ended. Never before it started, whatever happened to the wall clock. */
export function finishTimes(
  running: RunningSession,
  marks: Marks,
): { readonly endTime: number; readonly clock: ClockEvidence | null } {
  const wallMs = Math.round(marks.now) - running.startTime;
  const { gaps } = signsAt(running, marks.now);
  const ticked = running.tab === marks.tab ? Math.round(marks.monotonic - running.monotonicStart) : null;
  // Of another tab's timer, and of a monotonic clock that goes on in sleep, only silence tells.
  const monotonicMs = gaps.length > 0 ? awakeMs(running, marks) : (ticked ?? wallMs);
  const clock = Math.abs(wallMs - monotonicMs) > CLOCKS_DIFFER_MS ? { wallMs, monotonicMs, ...(gaps.length === 0 ? {} : { gaps }) } : null;
  // The monotonic clock may stand still in sleep, the wall clock may be put back: the longer one did not fall behind.
  return { endTime: running.startTime + Math.max(1, wallMs, ticked ?? 0), clock };
}

/** What is wrong with the words of a session; every faulty field is named. */
export function checkWords(words: { category?: unknown; project?: unknown; note?: unknown }): FieldIssue[] {
  if (Object(words) !== words) return [{ path: 'input', message: 'must be an object' }];
  const issues: FieldIssue[] = [];
  const check = (path: string, value: unknown, maxBytes: number, rule: typeof nameProblem): void => {
    const problem = typeof value === 'string' ? rule(value, maxBytes) : 'must be text';
    if (problem !== null) issues.push({ path, message: problem });
  };
  if (words.category !== undefined) check('category', words.category, LIMITS.categoryBytesMax, nameProblem);
  if (words.project !== undefined) check('project', words.project, LIMITS.projectBytesMax, nameProblem);
  if (words.note !== undefined) check('note', words.note, LIMITS.noteBytesMax, textProblem);
  return issues;
}

export function checkStart(input: StartInput): FieldIssue[] {
  const { category = null, project, note, plannedDuration: planned } = { ...input };
  const issues = checkWords({ category, project, note });
  if (!(typeof planned === 'number' && planned >= 1 && planned <= 1440)) {
    issues.push({ path: 'plannedDuration', message: 'must be 1 to 1440 minutes' });
  }
  return issues;
}

const PATHS: ReadonlyMap<string, string> = new Map([['start_time', 'startTime'], ['end_time', 'endTime']]);

/** Room for what settlements make of it: the calendar that everybody writes ends with the year 9999. */
const LATEST = Date.UTC(9999, 0);

/**
 * What is wrong with the times of a finished session. A time in the future is no fault here: this device's clock may be wrong,
 * and the operation waits until the server's clock has passed it.
 */
export function checkTimes(startTime: number, endTime: number): FieldIssue[] {
  if (!Number.isInteger(startTime) || !Number.isInteger(endTime) || endTime > LATEST) {
    return [{ path: Number.isInteger(startTime) ? 'endTime' : 'startTime', message: 'must be whole milliseconds since the epoch' }];
  }
  const minutes = durationMinutes(startTime, endTime);
  return validateSessionTimes({ startTime, endTime, durationMinutes: minutes }, Number.POSITIVE_INFINITY)
    .filter((issue) => issue.code === 'invalid_request')
    .map(({ path, message }) => ({ path: PATHS.get(path) ?? path, message }));
}

export function checkRecord(input: RecordInput): FieldIssue[] {
  const { id, startTime, endTime, category = null, project = null, note } = { ...input };
  const issues = [...checkTimes(startTime, endTime), ...checkWords({ category, project, note })];
  if (id !== undefined && canonicalUuid(id) === null) issues.push({ path: 'id', message: 'must be a UUID' });
  return issues;
}

/** Whether it counts: completed, and not deleted. Only such a session can overlap another. */
export function isStanding(session: FinishedSession): boolean {
  return session.cancelled === null && session.deletedAt === null;
}

/** Whether two finished sessions say the same, whatever happened to them since. */
export function isSameContent(a: FinishedSession, b: FinishedSession): boolean {
  return (
    a.id === b.id && a.startTime === b.startTime && a.endTime === b.endTime && a.category === b.category &&
    a.project === b.project && a.note === b.note && (a.cancelled === null) === (b.cancelled === null)
  );
}
