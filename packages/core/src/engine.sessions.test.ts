import { describe, expect, it } from 'vitest';
import type { Session } from './api.ts';
import { createEngineWorld } from './testing/engine-world.ts';

const HOUR = 3_600_000;

describe('a running session', () => {
  it('is told to the server at once when online, and submitted under the same id when it ends', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.run(1000);
    const running = await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work', project: 'team_a', note: 'plan' }));
    expect(running).toMatchObject({ state: 'running', endTime: null, duration: null, pending: false });
    expect(engine.sessions.running.current).toEqual([running]);
    await world.run(25 * 60_000);
    const start = world.server.requests.find(({ path }) => path === '/api/session/start');
    expect(JSON.parse(start?.body ?? '')).toEqual({
      session_id: running.id, planned_duration: 25, category: 'work', source: 'web_timer', project: 'team_a', planning_notes: 'plan',
    });
    const done = await world.drive(engine.sessions.complete(running.id, { note: 'done' }));
    expect(done).toMatchObject({ id: running.id, startTime: running.startTime, endTime: world.scheduler.now, duration: 25, note: 'done', clock: null });
    expect(engine.sessions.running.current).toEqual([]);
    await world.run(3000);
    expect(JSON.parse(world.server.records().get(running.id)?.body ?? '')).toMatchObject({ duration: 25, project: 'team_a', note: 'done' });
  });

  it('offline is never told late: only its submit carries its times', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open();
    await world.run(2000);
    const running = await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    world.isOffline = false;
    await world.run(2 * HOUR);
    expect(world.server.requests.some(({ path }) => path === '/api/session/start')).toBe(false);
    await world.drive(engine.sessions.complete(running.id));
    await world.run(3000);
    expect(world.server.records().size).toBe(1);
  });

  it('is one at a time, in all tabs, and any tab may end it', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    const both = await world.drive(Promise.allSettled([a, b].map(({ engine }) => engine.sessions.start({ plannedDuration: 25, category: 'work' }))));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'already_running' } });
    await world.run(10 * 60_000);
    const [running] = b.engine.sessions.running.current as [Session];
    expect(a.engine.sessions.running.current).toEqual([running]);
    const ended = await world.drive(Promise.allSettled([a, b].map(({ engine }) => engine.sessions.complete(running.id))));
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'not_running' } });
    await world.run(3000);
    expect(world.server.records().size).toBe(1);
  });

  it('that would last over 24 hours is refused, and the timer goes on', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    const { id } = await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    await world.run(25 * HOUR);
    await expect(world.drive(engine.sessions.complete(id))).rejects.toMatchObject({ code: 'too_long' });
    expect(engine.sessions.running.current.map((session) => session.id)).toEqual([id]);
    const startTime = engine.sessions.running.current[0]?.startTime ?? 0;
    await expect(world.drive(engine.sessions.complete(id, { endTime: startTime }))).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await world.drive(engine.sessions.complete(id, { endTime: startTime + HOUR }))).toMatchObject({ duration: 60 });
  });

  it('ends after it began though the wall clock was put back, and says what both clocks saw', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    const { id, startTime } = await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    await world.run(20 * 60_000);
    world.device.clock.step(-HOUR);
    const done = await world.drive(engine.sessions.complete(id));
    expect(done).toMatchObject({ endTime: startTime + 20 * 60_000, duration: 20, clock: { wallMs: -40 * 60_000, monotonicMs: 20 * 60_000 } });
  });

  it('counts the time asleep, and says so', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    const { id } = await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    await world.run(5 * 60_000);
    world.device.sleep();
    await world.run(2 * HOUR);
    world.device.wake();
    const done = await world.drive(engine.sessions.complete(id));
    expect(done).toMatchObject({ duration: 125, clock: { wallMs: 125 * 60_000, monotonicMs: 5 * 60_000 } });
  });

  it('survives a reload, and is cancelled for good with its reason', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const first = await world.open();
    const { id } = await world.drive(first.engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    first.page.kill();
    await world.run(5 * 60_000);
    const { engine } = await world.open();
    expect(engine.sessions.running.current.map((session) => session.id)).toEqual([id]);
    const cancelled = await world.drive(engine.sessions.cancel(id, { reason: 'emergency', note: 'fire' }));
    expect(cancelled).toMatchObject({ state: 'cancelled', pending: true });
    expect(engine.status.current.data_summary).toMatchObject({ unsynced_sessions: 1, total_sessions: 0 });
    await world.drive(engine.sessions.record(world.session(5, 4)));
    expect(engine.conflicts.current).toEqual([]);
    world.isOffline = false;
    await world.run(400_000);
    const record = world.server.records().get(id);
    expect(record?.kind).toBe('cancel');
    expect(JSON.parse(record?.body ?? '')).toEqual({
      session_id: id, planned_duration: 25, elapsed_minutes: 5, source: 'web_timer', reason: 'emergency', cancel_reason_note: 'fire', category: 'work',
    });
    expect(await world.drive(engine.sessions.get(id))).toMatchObject({ state: 'cancelled', pending: false });
  });
});

describe('a recorded session', () => {
  it('again with the same id and content is the first one; with other content it is refused', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open();
    const input = { ...world.session(60, 25), id: '6F0B1A52-0A1E-4C5E-9A55-0A2F1F6F0001' };
    const first = await world.drive(engine.sessions.record(input));
    expect(first.id).toBe(input.id.toLowerCase());
    expect(await world.drive(engine.sessions.record({ ...input, id: `urn:uuid:${input.id}` }))).toMatchObject({ id: first.id });
    await expect(world.drive(engine.sessions.record({ ...input, note: 'other' }))).rejects.toMatchObject({ code: 'id_reused' });
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
  });

  it('costs one strict transaction that reads one row and writes two', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open();
    await world.drive(engine.sessions.record(world.session(600, 25)));
    await world.run(500_000);
    const before = { ...world.device.disk.counts };
    const durabilities: string[] = [];
    world.device.disk.atPoint = (point, { durability }) => void (point === 'committed' && durabilities.push(durability));
    await world.drive(engine.sessions.record(world.session(60, 25)));
    const { reads, updates, rowsRead, rowsWritten } = world.device.disk.counts;
    expect({ reads: reads - before.reads, updates: updates - before.updates, rows: rowsRead - before.rowsRead, written: rowsWritten - before.rowsWritten }).toEqual({
      reads: 0, updates: 1, rows: 1, written: 2,
    });
    expect(durabilities).toEqual(['strict']);
  });

  it('many at once share transactions', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open();
    await world.run(500_000);
    const { updates } = world.device.disk.counts;
    await world.drive(Promise.all(Array.from({ length: 500 }, (_, i) => engine.sessions.record(world.session(60_000 - i * 60, 25)))));
    expect(world.device.disk.counts.updates - updates).toBeLessThanOrEqual(3);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(500);
  });

  it('that overlaps is a conflict before anything is sent, also with what was sent long ago, and touching is none', async () => {
    const world = createEngineWorld();
    const first = await world.open();
    const sent = await world.drive(first.engine.sessions.record(world.session(60, 25)));
    await world.run(5000);
    first.page.kill();
    world.isOffline = true;
    const { engine } = await world.open();
    await world.drive(engine.sessions.record({ ...world.session(0, 0), startTime: sent.endTime ?? 0, endTime: (sent.endTime ?? 0) + 1 }));
    expect(engine.conflicts.current).toEqual([]);
    const over = await world.drive(engine.sessions.record(world.session(50, 5)));
    expect(over.conflictId).toBe(engine.conflicts.current[0]?.id);
    expect(engine.conflicts.current).toMatchObject([{ kind: 'contained', sessionIds: [sent.id, over.id], severalDevices: false }]);
    expect(engine.status.current).toMatchObject({ sync_status: 'conflicts', data_summary: { conflicts_detected: 1 } });
    expect(engine.status.current.conflicts).toMatchObject([{ affected_sessions: [sent.id, over.id], devices: ['web_timer'] }]);
    expect(await world.drive(engine.sessions.get(sent.id))).toMatchObject({ state: 'confirmed', conflictId: over.conflictId });
    world.isOffline = false;
    await world.run(600_000);
    expect(engine.conflicts.current).toHaveLength(1);
    expect(engine.status.current.data_summary).toMatchObject({ conflicts_detected: 1, unsynced_sessions: 0, total_sessions: 3 });
  });

  it('of another device that overlaps is known from the status of the server, once', async () => {
    const world = createEngineWorld();
    const mac = await world.open({ device: world.addDevice(), options: { device: { type: 'mac_app', version: '1' } } });
    const web = await world.open();
    const a = await world.drive(mac.engine.sessions.record(world.session(60, 25)));
    const b = await world.drive(web.engine.sessions.record(world.session(50, 25)));
    await world.run(90_000);
    for (const { engine } of [mac, web]) {
      expect(engine.conflicts.current.map(({ sessionIds }) => sessionIds)).toEqual([[a.id, b.id]]);
      expect(engine.status.current).toMatchObject({ sync_status: 'conflicts', data_summary: { conflicts_detected: 1, total_sessions: 2 } });
    }
    expect(mac.engine.conflicts.current[0]?.id).toBe(web.engine.conflicts.current[0]?.id);
  });
});

describe('lists', () => {
  it('live ones follow whatever happens, in every tab, and load only when somebody listens', async () => {
    const world = createEngineWorld();
    const a = await world.open();
    const b = await world.open();
    const list = b.engine.sessions.observe({ limit: 2 });
    await world.drive(a.engine.sessions.record(world.session(600, 25)));
    await world.run(100);
    expect(list.current).toEqual([]);
    const seen: string[] = [];
    const stop = list.subscribe(() => seen.push(list.current.map(({ state }) => state).join()));
    await world.run(5000);
    await world.drive(a.engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    await world.run(100);
    expect(list.current.map(({ state }) => state)).toEqual(['running', 'confirmed']);
    stop();
    await world.drive(a.engine.sessions.record(world.session(60, 25)));
    await world.run(5000);
    expect(seen.at(-1)).toBe('running,confirmed');
  });

  it('live ones of a closed engine stay empty: a page that is being left may still ask for one', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.drive(engine.close());
    const list = engine.sessions.observe();
    list.subscribe(() => expect.fail('told something'))();
    list.subscribe(() => expect.fail('told something'));
    await world.run(1000);
    expect(list.current).toEqual([]);
  });

  it('take a span, states and a limit, and refuse nonsense', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    for (const minutes of [600, 500, 400, 300]) await world.drive(engine.sessions.record(world.session(minutes, 25)));
    await world.run(5000);
    const ago = (minutes: number): number => world.scheduler.now - minutes * 60_000;
    const minutes = async (query: Parameters<typeof engine.sessions.list>[0]) =>
      (await world.drive(engine.sessions.list(query))).map(({ startTime }) => Math.round((world.scheduler.now - startTime) / 60_000));
    expect(await minutes({ from: ago(510), to: ago(390) })).toEqual([400, 500]);
    expect(await minutes({ from: ago(480), to: ago(399) })).toEqual([400, 500]);
    expect(await minutes({ states: ['queued'] })).toEqual([]);
    expect(await minutes({ states: ['confirmed'], limit: 3 })).toEqual([300, 400, 500]);
    for (const limit of [0, 1001, 1.5]) await expect(engine.sessions.list({ limit })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('a list that is read while a session is acknowledged', () => {
  it.each([0, 3])('has it once, with a disk that takes %s ms', async (latency) => {
    for (let wait = 0; wait < 60; wait += 1) {
      const world = createEngineWorld({}, { latencyMs: () => latency });
      const { engine } = await world.open();
      await world.drive(engine.sessions.record(world.session(600, 25)));
      await world.run(3000);
      const { id } = await world.drive(engine.sessions.record(world.session(60, 25)));
      await world.run(wait);
      const list = await world.drive(engine.sessions.list());
      expect([wait, list.filter((session) => session.id === id).length]).toEqual([wait, 1]);
    }
  });
});

describe('[D05, D08, S-04, I-10] two accounts in one browser', () => {
  it('have stores of their own, and nothing of one shows in the other or goes out with its token', async () => {
    const world = createEngineWorld({ userOf: (token) => token });
    world.isOffline = true;
    const anna = await world.open({ user: 'anna', token: () => 'anna' });
    const session = await world.drive(anna.engine.sessions.record(world.session(60, 25, { note: 'canary' })));
    await world.drive(anna.engine.close());
    world.isOffline = false;
    const ben = await world.open({ user: 'ben', token: () => 'ben' });
    await world.run(600_000);
    expect(await world.drive(ben.engine.sessions.get(session.id))).toBeNull();
    expect(ben.engine.status.current.data_summary).toMatchObject({ total_sessions: 0, unsynced_sessions: 0 });
    expect(JSON.stringify(world.server.requests)).not.toContain('canary');
    expect(world.device.disk.names()).toHaveLength(2);
    await world.open({ user: 'anna', token: () => 'anna' });
    await world.run(5000);
    expect(world.server.records('anna').has(session.id)).toBe(true);
    expect(world.server.records('ben').size).toBe(0);
  });
});

describe('before anybody knows what the server offers', () => {
  const answers = {
    'says how it is': () => undefined,
    'has no health call': 404,
    'asks for a token everywhere': 403,
    'says so in other words': 200,
  } as const;
  it.each(Object.entries(answers))('what is changed is sent as it is then, and what is deleted never, to a basic server that %s', async (_says, status) => {
    const world = createEngineWorld();
    world.server.intercept = ({ path }) => (path === '/api/health' && typeof status === 'number' ? world.server.json(status, { error: 'Token required' }) : undefined);
    world.isOffline = true;
    const { engine } = await world.open();
    const record = (minutesAgo: number): Promise<Session> => world.drive(engine.sessions.record(world.session(minutesAgo, 25)));
    const [kept, gone, back, plain] = [await record(600), await record(500), await record(400), await record(300)];
    await world.drive(engine.sessions.amend(kept.id, { category: 'reading', startTime: kept.startTime + 60_000 }));
    for (const { id } of [gone, back]) await world.drive(engine.sessions.delete(id));
    await world.drive(engine.sessions.restore(back.id));
    world.isOffline = false;
    await world.run(600_000);
    expect([...world.server.records().keys()].sort()).toEqual([kept.id, back.id, plain.id].sort());
    expect(JSON.parse(world.server.records().get(kept.id)?.body ?? '')).toMatchObject({ category: 'reading', duration: 24 });
    expect(engine.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { total_sessions: 3, unsynced_sessions: 0 } });
    expect((await world.drive(engine.sessions.list())).map(({ id, state, category }) => [id, state, category])).toEqual([
      [plain.id, 'confirmed', 'work'], [back.id, 'confirmed', 'work'], [kept.id, 'confirmed', 'reading'],
    ]);
    expect(await world.drive(engine.sessions.get(gone.id))).toBeNull();
    await expect(world.drive(engine.sessions.delete(kept.id))).rejects.toMatchObject({ code: 'unsupported' });
  });
});
