// Every read of one user's rows. Each statement names the user and is meant for an index; row-level security checks the same again.
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type {
  Activity, Change, ConflictGroup, Interval, KeptPair, LiveSession, Overview, StoredCancellation, StoredPreferences, StoredPreferencesUpdate, StoredResult,
  StoredSession, StoredSettlement, StoredStart, UserReader,
} from '../../ports.ts';
import { inOneOrder } from '../change-window.ts';
import { mergeIntervals } from '../intervals.ts';
import { ACTIVITY_AT_ONCE, RUNNING_MAX, SETTLEMENTS_AT_ONCE } from '../read-limits.ts';
import { rowToCancellation, rowToDevice, rowToSession, rowToStart, rowToSummary, toIso } from './rows.ts';
import type { SqlSession } from './sql-session.ts';
import { storeError } from '../store-error.ts';
import type { CancellationTable, DeviceTable, InJson, SessionTable, StartTable, SummaryTable, Tables } from './tables.ts';

const LIVE_COLUMNS: RawBuilder<unknown> = sql`s.id, s.start_time, s.end_time, s.category, s.project, s.source, s.device_id, m.group_no`;

interface LiveRow {
  id: string;
  start_time: number;
  end_time: number;
  category: string;
  project: string;
  source: string;
  device_id: string | null;
  group_no: number | null;
}

type ActivityRow = Omit<LiveRow, 'project' | 'device_id'> & { duration: number };

interface OverviewRow {
  readonly epoch: string;
  readonly summary: InJson<SummaryTable>;
  readonly devices: readonly InJson<DeviceTable>[];
}

/** The reading half of the port, over one connection inside a transaction. */
export class SqlUserReader implements UserReader {
  protected readonly session: SqlSession;
  protected readonly userId: string;

  constructor(session: SqlSession, userId: string) {
    this.session = session;
    this.userId = userId;
  }

  async overview(): Promise<Overview> {
    const row = await this.session.first(sql<{ overview: OverviewRow | null }>`select user_overview(${this.userId}::uuid) as overview`, 'overview');
    if (!row?.overview) throw storeError('failed', undefined, 'no such user');
    const { epoch, summary, devices } = row.overview;
    return { epoch, summary: rowToSummary(summary), devices: devices.map(rowToDevice) };
  }

  async preferences(): Promise<StoredPreferences> {
    const row = await this.session.first(sql<Selectable<Tables['preferences']>>`
      select "values", updated_at, document, state_vector, digest, retired from preferences where user_id = ${this.userId}::uuid`);
    return {
      values: row?.values ?? {},
      updatedAt: row?.updated_at ?? null,
      document: bytesOrNull(row?.document),
      stateVector: bytesOrNull(row?.state_vector),
      digest: row?.digest ?? null,
      retired: bytesOrNull(row?.retired),
    };
  }

  async preferencesUpdates(): Promise<readonly StoredPreferencesUpdate[]> {
    const rows = await this.session.run(sql<{ at: number; device_id: string | null; digest: string; update: Uint8Array }>`
      select at, device_id, digest, "update" from preferences_updates where user_id = ${this.userId}::uuid order by place`);
    return rows.map(({ at, device_id, digest, update }) => ({ at, deviceId: device_id, digest, update: new Uint8Array(update) }));
  }

  async sessions(ids: readonly string[]): Promise<readonly StoredSession[]> {
    if (ids.length === 0) return [];
    const rows = await this.session.run(sql<Selectable<SessionTable>>`
      select * from sessions where user_id = ${this.userId}::uuid and id = any(${[...ids]}::uuid[])`);
    return rows.map(rowToSession);
  }

  async starts(sessionIds: readonly string[]): Promise<readonly StoredStart[]> {
    if (sessionIds.length === 0) return [];
    const rows = await this.session.run(sql<Selectable<StartTable>>`
      select * from session_starts where user_id = ${this.userId}::uuid and session_id = any(${[...sessionIds]}::uuid[])`);
    return rows.map(rowToStart);
  }

  async cancellations(sessionIds: readonly string[]): Promise<readonly StoredCancellation[]> {
    if (sessionIds.length === 0) return [];
    const rows = await this.session.run(sql<Selectable<CancellationTable>>`
      select * from cancellations where user_id = ${this.userId}::uuid and session_id = any(${[...sessionIds]}::uuid[])`);
    return rows.map(rowToCancellation);
  }

  async running(after: number): Promise<readonly StoredSession[]> {
    const rows = await this.session.run(sql<Selectable<SessionTable>>`
      select * from sessions where user_id = ${this.userId}::uuid and state = 'running' and start_time > ${toIso(after)}::timestamptz
      order by start_time desc, id desc limit ${RUNNING_MAX}::integer`);
    return rows.map(rowToSession).toReversed();
  }

  async overlapping(intervals: readonly Interval[]): Promise<readonly LiveSession[]> {
    if (intervals.length === 0) return [];
    const windows = mergeIntervals(intervals);
    // Each window is looked up by itself (`offset 0`): read once and kept for all windows, the whole history would be read. The third
    // comparison changes nothing, since no session is longer than a day, but bounds a plan on the plain index by start too.
    const rows = await this.session.run(sql<LiveRow>`
      select ${LIVE_COLUMNS}
      from unnest(${windows.map((window) => toIso(window.startTime))}::timestamptz[],
                  ${windows.map((window) => toIso(window.endTime))}::timestamptz[]) as w (opens, closes)
      cross join lateral (
        select * from sessions
        where user_id = ${this.userId}::uuid and live
          and start_time < w.closes and end_time > w.opens and start_time > w.opens - interval '24 hours'
        offset 0
      ) s
      left join lateral (
        select group_no from conflict_members where user_id = ${this.userId}::uuid and session_id = s.id offset 0
      ) m on true`);
    return [...new Map(rows.map((row) => [row.id, rowToLive(row)])).values()];
  }

  async groupMembers(groups: readonly number[]): Promise<readonly LiveSession[]> {
    if (groups.length === 0) return [];
    const rows = await this.session.run(sql<LiveRow>`
      select ${LIVE_COLUMNS} from conflict_members m
      join sessions s on s.user_id = ${this.userId}::uuid and s.id = m.session_id
      where m.user_id = ${this.userId}::uuid and m.group_no = any(${[...groups]}::bigint[])
      order by s.start_time, s.id`);
    return rows.map(rowToLive);
  }

  async conflictMembers(): Promise<readonly LiveSession[]> {
    const rows = await this.session.run(sql<LiveRow>`
      select ${LIVE_COLUMNS} from conflict_members m
      join sessions s on s.user_id = ${this.userId}::uuid and s.id = m.session_id
      where m.user_id = ${this.userId}::uuid
      order by s.start_time, s.id`);
    return rows.map(rowToLive);
  }

  async groups(groups: readonly number[]): Promise<readonly ConflictGroup[]> {
    if (groups.length === 0) return [];
    const rows = await this.session.run(sql<Selectable<Tables['conflict_groups']>>`
      select * from conflict_groups where user_id = ${this.userId}::uuid and group_no = any(${[...groups]}::bigint[])`);
    return rows.map((row) => ({ group: row.group_no, members: row.members, duplicate: row.duplicate }));
  }

  async keptPairs(ids: readonly string[]): Promise<readonly KeptPair[]> {
    if (ids.length < 2) return [];
    const rows = await this.session.run(sql<Selectable<Tables['kept_pairs']>>`
      select * from kept_pairs
      where user_id = ${this.userId}::uuid and first_id = any(${[...ids]}::uuid[]) and second_id = any(${[...ids]}::uuid[])`);
    return rows.map((row) => ({ first: row.first_id, second: row.second_id, settlementId: row.settlement_id }));
  }

  async keptPairCount(): Promise<number> {
    const row = await this.session.first(sql<{ count: number }>`select count(*) as count from kept_pairs where user_id = ${this.userId}::uuid`);
    return row?.count ?? 0;
  }

  async sessionsPerDay(days: readonly number[]): Promise<ReadonlyMap<number, number>> {
    if (days.length === 0) return new Map();
    const rows = await this.session.run(sql<{ day: number; count: number }>`
      select d.day, (
        select count(*) from sessions
        where user_id = ${this.userId}::uuid and start_time >= d.day and start_time < d.day + interval '24 hours'
      ) as count
      from unnest(${days.map(toIso)}::timestamptz[]) as d (day)`);
    return new Map(rows.map((row) => [row.day, row.count]));
  }

  async newestEnd(): Promise<number | null> {
    // No session is longer than a day, so the newest end is found within a day before the newest start.
    const row = await this.session.first(sql<{ newest: number | null }>`
      select max(end_time) as newest from sessions
      where user_id = ${this.userId}::uuid and live and start_time >= (
        select start_time - interval '24 hours' from sessions
        where user_id = ${this.userId}::uuid and live order by start_time desc limit 1)`);
    return row?.newest ?? null;
  }

  async changes(after: number, limit: number): Promise<readonly Change[]> {
    const [sessions, settlements] = await Promise.all([
      this.session.run(sql<Selectable<SessionTable>>`
        select * from sessions where user_id = ${this.userId}::uuid and sequence > ${after}::bigint
          and sequence <= coalesce((
            select sequence from settlements where user_id = ${this.userId}::uuid and sequence > ${after}::bigint
            order by sequence offset ${SETTLEMENTS_AT_ONCE - 1}::integer limit 1), 9223372036854775807)
        order by sequence limit ${limit}::integer`),
      this.session.run(sql<Selectable<Tables['settlements']>>`
        select * from settlements where user_id = ${this.userId}::uuid and sequence > ${after}::bigint
        order by sequence limit ${SETTLEMENTS_AT_ONCE}::integer`),
    ]);
    return inOneOrder(
      sessions.map((row) => ({ kind: 'session', sequence: row.sequence, session: rowToSession(row) })),
      settlements.map((row) => ({ kind: 'settlement', sequence: row.sequence, settlement: rowToSettlement(row) })),
      limit,
    );
  }

  async results(operationIds: readonly string[]): Promise<readonly StoredResult[]> {
    if (operationIds.length === 0) return [];
    const rows = await this.session.run(sql<Selectable<Tables['operation_results']>>`
      select * from operation_results where user_id = ${this.userId}::uuid and operation_id = any(${[...operationIds]}::uuid[])`);
    return rows.map((row) => ({
      operationId: row.operation_id, createdAt: row.created_at, fingerprint: row.fingerprint, result: row.result,
    }));
  }

  async settlements(ids: readonly string[]): Promise<readonly StoredSettlement[]> {
    if (ids.length === 0) return [];
    const rows = await this.session.run(sql<Selectable<Tables['settlements']>>`
      select * from settlements where user_id = ${this.userId}::uuid and id = any(${[...ids]}::uuid[])`);
    return rows.map(rowToSettlement);
  }

  async *activity(from: number, to: number): AsyncIterable<readonly Activity[]> {
    let [start, id]: [string, string | null] = [toIso(from), null];
    for (let isMore = true; isMore; ) {
      const rows: readonly ActivityRow[] = await this.session.run(sql<ActivityRow>`
        select s.id, s.start_time, s.end_time, s.duration, s.category, s.source, m.group_no
        from (
          select * from sessions
          where user_id = ${this.userId}::uuid and live and start_time >= ${start}::timestamptz and start_time < ${toIso(to)}::timestamptz
            and (${id}::uuid is null or (start_time, id) > (${start}::timestamptz, ${id}::uuid))
          order by start_time, id limit ${ACTIVITY_AT_ONCE}::integer
        ) s
        left join conflict_members m on m.user_id = ${this.userId}::uuid and m.session_id = s.id
        order by s.start_time, s.id`);
      yield rows.map((row) => ({
        startTime: row.start_time, endTime: row.end_time, duration: row.duration,
        category: row.category, source: row.source, group: row.group_no,
      }));
      const last = rows.at(-1);
      isMore = last !== undefined && rows.length === ACTIVITY_AT_ONCE;
      if (last !== undefined) [start, id] = [toIso(last.start_time), last.id];
    }
  }

  async cancelledCount(from: number, to: number): Promise<number> {
    const row = await this.session.first(sql<{ count: number }>`
      select count(*) as count from cancellations
      where user_id = ${this.userId}::uuid and created_at >= ${toIso(from)}::timestamptz and created_at < ${toIso(to)}::timestamptz`);
    return row?.count ?? 0;
  }
}

function rowToLive(row: LiveRow): LiveSession {
  return {
    id: row.id, startTime: row.start_time, endTime: row.end_time, category: row.category, project: row.project,
    source: row.source, deviceId: row.device_id, group: row.group_no,
  };
}

function rowToSettlement(row: Selectable<Tables['settlements']>): StoredSettlement {
  return { id: row.id, sequence: row.sequence, createdAt: row.created_at, undoneAt: row.undone_at, plan: row.plan };
}

function bytesOrNull(bytes: Uint8Array | null | undefined): Uint8Array | null {
  return bytes == null ? null : new Uint8Array(bytes);
}
