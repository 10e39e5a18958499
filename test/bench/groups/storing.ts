// A thousand sessions arrive at once: in one exchange, overlaps found, and as a bare insert of the very rows that the exchange left behind.
import { randomUUID } from 'node:crypto';
import { submitOf } from '../page/drain.ts';
import { historical } from '../page/data.ts';
import type { Caller } from '../run/load.ts';
import type { ServerWorld, WorldUser } from '../run/server-world.ts';

const COUNT = 1000;
/** Stored in one turn, each time for another user. */
const TIMES = 4;

const sessions = Array.from({ length: COUNT }, (_, n) => historical(n, COUNT));

/** Groups of sessions that overlap, straight from the rule. */
function expectedConflicts(): number {
  let groups = 0;
  let [end, isGroup] = [0, false];
  for (const { startTime, endTime } of sessions.toSorted((a, b) => a.startTime - b.startTime)) {
    const isOverlapping = startTime < end;
    if (isOverlapping && !isGroup) groups += 1;
    isGroup = isOverlapping;
    end = isOverlapping ? Math.max(end, endTime) : endTime;
  }
  return groups;
}

async function exchange(caller: Caller, { token }: WorldUser): Promise<void> {
  // Another id for each user, as a table of all users would have them.
  const operations = sessions.map((session, n) => ({ type: 'submit', op_id: randomUUID(), seq: n + 1, session: submitOf({ ...session, id: randomUUID() }) }));
  const device = { device_id: 'bench-device', device_type: 'mac_app', version: '1.0', sessions_pending: COUNT, incarnation: randomUUID(), run: randomUUID() };
  const body = JSON.stringify({ protocol: 1, device, cursor: null, epoch: null, operations, status_tag: null });
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const answer = JSON.parse(await caller.ask({ method: 'POST', path: '/api/sync/exchange', headers, body, holds: [] })) as { results: readonly { status: string }[] };
  const applied = answer.results.filter(({ status }) => status === 'applied').length;
  if (applied !== COUNT) throw new Error(`wrong answer: ${applied} sessions were stored`);
}

type Row = Readonly<Record<string, unknown>>;

/** Columns of the table that a statement may write, and the rows of one user in them. */
async function rowsOf({ owner }: ServerWorld, { userId }: WorldUser): Promise<readonly Row[]> {
  const { rows } = await owner.query<Row>('select * from sessions where user_id = $1 order by sequence', [userId]);
  return rows.map(({ live: _, tags, trail, clock, ...row }) => ({ ...row, tags: JSON.stringify(tags), trail: JSON.stringify(trail), clock: clock === null ? null : JSON.stringify(clock) }));
}

function insertOf(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const tuples = rows.map((_, row) => `(${columns.map((__, column) => `$${row * columns.length + column + 1}`).join(',')})`);
  return `insert into sessions (${columns.join(',')}) values ${tuples.join(',')}`;
}

async function check(world: ServerWorld, { userId }: WorldUser, conflicts: number | null): Promise<void> {
  const { rows } = await world.owner.query<{ sessions: number; conflicts: number }>(`
    select (select count(*)::int from sessions where user_id = $1) as sessions, (select open_conflicts::int from user_summaries where user_id = $1) as conflicts`, [userId]);
  const [found] = rows;
  if (found?.sessions !== COUNT || (conflicts !== null && found.conflicts !== conflicts)) throw new Error(`wrong answer: ${JSON.stringify(found)}, not ${COUNT} and ${conflicts}`);
}

export const STORING_WAYS: readonly string[] = ['exchange of 1,000', 'bare insert'];

/** By name, what stores; each gives sessions a second. */
export async function storingWays(world: ServerWorld, caller: Caller): Promise<Record<string, () => Promise<number>>> {
  const conflicts = expectedConflicts();
  const model = await world.newUser();
  await exchange(caller, model);
  await check(world, model, conflicts);
  const rows = await rowsOf(world, model);
  const sql = insertOf(rows);
  const measure = async (store: (user: WorldUser) => Promise<void>, wanted: number | null): Promise<number> => {
    let ms = 0;
    for (let time = 0; time < TIMES; time += 1) {
      const user = await world.newUser();
      const begun = performance.now();
      await store(user);
      ms += performance.now() - begun;
      await check(world, user, wanted);
    }
    return (COUNT * TIMES * 1000) / ms;
  };
  const insert = async ({ userId }: WorldUser): Promise<void> => {
    const own = rows.flatMap((row) => Object.values({ ...row, user_id: userId, id: randomUUID() }));
    await world.owner.query('begin');
    await world.owner.query(sql, own);
    await world.owner.query('commit');
  };
  return { 'exchange of 1,000': () => measure((user) => exchange(caller, user), conflicts), 'bare insert': () => measure(insert, null) };
}
