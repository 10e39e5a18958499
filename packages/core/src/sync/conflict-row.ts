// Conflicts as this device knows them: each row holds the sessions of one group, so a group is kept up without looking at history.
import { CERTAINTIES, type Conflict, type ConflictSession, groupConflicts } from '@syncline/protocol';
import { asFields, isNumber, readBound } from '../model/rows.ts';
import type { FinishedSession } from '../model/session.ts';

export interface ConflictRow {
  readonly conflict: Conflict;
  readonly sessions: readonly ConflictSession[];
}

export function toConflictSession(session: FinishedSession): ConflictSession {
  const { id, startTime, endTime, source, deviceId, category, project, clockBound } = session;
  return { id, startTime, endTime, deviceType: source, deviceId: deviceId ?? undefined, category, project, ...(clockBound ? { clock: clockBound } : {}) };
}

/** The groups that these sessions form. @param keptPairs pairs that somebody chose to keep. */
export function toConflictRows(sessions: readonly ConflictSession[], keptPairs?: ReadonlySet<string>): ConflictRow[] {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  return groupConflicts([...byId.values()], keptPairs).map((conflict) => ({
    conflict,
    sessions: conflict.sessionIds.map((id) => byId.get(id) as ConflictSession),
  }));
}

function readConflictSession(value: unknown): ConflictSession | null {
  const row = asFields(value);
  const isSound =
    row !== null && typeof row['id'] === 'string' && isNumber(row['startTime']) && isNumber(row['endTime']) &&
    typeof row['deviceType'] === 'string' && isTextOrAbsent(row['deviceId']) && isTextOrAbsent(row['category']) && isTextOrAbsent(row['project']) && (row['clock'] === undefined || readBound(row['clock']) !== null);
  return isSound ? (row as unknown as ConflictSession) : null;
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** A stored row: the sessions, and how sure their overlap is; the rest is derived again, so it cannot contradict them. Null when damaged. */
export function readConflictRow(value: unknown): ConflictRow | null {
  const row = asFields(value);
  const sessions = row?.['sessions'];
  if (!Array.isArray(sessions)) return null;
  const sound = sessions.map(readConflictSession).filter((session) => session !== null);
  const rows = toConflictRows(sound);
  const [only] = rows;
  if (sound.length < sessions.length || rows.length > 1 || only === undefined) return null;
  // Pairs that somebody chose to keep are not known here, and may be the only certain ones.
  const certainty = CERTAINTIES.find((word) => word === row?.['certainty']) ?? 'possible';
  return { ...only, conflict: { ...only.conflict, certainty } };
}
