// Stored records as the calls print them.
import { formatInstant, type PomodoroRecord, type RunningSession, type SessionRecord, type SettledSession, type SettlementRecord } from '@syncline/protocol';
import type { StoredDevice, StoredSession, StoredSettlement } from '../ports.ts';
import { toBase64 } from '../documents/base64.ts';
import { shownName } from './devices.ts';
import { type Before, readPlan } from './settlement-plan.ts';

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
    ...(session.clock === null ? {} : { clock: { offset_ms: session.clock.offsetMs, error_ms: session.clock.errorMs } }),
    ...(session.annotation === null ? {} : { annotation: toBase64(session.annotation) }),
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

/** A session that runs. @param devices of the same user, for the name of the one it runs on. */
export function toRunningSession(session: StoredSession, devices: readonly StoredDevice[]): RunningSession {
  const device = devices.find(({ deviceId }) => deviceId === session.deviceId);
  return {
    session_id: session.id,
    device_id: session.deviceId,
    device_type: session.source,
    device_name: device === undefined ? null : shownName(device),
    start_time: formatInstant(session.startTime ?? session.createdAt),
    planned_duration: session.plannedDuration,
    category: session.category,
    project: session.project === '' ? null : session.project,
  };
}

export function toSettlementRecord(settlement: StoredSettlement): SettlementRecord {
  const { kind, sessionIds, deviceId, before, created, versions } = readPlan(settlement);
  return {
    settlement_id: settlement.id,
    kind,
    session_ids: sessionIds,
    settled_at: formatInstant(settlement.createdAt),
    undone_at: instantOrNull(settlement.undoneAt),
    device_id: deviceId,
    memory: { before: before.map(toSettledSession), created, versions: versions.map(([id, version]) => ({ session_id: id, version })) },
  };
}

function toSettledSession({ id, startTime, endTime, duration, category, project, note, tags }: Before): SettledSession {
  return {
    session_id: id, start_time: formatInstant(startTime ?? 0), end_time: formatInstant(endTime ?? 0), duration: duration ?? 0, category, project, note, tags,
  };
}
