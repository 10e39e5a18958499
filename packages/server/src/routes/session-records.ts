// Stored records as the calls print them.
import { formatInstant, type PomodoroRecord, type SessionRecord } from '@syncline/protocol';
import type { StoredSession } from '../ports.ts';

/** A session as the extension and the body of a 409 show it. */
export function toSessionRecord(session: StoredSession): SessionRecord {
  return {
    session_id: session.id,
    display_id: String(session.displayId),
    version: session.version,
    state: session.state,
    start_time: instantOrNull(session.startTime),
    end_time: instantOrNull(session.endTime),
    duration: session.duration,
    category: session.category,
    project: session.project,
    note: session.note,
    source: session.source,
    device_id: session.deviceId,
    ...(session.tags.length === 0 ? {} : { tags: session.tags }),
    ...(session.annotation === null ? {} : { annotation: Buffer.from(session.annotation).toString('base64') }),
    deleted_at: instantOrNull(session.deletedAt),
    ...(session.state === 'cancelled' ? { cancel_reason: session.cancelReason } : {}),
  };
}

/** A completed session as the documented submit call shows it. */
export function toPomodoro(session: StoredSession): PomodoroRecord {
  return {
    id: session.displayId,
    duration: session.duration ?? 0,
    category: session.category,
    project: session.project,
    source: session.source,
    start_time: formatInstant(session.startTime ?? 0),
    end_time: formatInstant(session.endTime ?? 0),
    note: session.note,
    session_id: session.id,
  };
}

export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms);
}
