// Users, credentials, logins and refresh tokens, and the two roles under which everything else runs.
import { type Kysely, sql } from 'kysely';

/** Roles belong to the whole cluster: another database, or a server starting at the same moment, may have made them. */
const createRole = (name: string): ReturnType<typeof sql.raw> => sql.raw(`
  do $$ begin
    create role ${name} nologin nosuperuser nobypassrls noinherit;
  exception when duplicate_object or unique_violation then null;
  end $$`);

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const role of ['syncline_data', 'syncline_accounts']) {
    await createRole(role).execute(db);
    await sql`grant ${sql.id(role)} to current_user`.execute(db);
    await sql`grant usage on schema public to ${sql.id(role)}`.execute(db);
  }
  await sql`
    create table users (
      id uuid primary key,
      username text not null,
      username_key text not null unique,
      email text not null,
      created_at timestamptz not null
    )`.execute(db);
  await sql`
    create table credentials (
      user_id uuid primary key references users on delete cascade,
      password_hash text not null
    )`.execute(db);
  await sql`
    create table logins (
      sid uuid primary key,
      user_id uuid not null references users on delete cascade,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      revoked_at timestamptz
    )`.execute(db);
  await sql`create index logins_of_user on logins (user_id)`.execute(db);
  await sql`create index logins_by_end on logins (expires_at)`.execute(db);
  await sql`
    create table refresh_tokens (
      token_hash text primary key,
      sid uuid not null references logins on delete cascade,
      created_at timestamptz not null,
      spent_at timestamptz
    )`.execute(db);
  await sql`create index refresh_tokens_of_login on refresh_tokens (sid)`.execute(db);
  for (const table of ['users', 'credentials', 'logins', 'refresh_tokens']) {
    const name = sql.id(table);
    await sql`alter table ${name} enable row level security`.execute(db);
    await sql`alter table ${name} force row level security`.execute(db);
    await sql`create policy accounts on ${name} to syncline_accounts using (true) with check (true)`.execute(db);
    await sql`grant select, insert, update, delete on ${name} to syncline_accounts`.execute(db);
  }
}
