// A preferences document that grew is begun anew: the end of the old one is kept for devices that still hold it.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table preferences add column retired bytea`.execute(db);
}
