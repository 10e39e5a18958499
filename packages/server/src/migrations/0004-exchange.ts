// What makes an operation take effect once, settlements, and the epoch that tells a restored database from the one before.
import { type Kysely, sql } from 'kysely';
import { restrictToOwnRows } from './own-rows.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table operation_results (
      user_id uuid not null,
      operation_id uuid not null,
      created_at timestamptz not null,
      fingerprint text not null,
      result text not null,
      primary key (user_id, operation_id)
    )`.execute(db);
  await sql`
    create table settlements (
      user_id uuid not null,
      id uuid not null,
      sequence bigint not null,
      created_at timestamptz not null,
      undone_at timestamptz,
      plan text not null,
      primary key (user_id, id)
    )`.execute(db);
  await sql`create unique index settlements_by_sequence on settlements (user_id, sequence)`.execute(db);
  await restrictToOwnRows(db, ['operation_results', 'settlements']);
  await sql`
    create table server_epoch (
      only_row boolean primary key default true check (only_row),
      epoch uuid not null
    )`.execute(db);
  // From here and not from the server: the row is made with the database, before any server can ask.
  await sql`insert into server_epoch (epoch) values (gen_random_uuid())`.execute(db);
  await sql`grant select on server_epoch to syncline_accounts, syncline_data`.execute(db);
}
