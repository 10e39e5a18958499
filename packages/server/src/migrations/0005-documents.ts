// What makes the preferences document cheap to compare and safe to repair.
import { type Kysely, sql } from 'kysely';
import { restrictToOwnRows } from './own-rows.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table preferences add column state_vector bytea, add column digest text`.execute(db);
  await sql`
    create table preferences_updates (
      user_id uuid not null,
      place bigint not null,
      at timestamptz not null,
      device_id text,
      digest text not null,
      "update" bytea not null,
      primary key (user_id, place)
    )`.execute(db);
  await restrictToOwnRows(db, ['preferences_updates']);
}
