// How a user stands, read by one statement that is a transaction by itself: a call that asks nothing else needs no BEGIN and no COMMIT.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // Runs with the rights of its caller and goes over to those of the role that row-level security binds, as every transaction does
  // first. What is set here ends with the transaction.
  await sql`
    create function user_overview(of_user uuid) returns json language plpgsql as $$
    begin
      perform set_config('role', 'syncline_data', true), set_config('app.user_id', of_user::text, true),
        set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true);
      return (
        select json_build_object('epoch', e.epoch, 'summary', s, 'devices', array(
          select d from devices d where d.user_id = of_user order by d.last_seen desc nulls last, d.device_id collate "C"))
        from user_summaries s join server_epoch e on e.only_row
        where s.user_id = of_user);
    end $$`.execute(db);
}
