// Row-level security as every table of user data has it.
import { type Kysely, sql } from 'kysely';

/**
 * Shows and accepts only rows of the user named by `app.user_id`; an unset or empty user has none.
 * `force` binds the owner of the table too. Superusers pass all the same, so each transaction switches to `syncline_data`.
 */
export async function restrictToOwnRows(db: Kysely<unknown>, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const name = sql.id(table);
    await sql`alter table ${name} enable row level security`.execute(db);
    await sql`alter table ${name} force row level security`.execute(db);
    await sql`
      create policy own_rows on ${name} to syncline_data
      using (user_id = nullif(current_setting('app.user_id', true), '')::uuid)
      with check (user_id = nullif(current_setting('app.user_id', true), '')::uuid)`.execute(db);
    await sql`grant select, insert, update, delete on ${name} to syncline_data`.execute(db);
  }
}
