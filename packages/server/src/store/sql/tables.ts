// The tables as Kysely knows them. Instants go in as ISO text and come out as milliseconds since the epoch.
import type { ColumnType, SelectType } from 'kysely';
import type { DeviceMemory, EditTrail, StoredClock } from '../../ports.ts';

type Instant = ColumnType<number, string, string>;
type InstantOrNull = ColumnType<number | null, string | null, string | null>;

/** A row within a JSON document: its instants are text. */
export type InJson<Table> = {
  readonly [Column in keyof Table]: Table[Column] extends Instant ? string : Table[Column] extends InstantOrNull ? string | null : SelectType<Table[Column]>;
};

export interface Tables {
  users: { id: string; username: string; username_key: string; email: string; created_at: Instant };
  credentials: { user_id: string; password_hash: string };
  logins: { sid: string; user_id: string; created_at: Instant; expires_at: Instant; revoked_at: InstantOrNull; forgotten_device: string | null };
  refresh_tokens: { token_hash: string; sid: string; created_at: Instant; spent_at: InstantOrNull };
  server_epoch: { only_row: boolean; epoch: string };
  user_summaries: SummaryTable;
  preferences: { user_id: string; values: ColumnType<Record<string, string | number | boolean>, string, string>; updated_at: InstantOrNull; document: Uint8Array | null; state_vector: Uint8Array | null; digest: string | null; retired: Uint8Array | null };
  sessions: SessionTable;
  session_starts: StartTable;
  cancellations: CancellationTable;
  devices: DeviceTable;
  conflict_groups: { user_id: string; group_no: number; members: number; duplicate: boolean };
  conflict_members: { user_id: string; session_id: string; group_no: number };
  kept_pairs: { user_id: string; first_id: string; second_id: string; settlement_id: string };
  operation_results: { user_id: string; operation_id: string; created_at: Instant; fingerprint: string; result: string };
  settlements: { user_id: string; id: string; sequence: number; created_at: Instant; undone_at: InstantOrNull; plan: string };
}

export interface SummaryTable {
  user_id: string;
  total_sessions: number;
  total_ms: number;
  last_session: InstantOrNull;
  open_conflicts: number;
  duplicate_conflicts: number;
  preferences_updated: InstantOrNull;
  sequence: number;
  last_display_id: number;
  last_start_id: number;
  last_cancellation_id: number;
  last_group: number;
  running: number;
}

export interface SessionTable {
  user_id: string;
  id: string;
  display_id: number;
  state: 'running' | 'completed' | 'cancelled';
  start_time: InstantOrNull;
  end_time: InstantOrNull;
  duration: number | null;
  planned_duration: number | null;
  category: string;
  project: string;
  note: string;
  source: string;
  device_id: string | null;
  version: number;
  sequence: number;
  created_at: Instant;
  updated_at: Instant;
  deleted_at: InstantOrNull;
  cancel_reason: string | null;
  tags: ColumnType<string[], string, string>;
  clock: ColumnType<StoredClock | null, string | null, string | null>;
  annotation: Uint8Array | null;
  trail: ColumnType<EditTrail, string, string>;
  fingerprint: string | null;
  live: ColumnType<boolean, never, never>;
}

export interface StartTable {
  user_id: string;
  session_id: string;
  display_id: number;
  created_at: Instant;
  fingerprint: string;
  planned_duration: number;
  category: string;
  source: string;
  project: string | null;
  planning_notes: string | null;
  goals: string | null;
  energy_level: number | null;
  app_version: string | null;
  project_id: number | null;
  team_project_id: number | null;
}

export interface CancellationTable {
  user_id: string;
  session_id: string;
  display_id: number;
  created_at: Instant;
  fingerprint: string;
  planned_duration: number;
  elapsed_minutes: number;
  source: string;
  reason: string | null;
  note: string | null;
  category: string | null;
  project_id: number | null;
  team_project_id: number | null;
}

export interface DeviceTable {
  user_id: string;
  device_id: string;
  given_name: string | null;
  pending_as_of: InstantOrNull;
  device_type: string;
  version: string;
  name: string | null;
  last_seen: InstantOrNull;
  sessions_pending: number;
  oldest_pending: InstantOrNull;
  created_at: Instant;
  memory: ColumnType<DeviceMemory | null, string | null, string | null>;
}
