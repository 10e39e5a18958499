// From rows of the database to the port's records and back. Columns and fields have the same order, so a missing one shows.
import type { Selectable } from 'kysely';
import pg from 'pg';
import type { StoredCancellation, StoredDevice, StoredSession, StoredStart, UserSummary } from '../../ports.ts';
import type { CancellationTable, DeviceTable, InJson, SessionTable, StartTable, SummaryTable } from './tables.ts';

/** What a statement takes for an instant. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : toIso(ms);
}

/** An instant in JSON is written in the database's zone, where an offset of long ago has seconds, and the year 1 may be one before it. */
const parseTime = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ);

function toMs(text: string): number {
  return Number(parseTime(text.replace('T', ' ')));
}

function msOrNull(text: string | null): number | null {
  return text === null ? null : toMs(text);
}

/** Bytes in JSON, as the type `bytea` reads them. */
function toHex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : `\\x${Buffer.from(bytes).toString('hex')}`;
}

export function rowToSession(row: Selectable<SessionTable>): StoredSession {
  return {
    id: row.id,
    displayId: row.display_id,
    state: row.state,
    startTime: row.start_time,
    endTime: row.end_time,
    duration: row.duration,
    plannedDuration: row.planned_duration,
    category: row.category,
    project: row.project,
    note: row.note,
    source: row.source,
    deviceId: row.device_id,
    version: row.version,
    sequence: row.sequence,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
    cancelReason: row.cancel_reason,
    tags: row.tags,
    clock: row.clock,
    annotation: row.annotation === null ? null : new Uint8Array(row.annotation),
    trail: row.trail,
    fingerprint: row.fingerprint,
  };
}

export function sessionToRow(session: StoredSession): Record<string, unknown> {
  return {
    id: session.id,
    display_id: session.displayId,
    state: session.state,
    start_time: isoOrNull(session.startTime),
    end_time: isoOrNull(session.endTime),
    duration: session.duration,
    planned_duration: session.plannedDuration,
    category: session.category,
    project: session.project,
    note: session.note,
    source: session.source,
    device_id: session.deviceId,
    version: session.version,
    sequence: session.sequence,
    created_at: toIso(session.createdAt),
    updated_at: toIso(session.updatedAt),
    deleted_at: isoOrNull(session.deletedAt),
    cancel_reason: session.cancelReason,
    tags: session.tags,
    clock: session.clock,
    annotation: toHex(session.annotation),
    trail: session.trail,
    fingerprint: session.fingerprint,
  };
}

export function rowToStart(row: Selectable<StartTable>): StoredStart {
  return {
    sessionId: row.session_id,
    displayId: row.display_id,
    createdAt: row.created_at,
    fingerprint: row.fingerprint,
    plannedDuration: row.planned_duration,
    category: row.category,
    source: row.source,
    project: row.project,
    planningNotes: row.planning_notes,
    goals: row.goals,
    energyLevel: row.energy_level,
    appVersion: row.app_version,
    projectId: row.project_id,
    teamProjectId: row.team_project_id,
  };
}

export function startToRow(start: StoredStart): Record<string, unknown> {
  return {
    session_id: start.sessionId,
    display_id: start.displayId,
    created_at: toIso(start.createdAt),
    fingerprint: start.fingerprint,
    planned_duration: start.plannedDuration,
    category: start.category,
    source: start.source,
    project: start.project,
    planning_notes: start.planningNotes,
    goals: start.goals,
    energy_level: start.energyLevel,
    app_version: start.appVersion,
    project_id: start.projectId,
    team_project_id: start.teamProjectId,
  };
}

export function rowToCancellation(row: Selectable<CancellationTable>): StoredCancellation {
  return {
    sessionId: row.session_id,
    displayId: row.display_id,
    createdAt: row.created_at,
    fingerprint: row.fingerprint,
    plannedDuration: row.planned_duration,
    elapsedMinutes: row.elapsed_minutes,
    source: row.source,
    reason: row.reason,
    note: row.note,
    category: row.category,
    projectId: row.project_id,
    teamProjectId: row.team_project_id,
  };
}

export function cancellationToRow(cancellation: StoredCancellation): Record<string, unknown> {
  return {
    session_id: cancellation.sessionId,
    display_id: cancellation.displayId,
    created_at: toIso(cancellation.createdAt),
    fingerprint: cancellation.fingerprint,
    planned_duration: cancellation.plannedDuration,
    elapsed_minutes: cancellation.elapsedMinutes,
    source: cancellation.source,
    reason: cancellation.reason,
    note: cancellation.note,
    category: cancellation.category,
    project_id: cancellation.projectId,
    team_project_id: cancellation.teamProjectId,
  };
}

export function rowToDevice(row: InJson<DeviceTable>): StoredDevice {
  return {
    deviceId: row.device_id,
    deviceType: row.device_type,
    version: row.version,
    name: row.name,
    lastSeen: msOrNull(row.last_seen),
    givenName: row.given_name,
    pendingAsOf: msOrNull(row.pending_as_of),
    sessionsPending: row.sessions_pending,
    oldestPending: msOrNull(row.oldest_pending),
    createdAt: toMs(row.created_at),
    memory: row.memory,
  };
}

export function deviceToRow(device: StoredDevice): Record<string, unknown> {
  return {
    device_id: device.deviceId,
    device_type: device.deviceType,
    version: device.version,
    name: device.name,
    last_seen: isoOrNull(device.lastSeen),
    given_name: device.givenName,
    pending_as_of: isoOrNull(device.pendingAsOf),
    sessions_pending: device.sessionsPending,
    oldest_pending: isoOrNull(device.oldestPending),
    created_at: toIso(device.createdAt),
    memory: device.memory,
  };
}

export function rowToSummary(row: InJson<SummaryTable>): UserSummary {
  return {
    totalSessions: row.total_sessions,
    totalMs: row.total_ms,
    lastSession: msOrNull(row.last_session),
    openConflicts: row.open_conflicts,
    duplicateConflicts: row.duplicate_conflicts,
    preferencesUpdated: msOrNull(row.preferences_updated),
    sequence: row.sequence,
    lastDisplayId: row.last_display_id,
    lastStartId: row.last_start_id,
    lastCancellationId: row.last_cancellation_id,
    lastGroup: row.last_group,
    running: row.running,
  };
}

export function summaryToRow(summary: UserSummary): Record<string, unknown> {
  return {
    total_sessions: summary.totalSessions,
    total_ms: summary.totalMs,
    last_session: isoOrNull(summary.lastSession),
    open_conflicts: summary.openConflicts,
    duplicate_conflicts: summary.duplicateConflicts,
    preferences_updated: isoOrNull(summary.preferencesUpdated),
    sequence: summary.sequence,
    last_display_id: summary.lastDisplayId,
    last_start_id: summary.lastStartId,
    last_cancellation_id: summary.lastCancellationId,
    last_group: summary.lastGroup,
    running: summary.running,
  };
}
