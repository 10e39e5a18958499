// Every answer that was seen in the wild, in place of each call's: what the engine makes of it, and that it ends well.
import { describe, expect, it } from 'vitest';
import { isFull } from './lib/amount.ts';
import type { Fault } from './lib/fault-proxy.ts';
import { type FaultWorld, openWorld } from './lib/fault-world.ts';
import { useProxy } from './lib/fixtures.ts';
import { ACCOUNT, BROKEN, BUSY, type Course, PORTALS, REFUSED, type Script, UNCLEAR } from './lib/scripted-answers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** So often in a row each is given. */
const TIMES = 2;
const STATUS = '/api/sync/status';
const EXCHANGE = '/api/sync/exchange';
const SUBMIT = '/api/pomodoro/submit';
const DELIVERIES: readonly string[] = [SUBMIT, '/api/session/cancel'];
const HEALTH = '/api/health';
const CALLS = [HEALTH, '/api/session/start', ...DELIVERIES, STATUS];
/** What a server without the exchange is asked about preferences. */
const PREFERENCES = ['/api/user/data', '/api/user/preferences'];
/** What the engine says on each course, and on no other. */
const WORDS_OF_TROUBLE = ['parked', 'auth_required', 'forbidden', 'gone', 'update_needed'] as const;
const WORDS: Readonly<Record<Course, readonly string[]>> = {
  again: [], acknowledged: [], parked: ['parked'], 'signed-out': ['auth_required'], forbidden: ['auth_required', 'forbidden'],
  gone: ['gone'], 'update-needed': ['update_needed'],
};
/** Whoever is told so stops, with a token or without. */
const STOPS: readonly Course[] = ['gone', 'update-needed'];

const faults = useProxy();

/** What a person does about what the engine shows. */
async function help(world: FaultWorld): Promise<void> {
  const { engine, clock } = world;
  if (world.status.local.connection === 'auth_required') await world.signInAgain();
  const sessions = await engine.sessions.list({ states: ['parked', 'cancelled'] });
  for (const { id } of sessions.filter(({ parked }) => parked !== null)) await engine.sessions.retry(id);
  if (engine.preferences?.current.details.default_duration?.parked) await engine.preferences.retry('default_duration');
  let isDone = false;
  void engine.sync().then(() => (isDone = true));
  await clock.until(() => isDone, HOUR, 'an end of the sync that was asked for');
}

/** The answer is given for the first calls to that path, or to all for null. A server with the exchange is asked for nothing else. */
async function play(path: string | null, { fault }: Script): Promise<FaultWorld> {
  let given = 0;
  const hasPreferences = path !== null && PREFERENCES.includes(path);
  const world = await openWorld(faults.app, faults.proxy, path !== EXCHANGE, (call, { clock }): Fault => {
    if ((path !== null && call.path !== path) || given >= TIMES) return { kind: 'pass' };
    given += 1;
    return fault(call, clock.now());
  }, hasPreferences);
  // The call that tells of a start is made only while the server is known to answer.
  if (path !== null && path !== '/api/health') await world.clock.pass(1000);
  if (hasPreferences) await world.prefer(50);
  await world.record();
  await world.time('cancel');
  await world.time('complete');
  await world.clock.until(() => given > 0, 5 * MINUTE, 'the answer was given');
  // Time enough for it to go on by itself.
  await world.clock.pass(10 * MINUTE);
  return world;
}

async function endsWell(world: FaultWorld): Promise<void> {
  for (let tries = 0; tries <= TIMES && world.status.sync_status !== 'healthy'; tries += 1) await help(world);
  await world.untilWell();
  expect(world.lies).toEqual([]);
  expect(world.differences()).toEqual([]);
  await world.close();
}

/** After the first such answer nothing is sent before the pause is over. */
function expectPause(world: FaultWorld, pauseMs: number): void {
  const first = world.calls.find(({ fault }) => fault !== 'pass')?.at ?? 0;
  const next = world.calls.find(({ at }) => at > first)?.at ?? Number.POSITIVE_INFINITY;
  expect(next - first).toBeGreaterThanOrEqual(pauseMs);
}

function expectWords(world: FaultWorld, path: string, course: Course): void {
  const isHeard = DELIVERIES.includes(path) || (path === STATUS && course !== 'parked') || (path === HEALTH && STOPS.includes(course));
  const wanted = isHeard ? WORDS[course] : [];
  for (const word of wanted) expect([...world.seen]).toContain(word);
  // Of a token that was refused every call hears.
  const allowed: readonly string[] = course === 'signed-out' ? WORDS[course] : wanted;
  expect(WORDS_OF_TROUBLE.filter((word) => world.seen.has(word) && !allowed.includes(word))).toEqual([]);
}

function answerAll(scripts: readonly Script[]): void {
  describe.each(CALLS)('%s', (path) => {
    it.each(chosen(scripts, CALLS.indexOf(path)))('$name', async (script) => {
      const world = await play(path, script);
      expectWords(world, path, script.course);
      expectPause(world, script.pauseMs ?? 0);
      await endsWell(world);
    });
  });
  // What an answer means to an operation stands in the answer; refusals of the whole are nobody's fault in particular.
  describe(EXCHANGE, () => {
    it.each(chosen(scripts, CALLS.length + 1))('$name', async (script) => {
      const world = await play(EXCHANGE, script);
      expectPause(world, script.pauseMs ?? 0);
      await endsWell(world);
    });
  });
  // Whatever is said of preferences, sessions go on.
  describe.each(PREFERENCES)('%s', (path) => {
    it.each(chosen(scripts, CALLS.length - 2 + PREFERENCES.indexOf(path)))('$name', async (script) => {
      const world = await play(path, script);
      expectPause(world, script.pauseMs ?? 0);
      await endsWell(world);
    });
  });
  describe('every call', () => {
    it.each(chosen(scripts, CALLS.length))('$name', async (script) => endsWell(await play(null, script)));
  });
}

/** All of them for the submit call; of the others, in the short run, each call its share. */
function chosen(scripts: readonly Script[], turn: number): readonly Script[] {
  const isWhole = isFull || CALLS[turn] === SUBMIT;
  return isWhole ? scripts : scripts.filter((_, index) => index % (CALLS.length + 2) === turn);
}

describe('[C02, C19] a portal answers in the server\'s place: unreachable, nothing acknowledged', () => void answerAll(PORTALS));
describe('[C04, C05, C06, C08, C20, C21] half an answer, too much of one, or none: sent again, no prefix is believed', () => void answerAll(BROKEN));
describe('[C07] success in another shape: only an explicit id acknowledges', () => void answerAll(UNCLEAR));
describe('[C11, C12, D09, D17] the account is in question: a pause, nothing deleted, no attempt charged', () => void answerAll(ACCOUNT));
describe('[C14, C15, C16] one item is refused: parked with the server\'s words, the rest goes on', () => void answerAll(REFUSED));
describe('[C13, C17, C18] a busy server: pauses as long as it asked for, then again', () => void answerAll(BUSY));
