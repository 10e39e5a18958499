// Open conflicts as connected groups with a row for each member, never as pairs, and the pairs somebody chose to keep.
import { type Kysely, sql } from 'kysely';
import { restrictToOwnRows } from './own-rows.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table conflict_groups (
      user_id uuid not null,
      group_no bigint not null,
      members integer not null check (members >= 2),
      duplicate boolean not null,
      primary key (user_id, group_no)
    )`.execute(db);
  await sql`
    create table conflict_members (
      user_id uuid not null,
      session_id uuid not null,
      group_no bigint not null,
      primary key (user_id, session_id)
    )`.execute(db);
  // The user comes second, so that nobody looks a single session up by walking all members of its user.
  await sql`create index conflict_members_of_group on conflict_members (group_no, user_id)`.execute(db);
  await sql`
    create table kept_pairs (
      user_id uuid not null,
      first_id uuid not null,
      second_id uuid not null,
      settlement_id uuid not null,
      primary key (user_id, first_id, second_id, settlement_id),
      check (first_id < second_id)
    )`.execute(db);
  await sql`create index kept_pairs_of_settlement on kept_pairs (settlement_id, user_id)`.execute(db);
  await restrictToOwnRows(db, ['conflict_groups', 'conflict_members', 'kept_pairs']);
}
