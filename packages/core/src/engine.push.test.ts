import { describe, expect, it } from 'vitest';
import type { HttpRequest, HttpResponse } from './ports.ts';
import { createEngineWorld, type EngineWorld } from './testing/engine-world.ts';

const isSubmit = (request: HttpRequest): boolean => request.path === '/api/pomodoro/submit';
const submits = (world: EngineWorld): HttpRequest[] => world.server.requests.filter(isSubmit);

async function recorded(world: EngineWorld, minutesAgo = [600, 500, 400]): Promise<Awaited<ReturnType<EngineWorld['open']>> & { ids: string[] }> {
  world.isOffline = true;
  const opened = await world.open();
  const ids: string[] = [];
  for (const minutes of minutesAgo) ids.push((await world.drive(opened.engine.sessions.record(world.session(minutes, 25)))).id);
  return { ...opened, ids };
}

describe('offline', () => {
  it('A1 A2 A3 | keeps everything and tells nothing but the truth, then sends it oldest first', async () => {
    const world = createEngineWorld();
    const { engine, ids } = await recorded(world);
    await world.run(5000);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(3);
    expect(engine.status.current.local).toMatchObject({ connection: 'unreachable', phase: 'backing_off' });
    world.isOffline = false;
    await world.run(400_000);
    expect(submits(world).map((request) => JSON.parse(request.body ?? '').session_id)).toEqual(ids);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(0);
    expect(engine.status.current.sync_status).toBe('healthy');
  });

  it('never sends more than four at once', async () => {
    const world = createEngineWorld();
    const { engine, page } = await recorded(world, Array.from({ length: 20 }, (_, i) => 2000 - i * 40));
    let now = 0;
    let most = 0;
    page.transport.policy = () => ({ requestDelayMs: 50, responseDelayMs: 50 });
    const { handle } = world.server;
    page.transport.reroute(async (request) => {
      now += isSubmit(request) ? 1 : 0;
      most = Math.max(most, now);
      const answer = await handle(request);
      await new Promise<void>((resolve) => void world.scheduler.schedule(world.scheduler.now + 30, resolve));
      now -= isSubmit(request) ? 1 : 0;
      return answer;
    });
    expect(await world.drive(engine.sync())).toMatchObject({ ok: true, sent: 20, pending: 0, reason: 'done' });
    expect(most).toBe(4);
  });

  it('makes at most twelve requests a minute while everything fails', async () => {
    const world = createEngineWorld();
    const { page } = await recorded(world);
    const times: number[] = [];
    page.transport.policy = () => {
      times.push(world.scheduler.now);
      return { loseRequest: 'error' };
    };
    await world.run(1_800_000);
    expect(times.length).toBeGreaterThan(5);
    for (const from of times) expect(times.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(12);
    for (let i = 1; i < times.length; i += 1) expect((times[i] ?? 0) - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('leaves the server in peace after a request that failed while a slow disk still noted the pause after another', async () => {
    let commitMs = 0;
    const world = createEngineWorld({}, { latencyMs: (phase) => (phase === 'commit' ? commitMs : 0) });
    const { engine, page } = await world.open();
    await world.run(5000);
    const delays = [10, 2000];
    const from = world.scheduler.now;
    let asked = 0;
    let next = Number.POSITIVE_INFINITY;
    page.transport.policy = () => {
      const requestDelayMs = delays[asked];
      asked += 1;
      if (requestDelayMs === undefined) next = Math.min(next, world.scheduler.now);
      return { requestDelayMs, loseRequest: 'error' };
    };
    await world.drive(Promise.all([60, 30].map((minutes) => engine.sessions.record(world.session(minutes, 25)))));
    await world.run(5);
    commitMs = 2500;
    await world.run(1000);
    commitMs = 0;
    await world.run(60_000);
    expect(next - from).toBeGreaterThanOrEqual(3000);
  });
});

describe('a lost answer', () => {
  it('is repeated with the same bytes, and the server has the session once', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    let lost = 0;
    page.transport.policy = (request) => (isSubmit(request) && lost++ === 0 ? { loseResponse: 'error' } : {});
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(60_000);
    const bodies = submits(world).map((request) => request.body);
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toBe(bodies[1]);
    expect(world.server.records().size).toBe(1);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(0);
  });

  it('counts a 409 without a record as delivered only after a try with an unknown outcome', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    let tries = 0;
    world.server.intercept = (request) => (isSubmit(request) && tries++ > 0 ? world.server.json(409, { error: 'Conflict' }) : undefined);
    page.transport.policy = (request) => (isSubmit(request) && tries === 0 ? { loseResponse: 'error' } : {});
    const first = await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(60_000);
    expect(await world.drive(engine.sessions.get(first.id))).toMatchObject({ state: 'confirmed' });
    const second = await world.drive(engine.sessions.record(world.session(30, 25)));
    await world.run(5000);
    expect(await world.drive(engine.sessions.get(second.id))).toMatchObject({ state: 'parked', parked: { code: 'http_409' } });
  });
});

describe('a refused session', () => {
  const refuse = (world: EngineWorld, status: number, body: unknown, matches: string) => {
    world.server.intercept = (request): HttpResponse | undefined =>
      isSubmit(request) && request.body?.includes(matches) ? world.server.json(status, body) : undefined;
  };

  it('is parked with the words of the server, and the others go on', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    const details = [{ path: 'category', message: 'must be known' }];
    refuse(world, 400, { error: 'The request is not valid', code: 'invalid_request', details }, 'poison');
    const bad = await world.drive(engine.sessions.record(world.session(90, 10, { category: 'poison' })));
    const good = await world.drive(engine.sessions.record(world.session(60, 10)));
    await world.run(3000);
    expect(await world.drive(engine.sessions.get(bad.id))).toMatchObject({
      state: 'parked', pending: true, parked: { code: 'invalid_request', message: 'The request is not valid', details },
    });
    expect(await world.drive(engine.sessions.get(good.id))).toMatchObject({ state: 'confirmed' });
    expect(engine.status.current).toMatchObject({ sync_status: 'delayed', data_summary: { unsynced_sessions: 1 } });
    expect(engine.status.current.local.parked).toBe(1);
    expect(engine.status.current.recommendations).toContain(
      `The session of ${new Date(bad.startTime).toISOString().slice(0, 16).replace('T', ' ')} UTC (${bad.project}) was not accepted (The request is not valid) - review needed`,
    );
    const fixed = await world.drive(engine.sessions.retry(bad.id, { category: 'work' }));
    expect(fixed).toMatchObject({ id: bad.id, state: 'queued', category: 'work', parked: null });
    await world.run(3000);
    expect(await world.drive(engine.sessions.get(bad.id))).toMatchObject({ state: 'confirmed', category: 'work' });
    expect(engine.status.current.sync_status).toBe('healthy');
  });

  it('can be given up, by a person only, and comes back as it was', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    refuse(world, 422, { error: 'A limit of this account is reached', code: 'limit_reached' }, 'poison');
    const bad = await world.drive(engine.sessions.record(world.session(90, 10, { category: 'poison' })));
    await expect(world.drive(engine.sessions.discard(bad.id))).rejects.toMatchObject({ code: 'not_parked' });
    await world.run(3000);
    expect(await world.drive(engine.sessions.discard(bad.id))).toMatchObject({ id: bad.id, state: 'parked', category: 'poison' });
    expect(await world.drive(engine.sessions.get(bad.id))).toBeNull();
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(0);
  });

  it('by a fault of its own is parked after eight answers of 500 between which the server proved well, and holds up nobody', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    refuse(world, 500, { error: 'Internal' }, 'poison');
    const bad = await world.drive(engine.sessions.record(world.session(90, 10, { category: 'poison' })));
    const good = await world.drive(engine.sessions.record(world.session(60, 10)));
    await world.run(10_000);
    expect(await world.drive(engine.sessions.get(good.id))).toMatchObject({ state: 'confirmed' });
    await world.run(3_600_000);
    expect(await world.drive(engine.sessions.get(bad.id))).toMatchObject({ state: 'parked', parked: { code: 'server_fault' } });
    expect(submits(world).filter((request) => request.body?.includes('poison'))).toHaveLength(8);
  });

  it('is not parked by a server that is down for everybody', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    world.server.intercept = (request) => (isSubmit(request) || request.path === '/api/health' ? world.server.json(500, { error: 'Internal' }) : undefined);
    const session = await world.drive(engine.sessions.record(world.session(90, 10)));
    await world.run(2 * 3_600_000);
    expect(submits(world).length).toBeGreaterThan(8);
    expect(await world.drive(engine.sessions.get(session.id))).toMatchObject({ state: 'queued', parked: null });
    world.server.intercept = null;
    await world.run(400_000);
    expect(await world.drive(engine.sessions.get(session.id))).toMatchObject({ state: 'confirmed' });
  });

  it('whose answers say success without an acknowledgement is parked after three', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    refuse(world, 200, { ok: true }, 'poison');
    const bad = await world.drive(engine.sessions.record(world.session(90, 10, { category: 'poison' })));
    await world.run(600_000);
    expect(await world.drive(engine.sessions.get(bad.id))).toMatchObject({ state: 'parked', parked: { code: 'unclear_answer' } });
    expect(submits(world)).toHaveLength(3);
  });

  it('ending far in the future can be changed or given up before it was ever sent', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    const year = 365 * 24 * 60;
    const wrong = await world.drive(engine.sessions.record(world.session(-year, 25)));
    const other = await world.drive(engine.sessions.record(world.session(-year - 60, 25)));
    await world.run(3000);
    const right = world.session(60, 25);
    await world.drive(engine.sessions.retry(wrong.id, { startTime: right.startTime, endTime: right.endTime }));
    await world.drive(engine.sessions.discard(other.id));
    await world.run(3000);
    expect(await world.drive(engine.sessions.get(wrong.id))).toMatchObject({ state: 'confirmed', endTime: right.endTime });
    expect([...world.server.records().keys()]).toEqual([wrong.id]);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(0);
    await expect(world.drive(engine.sessions.discard(wrong.id))).rejects.toMatchObject({ name: 'EngineError' });
  });

  it('ending in the future of the server waits for it and is not parked', async () => {
    const world = createEngineWorld({}, { offsetMs: 7_200_000 });
    const { engine } = await world.open();
    const now = world.scheduler.now + 7_200_000;
    const session = await world.drive(engine.sessions.record({ ...world.session(0, 1), startTime: now - 1_500_000, endTime: now }));
    await world.run(60_000);
    expect(await world.drive(engine.sessions.get(session.id))).toMatchObject({ state: 'queued', parked: null });
    expect(engine.status.current.local.problems).toContain('clock_skew');
    await world.run(3 * 3_600_000);
    expect(await world.drive(engine.sessions.get(session.id))).toMatchObject({ state: 'confirmed' });
    expect(submits(world).length).toBeLessThan(6);
  });
});

describe('the account', () => {
  it('without a token pauses, keeps everything, and goes on by itself with a new one', async () => {
    const world = createEngineWorld({ userOf: (token) => (token === 'good' ? 'user-1' : null) });
    let token: string | null = 'old';
    const { engine } = await world.open({ token: () => token });
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(5000);
    expect(engine.status.current.local).toMatchObject({ connection: 'auth_required', phase: 'paused', last_error: { code: 'token_invalid' } });
    expect(await world.drive(engine.sync())).toMatchObject({ ok: false, pending: 1, reason: 'auth_required' });
    const before = submits(world).length;
    await world.run(600_000);
    expect(submits(world).length).toBe(before);
    token = 'good';
    await world.run(60_000);
    expect(world.server.records().size).toBe(1);
    expect(engine.status.current.local).toMatchObject({ connection: 'online', phase: 'idle', last_error: null });
    token = null;
    await world.drive(engine.sessions.record(world.session(30, 25)));
    await world.run(5000);
    expect(engine.status.current.local).toMatchObject({ connection: 'auth_required', last_error: { code: 'signed_out' } });
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
  });

  it('is never mixed up: a token of somebody else carries nothing', async () => {
    const world = createEngineWorld();
    const jwt = (sub: string): string => `e30.${btoa(JSON.stringify({ sub })).replaceAll('=', '')}.x`;
    const { engine } = await world.open({ token: () => jwt('user-2') });
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(60_000);
    expect(world.server.requests.filter((request) => request.path !== '/api/health')).toEqual([]);
    expect(engine.status.current.local).toMatchObject({ connection: 'auth_required', last_error: { code: 'wrong_account' } });
  });

  it('asks once more for a token when one was refused, in the middle of a drain', async () => {
    let good = 'a';
    const world = createEngineWorld({ userOf: (token) => (token === good ? 'user-1' : null) });
    const { engine } = await world.open({ token: () => good });
    await world.run(1000);
    let handed = 'a';
    world.server.intercept = (request) => {
      handed = request.headers['Authorization'] ?? '';
      if (isSubmit(request) && good === 'a') good = 'b';
      return undefined;
    };
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(2000);
    expect(handed).toBe('Bearer b');
    expect(world.server.records().size).toBe(1);
  });
});

describe('a server that asks for patience', () => {
  it('429 with Retry-After is honoured, and stays honoured after a reload', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    await world.run(1000);
    const until = world.scheduler.now + 120_000;
    world.server.intercept = () => (world.scheduler.now < until ? world.server.json(429, { error: 'slow down' }, { 'retry-after': '120' }) : undefined);
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(1000);
    const asked = world.server.requests.length;
    expect(engine.status.current.local).toMatchObject({ phase: 'backing_off' });
    page.kill();
    const again = await world.open();
    again.page.lifecycle.emit('online');
    await world.run(110_000);
    expect(world.server.requests.length).toBe(asked);
    await world.run(60_000);
    expect(world.server.records().size).toBe(1);
  });

  it('410 and 426 stop everything and keep everything', async () => {
    for (const [status, code] of [[410, 'gone'], [426, 'update_needed']] as const) {
      const world = createEngineWorld();
      const { engine, page } = await world.open();
      await world.run(1000);
      world.server.intercept = () => world.server.json(status, { error: 'no' });
      await world.drive(engine.sessions.record(world.session(60, 25)));
      await world.run(2000);
      const asked = world.server.requests.length;
      await world.run(600_000);
      expect(world.server.requests.length).toBe(asked);
      expect(engine.status.current.local).toMatchObject({ phase: 'paused', last_error: { code } });
      expect(engine.status.current.local.problems).toContain(code);
      expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
      world.server.intercept = null;
      expect(await world.drive(engine.sync())).toMatchObject({ ok: true, sent: 1 });
      world.server.intercept = () => world.server.json(status, { error: 'no' });
      await world.drive(engine.sessions.record(world.session(30, 25)));
      await world.run(2000);
      page.kill();
      world.server.intercept = null;
      // A newer app, or a new login: nobody has to ask.
      const again = await world.open();
      await world.run(2000);
      expect(world.server.records().size).toBe(2);
      expect(again.engine.status.current).toMatchObject({ sync_status: 'healthy', local: { phase: 'idle', problems: [] } });
    }
  });
});

describe('something between us and the server', () => {
  const portal: HttpResponse = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Please sign in</html>' };
  for (const [name, answer] of [
    ['a captive portal', portal],
    ['a redirect', { ...portal, status: 302 }],
    ['a 404', { ...portal, status: 404 }],
    ['half an answer', { status: 201, headers: { 'content-type': 'application/json' }, body: '{"success": true, "sess' }],
  ] as const) {
    it(`${name} loses nothing`, async () => {
      const world = createEngineWorld();
      const { engine } = await world.open();
      await world.run(1000);
      world.server.intercept = () => answer;
      await world.drive(engine.sessions.record(world.session(60, 25)));
      await world.run(120_000);
      expect(engine.status.current.local).toMatchObject({ connection: 'unreachable', parked: 0 });
      expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
      world.server.intercept = null;
      await world.run(400_000);
      expect(world.server.records().size).toBe(1);
    });
  }

  it('[C03] a policy that blocks our calls but not the plain health call is named', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    await world.run(1000);
    page.transport.policy = (request) => ('Authorization' in request.headers ? { loseRequest: 'error' } : {});
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(600_000);
    expect(engine.status.current.local.problems).toContain('blocked_by_policy');
  });
});

describe('headers', () => {
  it('of ours go only to a server that lists capabilities', async () => {
    for (const capabilities of [undefined, ['refresh']]) {
      const world = createEngineWorld({ capabilities });
      const { engine } = await world.open({ options: {} });
      await world.drive(engine.sessions.record(world.session(60, 25)));
      await world.run(3000);
      const [submit] = submits(world);
      expect(submit?.headers['X-Device-Id']).toBe(capabilities === undefined ? undefined : engine.deviceId);
      expect(submit?.headers['X-Sessions-Pending']).toBe(capabilities === undefined ? undefined : '1');
      expect(submit?.headers['X-App-Identifier']).toBe(capabilities === undefined ? undefined : 'Syncline-web_timer-vweb-2.1.0');
    }
  });
});

it('[I-16] what the store does not take once it was acknowledged is sent again seldom', async () => {
  const world = createEngineWorld();
  const { engine } = await recorded(world, [60]);
  const { disk } = world.device;
  disk.atPoint = (point, { writes }) => void (disk.full = point === 'before-commit' && writes.some(({ table }) => table === 'history'));
  world.isOffline = false;
  await world.run(1_800_000);
  expect(submits(world).length).toBeLessThan(45);
  expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
  disk.atPoint = null;
  await world.run(120_000);
  expect(engine.status.current).toMatchObject({ sync_status: 'healthy', local: { problems: [] } });
  expect(world.server.records().size).toBe(1);
});
