// How the clock stood that a session's times were taken from, as its device told.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sessions add column clock jsonb`.execute(db);
}
