import type { PGlite, Transaction } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountContract, apiContract, type ApiUser, type ApiWorld, createApiWorld, createStoreWorld, storeContract, type StoreWorld } from '../../testing/index.ts';
import { NOON, startOf, submitOf, cancelOf } from '../../testing/session-requests.ts';
import { firstAnnotation } from '../../documents/annotation-document.ts';
import { type OperationBody, TestDevice } from '../../testing/test-device.ts';
import { formatCursor } from '../../sync/cursor.ts';
import { openEmbeddedStore } from './open.ts';

let world: StoreWorld;
let api: ApiWorld;
let database: PGlite;
interface Asked { readonly sql: string; readonly parameters: readonly unknown[] }
const statements: Asked[] = [];

beforeAll(async () => {
  const opened = await openEmbeddedStore(null, { onStatement: (sql, parameters) => statements.push({ sql, parameters }) });
  database = opened.database;
  world = createStoreWorld(opened.store);
  api = createApiWorld(opened.store, 0);
}, 60_000);
afterAll(() => world.store.close());

describe('the store on the embedded database', () => {
  for (const { name, run } of [...accountContract(async () => world), ...storeContract(async () => world)]) it(name, run);
});

describe('the calls, over the embedded database', () => {
  for (const { name, run } of apiContract(async () => api)) it(name, run);
});

it('shows an unset user no row, though its own user is a superuser who sees all', async () => {
  const userId = await world.newUser();
  const count = (...settings: string[]): Promise<unknown> => database.transaction(async (tx) => {
    for (const setting of settings) await tx.query(setting);
    return (await tx.query<{ count: number }>('select count(*)::int as count from user_summaries')).rows[0]?.count;
  });
  const role = 'set local role syncline_data';
  expect(await count(role)).toBe(0);
  expect(await count(role, "select set_config('app.user_id', '', true)")).toBe(0);
  expect(await count(role, `select set_config('app.user_id', '${userId}', true)`)).toBe(1);
  expect(await count()).toBeGreaterThan(1);
});

it('[S-08] a device whose clock is centuries away is listed, whatever the zone of the database', async () => {
  api.clock.set(NOON);
  const user = await api.signIn();
  const device = new TestDevice({ user, newId: api.newId, deviceId: 'd' });
  const shown: unknown[] = [];
  const times = ['0001-01-01T00:00:00Z', '1850-01-01T00:00:00.250Z', '9999-12-31T23:59:59Z'];
  for (const zone of ['America/New_York', 'Europe/Berlin', 'UTC']) {
    await database.query(`set timezone to '${zone}'`);
    for (const oldest of times) {
      await device.exchange([], { device: { ...device.request([]).device, sessions_pending: 1, oldest_pending: oldest } });
      shown.push((await user.call('devices')).body['devices']?.['0']?.['oldest_pending']);
    }
  }
  expect(shown).toEqual([...times, ...times, ...times]);
});

it('[S-26] notes that merge are merged a few at a time, so that others are served in between', async () => {
  api.clock.set(NOON);
  const device = new TestDevice({ user: await api.signIn(), newId: api.newId, deviceId: 'd' });
  const ids = Array.from({ length: 40 }, () => api.newId());
  const runsOf = async (bodies: readonly OperationBody[], expected: string = 'applied'): Promise<number> => {
    statements.length = 0;
    expect((await device.apply(...bodies)).map(({ status }) => status)).toEqual(bodies.map(() => expected));
    return statements.filter(({ sql }) => sql.startsWith('savepoint')).length;
  };
  expect(await runsOf(ids.map((id, i): OperationBody => ({ type: 'submit', session: submitOf(id, -30 * i - 25, -30 * i) })))).toBe(1);
  const annotationOf = (id: string): string => Buffer.from(firstAnnotation(id, { note: 'another note', tags: [] })).toString('base64');
  const amends = ids.map((id): OperationBody => ({ type: 'amend', session_id: id, base_version: 1, edit: { note: 'another note', annotation: annotationOf(id) } }));
  expect(await runsOf(amends)).toBe(3);
  const other = Array.from({ length: 260 }, () => api.newId());
  expect(await runsOf(other.map((id, i): OperationBody => ({ type: 'submit', known_version: 2, session: submitOf(id, -i - 1, -i) })))).toBe(3);
  // Nor are pairs kept in any number at once.
  const keep = (): OperationBody => ({
    type: 'resolve', kind: 'keep_all', sessions: Array.from({ length: 100 }, () => ({ session_id: api.newId(), version: 1 })), plan: { edits: [], deletes: [], creates: [] },
  });
  expect(await runsOf(Array.from({ length: 11 }, keep), 'rejected')).toBe(2);
  const remember = (): OperationBody => ({
    type: 'remember', settlement: {
      settlement_id: api.newId(), kind: 'keep_one', session_ids: [api.newId(), api.newId()], settled_at: '2025-08-24T12:00:00Z', undone_at: null, device_id: null,
      memory: { before: [], created: [], versions: [] },
    },
  });
  expect(await runsOf(Array.from({ length: 20 }, remember))).toBe(2);
});

it('[S-26] settlements with many notes are read a few at a time, for a resend, another device and the export', async () => {
  api.clock.set(NOON);
  const user = await api.signIn();
  const device = new TestDevice({ user, newId: api.newId, deviceId: 'd' });
  const ids = Array.from({ length: 100 }, () => api.newId());
  await device.apply(...ids.map((id, i): OperationBody => ({ type: 'submit', session: { ...submitOf(id, -i - 1, -i), note: 'y'.repeat(4000) } })));
  const settlements = device.number(...Array.from({ length: 20 }, (_, i): OperationBody => ({
    type: 'resolve', kind: 'trim', sessions: ids.map((id) => ({ session_id: id, version: i + 1 })),
    plan: { edits: ids.map((id) => ({ session_id: id, edit: { category: `category ${i}` } })), deletes: [], creates: [] },
  })));
  for (const settlement of settlements) expect((await device.exchange([settlement])).results[0]?.status).toBe('applied');
  const askedFor = (): number[] => statements.filter(({ sql }) => /from settlements.* id = any/s.test(sql)).map(({ parameters }) => (parameters[1] as readonly string[]).length);
  statements.length = 0;
  expect((await device.send(device.request(settlements))).body['code']).toBe('body_too_large');
  expect(askedFor()).toEqual([8]);
  statements.length = 0;
  const lines = (await user.call('export')).text.trimEnd().split('\n').map((line) => JSON.parse(line) as { type: string; lines?: number; settlement?: { settlement_id: string } });
  expect(lines.flatMap(({ settlement }) => settlement?.settlement_id ?? [])).toEqual(settlements.map((one) => one.op_id));
  expect([lines.at(-1)?.lines, askedFor()]).toEqual([lines.length - 1, [8, 8, 4]]);
  const other = new TestDevice({ user, newId: api.newId, deviceId: 'other' });
  await other.catchUp();
  expect(other.known.size).toBe(120);
});

it('[S-26] operations whose answer would be too large are refused as soon as that shows, not once all of it is in memory', async () => {
  api.clock.set(NOON);
  const device = new TestDevice({ user: await api.signIn(), newId: api.newId, deviceId: 'd' });
  const ids = Array.from({ length: 100 }, () => api.newId());
  await device.apply(...ids.map((id, i): OperationBody => ({ type: 'submit', session: { ...submitOf(id, -i - 1, -i), note: 'y'.repeat(4000) } })));
  const resolve: OperationBody = {
    type: 'resolve', kind: 'keep_one', sessions: ids.map((id) => ({ session_id: id, version: 1 })), plan: { edits: [], deletes: ids.slice(1), creates: [] },
  };
  const [settlement] = device.number(resolve);
  if (settlement === undefined) throw new Error('no settlement');
  await device.exchange([settlement]);
  const undo: OperationBody = { type: 'unresolve', settlement_id: settlement.op_id };
  const undoes = device.number(...Array.from({ length: 60 }, () => undo));
  statements.length = 0;
  const { status, body } = await device.send(device.request(undoes));
  expect([status, body['code']]).toEqual([413, 'body_too_large']);
  const looked = statements.filter(({ sql }) => sql.startsWith('savepoint')).length;
  expect([looked > 1, looked < 15]).toEqual([true, true]);
  expect((await device.exchange(undoes.slice(0, 2))).results.map((result) => [result.status, result.sessions?.length])).toEqual([['applied', 99], ['duplicate', 99]]);
});

it('[S-26] a user keeps so many pairs of sessions apart and no more, because the next change of one of them looks at all', async () => {
  api.clock.set(NOON);
  const user = await api.signIn();
  const device = new TestDevice({ user, newId: api.newId, deviceId: 'd' });
  const [a, b, c] = [api.newId(), api.newId(), api.newId()];
  const keepAll = (...ids: string[]): OperationBody => ({
    type: 'resolve', kind: 'keep_all', sessions: ids.map((id) => ({ session_id: id, version: 1 })), plan: { edits: [], deletes: [], creates: [] },
  });
  await device.apply(...[a, b, c].map((id): OperationBody => ({ type: 'submit', session: submitOf(id, -30, -5) })));
  await database.query(`insert into kept_pairs select $1, $2, gen_random_uuid(), gen_random_uuid() from generate_series(1, 99999)`, [user.userId, '00000000-0000-0000-0000-000000000000']);
  const [first, ...others] = device.number(keepAll(a, b), keepAll(b, c));
  if (first === undefined) throw new Error('no settlement');
  const { results } = await device.exchange([first, ...others]);
  expect(results.map(({ status, code }) => code ?? status)).toEqual(['applied', 'limit_reached']);
  const again = await device.apply({ type: 'unresolve', settlement_id: first.op_id }, keepAll(a, b, c), keepAll(b, c));
  expect(again.map(({ status, code }) => code ?? status)).toEqual(['applied', 'limit_reached', 'depends_on_rejected']);
  expect((await device.apply(keepAll(b, c))).map(({ status }) => status)).toEqual(['applied']);
});

describe('with a long history', () => {
  /** What the calls ask, in order. */
  async function askedBy(work: () => Promise<{ readonly status: number }>): Promise<Asked[]> {
    statements.length = 0;
    expect((await work()).status).toBeLessThan(300);
    return [...statements];
  }

  /** A user with so many sessions of 20 minutes, two hours apart, all before the clock's noon. */
  async function userWith(count: number): Promise<ApiUser> {
    const user = await api.signIn();
    await database.query(`
      insert into sessions (user_id, id, display_id, state, start_time, end_time, duration, category, project, note, source, version, sequence, created_at, updated_at, tags, trail)
      select $1, gen_random_uuid(), i, 'completed', t, t + interval '20 minutes', 20, 'work', 'p', '', 'mac_app', 1, i, t, t, '[]', '{}'
      from generate_series(1, $2::int) i, lateral (select timestamptz '2025-08-24 12:00Z' - i * interval '2 hours' as t) x`, [user.userId, count]);
    await database.query('update user_summaries set total_sessions = $2, sequence = $2, last_display_id = $2 where user_id = $1', [user.userId, count]);
    return user;
  }

  it('[S-26] statistics are read in parts, and hold up no writer of their user, though they note the device', async () => {
    api.clock.set(NOON);
    const user = await userWith(2500);
    for (const name of ['userData', 'analytics'] as const) {
      const asked = await askedBy(() => user.call(name, { headers: { 'X-Device-Id': name }, query: name === 'analytics' ? 'days=366' : '' }));
      const read = asked.flatMap(({ sql }, i) => (/select s\.id.*from sessions/s.test(sql) ? [i] : []));
      expect(read.length).toBe(3);
      expect(asked.slice(0, read[0]).findLast(({ sql }) => sql.startsWith('begin'))?.sql).toContain('read only');
    }
  });

  async function headOf(userId: string): Promise<number> {
    return (await database.query<{ sequence: number }>('select sequence from user_summaries where user_id = $1', [userId])).rows[0]?.sequence ?? 0;
  }

  it.each([['before', false], ['after', true]])('%s statistics exist: status and submit cost as with a short one, and every statement finds its rows by an index', async (_when, isAnalyzed) => {
    api.clock.set(NOON);
    const [short, long] = [await userWith(100), await userWith(20_000)];
    if (isAnalyzed) await database.query('analyze');
    const headers = { 'X-Device-Id': 'd' };
    const plans: string[] = [];
    const costOf = async (user: ApiUser): Promise<number[]> => {
      const ids = [1, 2, 3, 4].map(() => api.newId()) as [string, string, string, string];
      // The login is looked at once, and then believed for a while.
      await user.call('syncStatus');
      const device = new TestDevice({ user, newId: api.newId, deviceId: 'd' });
      await device.exchange();
      Object.assign(device, { cursor: formatCursor(device.epoch ?? '', await headOf(user.userId)) });
      await device.exchange();
      const asked = [
        await askedBy(() => user.call('syncStatus')),
        await askedBy(() => user.call('syncStatus', { headers })),
        await askedBy(() => device.send(device.request([]))),
        await askedBy(() => user.call('submit', { body: submitOf(ids[0], -25, 0), headers })),
        await askedBy(() => user.call('submit', { body: submitOf(ids[1], -20, 0), headers })),
        await askedBy(() => user.call('sessionStart', { body: startOf(ids[2]) })),
        await askedBy(() => user.call('sessionCancel', { body: cancelOf(ids[3]) })),
        await askedBy(() => user.call('preferences', { body: { daily_goal: 3 } })),
        await askedBy(() => user.call('syncStatus', { query: 'check_conflicts=true' })),
        await askedBy(() => user.call('analytics', { query: 'days=7' })),
      ];
      plans.push(...(await explainAll(user.userId, asked.flat())));
      return asked.map((list) => list.length);
    };
    const costs = await costOf(short);
    expect(await costOf(long)).toEqual(costs);
    // One statement: for a status, for that of a device, and for an idle exchange.
    expect(costs.slice(0, 3)).toEqual([1, 1, 1]);
    const scans = plans.flatMap((plan) => plan.split('\n').filter((line) => line.includes('Seq Scan')));
    expect(scans).toEqual([]);
    const overlaps = plans.filter((plan) => plan.includes('Function Scan on w'));
    expect(overlaps.length).toBeGreaterThan(1);
    for (const plan of overlaps) {
      expect(plan).toMatch(/Index Cond:.*start_time < w\.closes/);
      expect(plan).toMatch(/Index Cond:.*(end_time > w\.opens|start_time > \(w\.opens - )/);
      expect(plan).toMatch(/Index Cond:.*session_id = sessions\.id/);
    }
  });

  /** What is read without an index, in the words of a plan: a function does not tell its own. */
  async function scansOf(tx: Transaction, sql: string, parameters: readonly unknown[]): Promise<string> {
    const scans = async () => (await tx.query<{ relname: string; seq: number; index: number }>(
      "select relname, seq_scan::int as seq, idx_scan::int as index from pg_stat_xact_user_tables where relname in ('user_summaries', 'devices', 'server_epoch') order by 1")).rows;
    const before = await scans();
    await tx.query(sql, [...parameters]);
    const after = await scans();
    expect(after.map(({ index }, i) => index - (before[i]?.index ?? 0))).toEqual([1, 1, 1]);
    return after.flatMap(({ relname, seq }, i) => (seq === before[i]?.seq ? [] : [`Seq Scan on ${relname}`])).join('\n');
  }

  /** Plans as the store's role gets them for these very parameters. */
  async function explainAll(userId: string, asked: readonly Asked[]): Promise<string[]> {
    const about = asked.filter(({ sql }) => /^\s*(select|insert|update|delete)/i.test(sql) && !/set_config|refresh_tokens|login|users u/.test(sql));
    return database.transaction(async (tx) => {
      await tx.query("select set_config('role', 'syncline_data', true), set_config('app.user_id', $1, true), set_config('enable_seqscan', 'off', true)", [userId]);
      const plans: string[] = [];
      for (const { sql, parameters } of about) {
        if (sql.includes('user_overview')) plans.push(await scansOf(tx, sql, parameters));
        const { rows } = await tx.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${sql}`, [...parameters]);
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      }
      return plans;
    });
  }
});
