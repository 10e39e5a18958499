// The server on a real PostgreSQL with row-level security on: calls a second against a bare `SELECT 1` on the same stack, with a short and
// a long history, and sessions stored a second against a bare insert of the same rows.
import { randomUUID } from 'node:crypto';
import { formatCursor } from '../../../packages/server/src/sync/cursor.ts';
import { findPostgres } from '../../provision/postgres.mjs';
import { notRun } from '../../faults/lib/not-run.ts';
import { type Call, Caller } from '../run/load.ts';
import { inTurns, type Results, Rounds } from '../run/rounds.ts';
import { ServerWorld, type WorldUser } from '../run/server-world.ts';
import { STORING_WAYS, storingWays } from './storing.ts';

const HISTORIES = [100, 100_000];
const inWords = (count: number): string => `${count.toLocaleString('en')} sessions`;
/** What is measured, by name. */
export const SERVER_WORKS: readonly string[] = [
  'SELECT 1', 'SELECT 1, signed in', ...HISTORIES.flatMap((count) => [`idle exchange, ${inWords(count)}`, `status, ${inWords(count)}`]), ...STORING_WAYS,
];
const DEVICE = 'bench-device';
/** Before the first round: a process that has just started is several times slower. */
const WARM_UP_MS = 3000;
const STORED_BEFORE = 5;
const MEASURED_MS = 3000;
const JSON_TYPE = { 'Content-Type': 'application/json' };

const authorized = ({ token }: WorldUser): Record<string, string> => ({ Authorization: `Bearer ${token}` });

/** As an engine asks: it says which device it is. */
function statusCall(user: WorldUser, sessions: number): Call {
  const headers = { ...authorized(user), 'X-Device-Id': DEVICE, 'X-App-Identifier': 'RegardingWork-Mac-v1.0', 'X-Sessions-Pending': '0' };
  return { method: 'GET', path: '/api/sync/status', headers, holds: ['"sync_status":"healthy"', `"total_sessions":${sessions}`] };
}

function exchangeCall(user: WorldUser, device: object, position: object, holds: readonly string[]): Call {
  const body = JSON.stringify({ protocol: 1, device, operations: [], limit: 1000, ...position });
  return { method: 'POST', path: '/api/sync/exchange', headers: { ...authorized(user), ...JSON_TYPE }, body, holds };
}

/** An exchange of a device that is up to date. Brings it there first, without the walk through its history. */
async function idleCall(caller: Caller, user: WorldUser, sessions: number): Promise<Call> {
  const device = { device_id: DEVICE, device_type: 'mac_app', version: '1.0', sessions_pending: 0, oldest_pending: null, incarnation: randomUUID(), run: randomUUID() };
  const first = JSON.parse(await caller.ask(exchangeCall(user, device, { cursor: null, epoch: null, status_tag: null, limit: 1 }, []))) as { epoch: string; head: number };
  const position = { cursor: formatCursor(first.epoch, first.head), epoch: first.epoch, status_tag: null };
  const told = JSON.parse(await caller.ask(exchangeCall(user, device, position, ['"more":false']))) as { cursor: string; status_tag: string };
  const idle = exchangeCall(user, device, { ...position, cursor: told.cursor, status_tag: told.status_tag }, [`"head":${sessions},`, '"results":[]', '"changes":[]', '"more":false']);
  const text = await caller.ask(idle);
  if (text.includes('"status":')) throw new Error(`wrong answer: an idle exchange tells the status: ${text}`);
  return idle;
}

/** By name, what is asked. */
async function callsOf(world: ServerWorld, caller: Caller, say: (line: string) => void): Promise<Record<string, Call>> {
  const one = ['{"one":1}'];
  const anybody = await world.newUser();
  const calls: Record<string, Call> = {
    'SELECT 1': { method: 'GET', path: '/select-1', headers: {}, holds: one },
    'SELECT 1, signed in': { method: 'GET', path: '/select-1-signed-in', headers: authorized(anybody), holds: one },
  };
  for (const count of HISTORIES) {
    say(`a user with ${count} sessions`);
    const user = await world.userWith(count);
    calls[`idle exchange, ${inWords(count)}`] = await idleCall(caller, user, count);
    calls[`status, ${inWords(count)}`] = statusCall(user, count);
  }
  await world.owner.query('analyze');
  return calls;
}

/** Calls a second, and what the server and the database spent on one: other programs cannot lengthen that. */
async function measureCalls(world: ServerWorld, caller: Caller, call: Call): Promise<Record<string, number>> {
  const before = await world.spent();
  const { calls, perSecond } = await caller.callFor(call, MEASURED_MS);
  const after = await world.spent();
  const each = (a: number, b: number): number => ((b - a) * 1000) / calls;
  return {
    'calls/s': perSecond,
    ...(before && after ? { 'processor of the server, µs/call': each(before.server, after.server), 'processor of the database, µs/call': each(before.database, after.database) } : {}),
  };
}

async function warmUp(names: readonly string[], calls: Readonly<Record<string, Call>>, storing: Readonly<Record<string, () => Promise<number>>>, caller: Caller): Promise<void> {
  for (const name of names) {
    const call = calls[name];
    if (call) await caller.callFor(call, WARM_UP_MS);
    for (let time = 0; time < STORED_BEFORE; time += 1) await storing[name]?.();
  }
}

export async function measureServer(names: readonly string[], rounds: number, say: (line: string) => void): Promise<Results> {
  if (!findPostgres()) {
    notRun('bench: server', 'no PostgreSQL binaries on this machine');
    return {};
  }
  const world = await ServerWorld.start();
  const caller = new Caller(world.origin);
  const found = new Rounds();
  try {
    const calls = await callsOf(world, caller, say);
    const storing = await storingWays(world, caller);
    await warmUp(names, calls, storing, caller);
    await inTurns(names, rounds, async (name, number) => {
      say(`round ${number + 1} of ${rounds}: ${name}`);
      const call = calls[name];
      const store = storing[name];
      if (call) found.add(name, await measureCalls(world, caller, call));
      if (store) found.add(name, { 'sessions/s': await store() });
    });
  } finally {
    await caller.close();
    await world.close();
  }
  return found.results();
}
