// Sessions with what their starts and cancellations said, devices, preferences, and the row of counters.
//
// No foreign key to the user: each writer holds the lock on the user's row of counters, which is the stronger check, and a
// trigger for every row would cost as much as the insert itself.
import { type Kysely, sql } from 'kysely';
import { restrictToOwnRows } from './own-rows.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create extension if not exists btree_gist`.execute(db);
  await createSummaries(db);
  await createSessions(db);
  await createDetails(db);
  await createDevices(db);
  await restrictToOwnRows(db, ['user_summaries', 'sessions', 'session_starts', 'cancellations', 'devices', 'preferences']);
}

async function createSummaries(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table user_summaries (
      user_id uuid primary key,
      total_sessions bigint not null default 0 check (total_sessions >= 0),
      total_ms bigint not null default 0 check (total_ms >= 0),
      last_session timestamptz,
      open_conflicts bigint not null default 0 check (open_conflicts >= 0),
      duplicate_conflicts bigint not null default 0 check (duplicate_conflicts between 0 and open_conflicts),
      preferences_updated timestamptz,
      sequence bigint not null default 0,
      last_display_id bigint not null default 0,
      last_start_id bigint not null default 0,
      last_cancellation_id bigint not null default 0,
      last_group bigint not null default 0,
      running bigint not null default 0 check (running >= 0)
    )`.execute(db);
  await sql`
    create table preferences (
      user_id uuid primary key,
      "values" jsonb not null,
      updated_at timestamptz,
      document bytea
    )`.execute(db);
}

async function createSessions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sessions (
      user_id uuid not null,
      id uuid not null,
      display_id bigint not null,
      state text not null check (state in ('running', 'completed', 'cancelled')),
      start_time timestamptz,
      end_time timestamptz,
      duration double precision,
      planned_duration double precision,
      category text not null,
      project text not null,
      note text not null,
      source text not null,
      device_id text,
      version integer not null,
      sequence bigint not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      deleted_at timestamptz,
      cancel_reason text,
      tags jsonb not null,
      annotation bytea,
      trail jsonb not null,
      fingerprint text,
      live boolean not null generated always as (state = 'completed' and deleted_at is null) stored,
      primary key (user_id, id),
      check (end_time > start_time and end_time <= start_time + interval '24 hours'),
      check (state <> 'completed' or (start_time is not null and end_time is not null and duration is not null))
    )`.execute(db);
  // Overlaps. Both bounds in one GiST index, compared by < and >, because these may run below row-level security
  // (they are leakproof). A tstzrange compared by && may not: under a policy it would read the whole history.
  await sql`create index sessions_span on sessions using gist (user_id, start_time, end_time) where live`.execute(db);
  await sql`create index sessions_by_start on sessions (user_id, start_time)`.execute(db);
  await sql`create unique index sessions_by_sequence on sessions (user_id, sequence)`.execute(db);
  await sql`create index sessions_running on sessions (user_id) where state = 'running'`.execute(db);
}

async function createDetails(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table session_starts (
      user_id uuid not null,
      session_id uuid not null,
      display_id bigint not null,
      created_at timestamptz not null,
      fingerprint text not null,
      planned_duration double precision not null,
      category text not null,
      source text not null,
      project text,
      planning_notes text,
      goals text,
      energy_level integer,
      app_version text,
      project_id integer,
      team_project_id integer,
      primary key (user_id, session_id)
    )`.execute(db);
  await sql`
    create table cancellations (
      user_id uuid not null,
      session_id uuid not null,
      display_id bigint not null,
      created_at timestamptz not null,
      fingerprint text not null,
      planned_duration double precision not null,
      elapsed_minutes double precision not null,
      source text not null,
      reason text,
      note text,
      category text,
      project_id integer,
      team_project_id integer,
      primary key (user_id, session_id)
    )`.execute(db);
  await sql`create index cancellations_by_time on cancellations (user_id, created_at)`.execute(db);
}

async function createDevices(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table devices (
      user_id uuid not null,
      device_id text not null,
      device_type text not null,
      version text not null,
      name text,
      last_seen timestamptz,
      sessions_pending integer not null check (sessions_pending >= 0),
      oldest_pending timestamptz,
      created_at timestamptz not null,
      memory jsonb,
      primary key (user_id, device_id)
    )`.execute(db);
}
