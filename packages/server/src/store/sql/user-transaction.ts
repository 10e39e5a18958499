// Every write of one user's rows. One statement for a kind of row, however many: they travel as one JSON document.
import { type RawBuilder, sql } from 'kysely';
import type { UserChanges, UserTransaction } from '../../ports.ts';
import { cancellationToRow, deviceToRow, sessionToRow, startToRow, summaryToRow, toIso } from './rows.ts';
import { SqlUserReader } from './user-reader.ts';

/** Columns of each table that is written whole: name and type, the key first. */
const SHAPES = {
  sessions: {
    key: { id: 'uuid' },
    rest: {
      display_id: 'bigint', state: 'text', start_time: 'timestamptz', end_time: 'timestamptz', duration: 'double precision',
      planned_duration: 'double precision', category: 'text', project: 'text', note: 'text', source: 'text', device_id: 'text',
      version: 'integer', sequence: 'bigint', created_at: 'timestamptz', updated_at: 'timestamptz', deleted_at: 'timestamptz',
      cancel_reason: 'text', tags: 'jsonb', clock: 'jsonb', annotation: 'bytea', trail: 'jsonb', fingerprint: 'text',
    },
  },
  session_starts: {
    key: { session_id: 'uuid' },
    rest: {
      display_id: 'bigint', created_at: 'timestamptz', fingerprint: 'text', planned_duration: 'double precision', category: 'text',
      source: 'text', project: 'text', planning_notes: 'text', goals: 'text', energy_level: 'integer', app_version: 'text',
      project_id: 'integer', team_project_id: 'integer',
    },
  },
  cancellations: {
    key: { session_id: 'uuid' },
    rest: {
      display_id: 'bigint', created_at: 'timestamptz', fingerprint: 'text', planned_duration: 'double precision',
      elapsed_minutes: 'double precision', source: 'text', reason: 'text', note: 'text', category: 'text', project_id: 'integer',
      team_project_id: 'integer',
    },
  },
  conflict_members: { key: { session_id: 'uuid' }, rest: { group_no: 'bigint' } },
  conflict_groups: { key: { group_no: 'bigint' }, rest: { members: 'integer', duplicate: 'boolean' } },
  devices: {
    key: { device_id: 'text' },
    rest: {
      device_type: 'text', version: 'text', name: 'text', last_seen: 'timestamptz', sessions_pending: 'integer',
      oldest_pending: 'timestamptz', created_at: 'timestamptz', memory: 'jsonb', given_name: 'text', pending_as_of: 'timestamptz',
    },
  },
  operation_results: {
    key: { operation_id: 'uuid' },
    rest: { created_at: 'timestamptz', fingerprint: 'text', result: 'text' },
  },
  settlements: {
    key: { id: 'uuid' },
    rest: { sequence: 'bigint', created_at: 'timestamptz', undone_at: 'timestamptz', plan: 'text' },
  },
} as const satisfies Record<string, { key: Record<string, string>; rest: Record<string, string> }>;

type Shape = keyof typeof SHAPES;

export class SqlUserTransaction extends SqlUserReader implements UserTransaction {
  #savepoints = 0;
  #hasWritten = false;

  async write(changes: UserChanges): Promise<void> {
    this.#hasWritten ||= Object.values(changes).some((rows) => !Array.isArray(rows) || rows.length > 0);
    const { summary, preferences, preferencesUpdate } = changes;
    await Promise.all([
      this.#put('sessions', changes.sessions?.map(sessionToRow)),
      this.#put('session_starts', changes.starts?.map(startToRow)),
      this.#put('cancellations', changes.cancellations?.map(cancellationToRow)),
      ...this.#writeConflicts(changes),
      this.#put('devices', changes.devices?.map(deviceToRow)),
      this.#removeDevices(changes.removedDevices),
      preferences === undefined ? undefined : this.#writePreferences(preferences),
      preferencesUpdate === undefined ? undefined : this.#keepUpdate(preferencesUpdate),
      this.#put('operation_results', changes.results?.map((result) => ({
        operation_id: result.operationId, created_at: toIso(result.createdAt), fingerprint: result.fingerprint, result: result.result,
      }))),
      this.#put('settlements', changes.settlements?.map((settlement) => ({
        id: settlement.id, sequence: settlement.sequence, created_at: toIso(settlement.createdAt),
        undone_at: settlement.undoneAt === null ? null : toIso(settlement.undoneAt), plan: settlement.plan,
      }))),
      summary === undefined ? undefined : this.#writeSummary(summaryToRow(summary)),
    ]);
  }

  /** Whether anything was written, though it may have been taken back since. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    this.#savepoints += 1;
    const name = sql.id(`step_${this.#savepoints}`);
    await this.session.run(sql`savepoint ${name}`);
    try {
      const result = await work();
      await this.session.run(sql`release savepoint ${name}`);
      return result;
    } catch (error) {
      await this.session.run(sql`rollback to savepoint ${name}`);
      throw error;
    }
  }

  #writeConflicts(changes: UserChanges): (Promise<unknown> | undefined)[] {
    const { mergedGroups = [], members = [], groups, removedGroups = [], keptPairs = [], freedSettlements = [] } = changes;
    const leaving = members.filter((member) => member.group === null).map((member) => member.sessionId);
    const staying = members.filter((member) => member.group !== null);
    const user = sql`user_id = ${this.userId}::uuid`;
    return [
      mergedGroups.length === 0 ? undefined : this.session.run(sql`
        update conflict_members c set group_no = g.into_no
        from unnest(${mergedGroups.map((merge) => merge.from)}::bigint[], ${mergedGroups.map((merge) => merge.to)}::bigint[]) as g (from_no, into_no)
        where c.user_id = ${this.userId}::uuid and c.group_no = g.from_no`),
      leaving.length === 0 ? undefined : this.session.run(sql`delete from conflict_members where ${user} and session_id = any(${leaving}::uuid[])`),
      this.#put('conflict_members', staying.map((member) => ({ session_id: member.sessionId, group_no: member.group }))),
      this.#put('conflict_groups', groups?.map((group) => ({ group_no: group.group, members: group.members, duplicate: group.duplicate }))),
      removedGroups.length === 0 ? undefined : this.session.run(sql`
        delete from conflict_groups where ${user} and group_no = any(${[...removedGroups]}::bigint[])`),
      freedSettlements.length === 0 ? undefined : this.session.run(sql`
        delete from kept_pairs where ${user} and settlement_id = any(${[...freedSettlements]}::uuid[])`),
      keptPairs.length === 0 ? undefined : this.session.run(sql`
        insert into kept_pairs (user_id, first_id, second_id, settlement_id)
        select ${this.userId}::uuid, k.* from jsonb_to_recordset(${JSON.stringify(keptPairs)}::jsonb)
          as k (first uuid, second uuid, "settlementId" uuid)
        on conflict do nothing`),
    ];
  }

  #removeDevices(deviceIds: readonly string[] = []): Promise<unknown> | undefined {
    if (deviceIds.length === 0) return undefined;
    return this.session.run(sql`delete from devices where user_id = ${this.userId}::uuid and device_id = any(${[...deviceIds]}::text[])`);
  }

  async #writePreferences(preferences: NonNullable<UserChanges['preferences']>): Promise<void> {
    const { values, updatedAt, document, stateVector, digest, retired } = preferences;
    await this.session.run(sql`
      insert into preferences (user_id, "values", updated_at, document, state_vector, digest, retired)
      values (${this.userId}::uuid, ${JSON.stringify(values)}::jsonb, ${updatedAt === null ? null : toIso(updatedAt)}::timestamptz,
        ${bufferOrNull(document)}::bytea, ${bufferOrNull(stateVector)}::bytea, ${digest}, ${bufferOrNull(retired)}::bytea)
      on conflict (user_id) do update set "values" = excluded."values", updated_at = excluded.updated_at, document = excluded.document,
        state_vector = excluded.state_vector, digest = excluded.digest, retired = excluded.retired`);
  }

  async #keepUpdate({ added, before, most }: NonNullable<UserChanges['preferencesUpdate']>): Promise<void> {
    const user = sql`user_id = ${this.userId}::uuid`;
    // The place comes from a read of this transaction: the user's lock lets no other one in between.
    await this.session.run(sql`
      insert into preferences_updates (user_id, place, at, device_id, digest, "update")
      select ${this.userId}::uuid, coalesce(max(place), 0) + 1, ${toIso(added.at)}::timestamptz, ${added.deviceId}, ${added.digest}, ${Buffer.from(added.update)}::bytea
      from preferences_updates where ${user}`);
    await this.session.run(sql`
      delete from preferences_updates where ${user} and (at < ${toIso(before)}::timestamptz
        or place <= (select max(place) from preferences_updates where ${user}) - ${most}::bigint)`);
  }

  #writeSummary(row: Readonly<Record<string, unknown>>): Promise<unknown> {
    const assignments = Object.entries(row).map(([column, value]) => sql`${sql.id(column)} = ${value}`);
    return this.session.run(sql`update user_summaries set ${sql.join(assignments)} where user_id = ${this.userId}::uuid`);
  }

  #put(table: Shape, rows: readonly object[] = []): Promise<unknown> | undefined {
    if (rows.length === 0) return undefined;
    const { key, rest } = SHAPES[table];
    const columns = [...Object.keys(key), ...Object.keys(rest)].map((column) => sql.id(column));
    const fields: RawBuilder<unknown>[] = Object.entries({ ...key, ...rest }).map(([column, type]) => sql`${sql.id(column)} ${sql.raw(type)}`);
    const updates = Object.keys(rest).map((column) => sql`${sql.id(column)} = excluded.${sql.id(column)}`);
    return this.session.run(sql`
      insert into ${sql.id(table)} (user_id, ${sql.join(columns)})
      select ${this.userId}::uuid, r.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (${sql.join(fields)})
      on conflict (user_id, ${sql.join(Object.keys(key).map((column) => sql.id(column)))}) do update set ${sql.join(updates)}`);
  }
}

function bufferOrNull(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes);
}
