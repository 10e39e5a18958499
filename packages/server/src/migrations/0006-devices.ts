// Devices as their owner looks after them: which logins each used, the name a person gave it, since when its backlog is known.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table devices add column given_name text, add column pending_as_of timestamptz`.execute(db);
  await sql`alter table logins add column forgotten_device text`.execute(db);
  await sql`
    create table login_devices (
      sid uuid not null references logins on delete cascade,
      device_id text not null,
      user_id uuid not null,
      primary key (sid, device_id)
    )`.execute(db);
  await sql`create index login_devices_of_device on login_devices (user_id, device_id)`.execute(db);
  await sql`alter table login_devices enable row level security`.execute(db);
  await sql`alter table login_devices force row level security`.execute(db);
  await sql`create policy accounts on login_devices to syncline_accounts using (true) with check (true)`.execute(db);
  await sql`grant select, insert, update, delete on login_devices to syncline_accounts`.execute(db);
}
