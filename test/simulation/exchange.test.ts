// Many devices, one history: the real engine and the real server app, told event by event.
import { describe, expect, it } from 'vitest';
import { ExchangeWorld, type TwoDevices, USER, twoDevices } from './exchange-world.ts';

const MINUTE = 60_000;

describe('what one device records', () => {
  it('every other device has after its next exchange, with the conflicts over all of them', async () => {
    const { world, a, b } = await twoDevices({ streams: false });
    const one = await world.drive(a.sessions.record(world.session(120, 30, { note: 'from a' })));
    const two = await world.drive(b.sessions.record(world.session(110, 30)));
    await world.drive(a.sync());
    await world.drive(b.sync());
    await world.drive(a.sync());
    expect(await world.drive(b.sessions.get(one.id))).toMatchObject({ state: 'confirmed', note: 'from a', displayId: '1' });
    for (const engine of [a, b]) {
      expect((await world.drive(engine.sessions.list())).map(({ id }) => id)).toEqual([two.id, one.id]);
      expect(engine.conflicts.current.map(({ sessionIds }) => sessionIds)).toEqual([[one.id, two.id]]);
      expect(engine.status.current).toMatchObject({ sync_status: 'conflicts', data_summary: { total_sessions: 2, conflicts_detected: 1, unsynced_sessions: 0 } });
    }
  });

  it('[I-05] ends where the server says that it does, once the newest of it was deleted', async () => {
    const { world, a, b } = await twoDevices({ streams: false });
    const first = await world.drive(a.sessions.record(world.session(120, 30)));
    const last = await world.drive(a.sessions.record(world.session(60, 30)));
    for (const engine of [a, b]) await world.drive(engine.sync());
    await world.drive(b.sessions.delete(last.id));
    for (const engine of [b, a]) await world.drive(engine.sync());
    for (const { status } of [a, b]) {
      const { total_sessions: total, last_session: end } = status.current.data_summary;
      expect([total, Date.parse(end ?? '')]).toEqual([1, first.endTime]);
    }
  });

  it('[I-05] counts in no total once it was deleted before it was sent', async () => {
    const { world, first, a } = await twoDevices({ streams: false });
    const sent = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.drive(a.sync());
    world.offline.add(first);
    const { id, endTime } = await world.drive(a.sessions.record(world.session(60, 30)));
    const says = (): readonly number[] => {
      const { total_sessions: total, unsynced_sessions: unsent, last_session: end } = a.status.current.data_summary;
      return [total, unsent, Date.parse(end ?? '')];
    };
    expect(says()).toEqual([2, 1, endTime]);
    await world.drive(a.sessions.delete(id));
    expect(says()).toEqual([1, 1, sent.endTime]);
    await world.drive(a.sessions.restore(id));
    expect(says()).toEqual([2, 1, endTime]);
    await world.drive(a.sessions.delete(id));
    world.offline.clear();
    await world.drive(a.sync());
    expect(says()).toEqual([1, 0, sent.endTime]);
  });

  it('costs two requests for a thousand, and an idle exchange writes nothing and stays below a kilobyte each way', async () => {
    const world = await ExchangeWorld.create();
    const device = world.device();
    world.offline.add(device);
    const engine = await world.open(device);
    await world.drive(Promise.all(Array.from({ length: 1000 }, (_, i) => engine.sessions.record(world.session(3000 - 2 * i, 1)))));
    await world.run(1000);
    world.offline.clear();
    await world.run(600_000);
    const drains = world.requests.filter(({ request }) => request.path === '/api/sync/exchange' && !request.body?.includes('"operations":[]'));
    expect(world.server.stored(USER)).toHaveLength(1000);
    expect(drains.length).toBeLessThanOrEqual(2);
    world.requests.length = 0;
    const written = device.disk.counts.rowsWritten;
    await world.run(70_000);
    const idle = world.requests.filter(({ request }) => request.path === '/api/sync/exchange');
    expect(idle.length).toBeGreaterThan(0);
    for (const { request, answerChars } of idle) expect([request.body?.length ?? 0, answerChars].every((size) => size < 1000)).toBe(true);
    // The head and the time of the last contact, once a minute; nothing of sessions.
    expect(device.disk.counts.rowsWritten - written).toBeLessThanOrEqual(4);
  });
});

describe('a server that was restored from a backup', () => {
  it('[D01] [I-20] gets back from its devices what it lost, edits and deletes included', async () => {
    const { world, a, b } = await twoDevices({ streams: false });
    const kept = await world.drive(a.sessions.record(world.session(300, 20)));
    const edited = await world.drive(a.sessions.record(world.session(240, 20, { note: 'before' })));
    const deleted = await world.drive(a.sessions.record(world.session(200, 20)));
    await world.drive(a.sync());
    world.server.save();
    const late = await world.drive(b.sessions.record(world.session(100, 20)));
    await world.drive(b.sync());
    await world.drive(a.sync());
    await world.drive(a.sessions.amend(edited.id, { note: 'after' }));
    await world.drive(a.sessions.delete(deleted.id));
    await world.drive(a.sync());
    world.server.restore();
    expect(world.server.stored(USER).map(({ id }) => id)).not.toContain(late.id);
    await world.run(400_000);
    const stored = world.server.stored(USER);
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set([kept.id, edited.id, late.id]));
    expect(stored.find(({ id }) => id === edited.id)?.note).toBe('after');
    expect(a.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { total_sessions: 3, unsynced_sessions: 0 } });
  });
});

describe('a server that lost how a session was changed', () => {
  it.each([
    ['apart', 'together', 30, 1], ['together', 'apart', 10, 0],
  ] as const)('[D01] [I-06] times that lay %s at the backup and lie %s now are in conflict accordingly, on every device', async (_from, _to, minutes, conflicts) => {
    const { world, a, b } = await twoDevices({ streams: false });
    const { id, startTime } = await world.drive(a.sessions.record(world.session(120, 40 - minutes)));
    await world.drive(a.sessions.record(world.session(100, 30)));
    for (const engine of [a, b]) await world.drive(engine.sync());
    world.server.save();
    await world.drive(a.sessions.amend(id, { startTime, endTime: startTime + minutes * 60_000 }));
    for (const engine of [a, b]) await world.drive(engine.sync());
    world.server.restore();
    await world.run(400_000);
    for (const engine of [a, b, await world.open(world.device())]) {
      await world.drive(engine.sync());
      expect(await world.drive(engine.sessions.get(id))).toMatchObject({ duration: minutes, pending: false });
      expect(engine.conflicts.current).toHaveLength(conflicts);
      expect(engine.status.current.data_summary.conflicts_detected).toBe(conflicts);
    }
  });
});

describe('a server that lost a decision to keep overlapping sessions', () => {
  const keepAll = async ({ world, a, id }: Awaited<ReturnType<typeof conflict>>) => world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(id, { kind: 'keep_all' }))));

  it.each([
    ['alone', false], ['together with the sessions', true],
  ])('[D01] [I-20] gets it back once, %s, from whichever of its devices comes first', async (_, isAllLost) => {
    const devices = await conflict(isAllLost ? (world) => world.server.save() : undefined);
    const { world, a, b } = devices;
    if (!isAllLost) world.server.save();
    const settlement = await keepAll(devices);
    for (const engine of [a, b, a]) await world.drive(engine.sync());
    world.server.restore();
    for (const engine of [b, a, b]) await world.drive(engine.sync());
    await world.run(400_000);
    const late = await world.open(world.device());
    await world.run(5000);
    for (const engine of [a, b, late]) {
      expect(engine.conflicts.current).toEqual([]);
      expect(engine.conflicts.journal.current).toMatchObject([{ id: settlement.id, kind: 'keep_all', outcome: 'applied', undoneAt: null }]);
      expect(engine.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { conflicts_detected: 0, unsynced_sessions: 0 } });
    }
  });

  it('[D01] [I-20] learns again that it was taken back', async () => {
    const devices = await conflict();
    const { world, a, b } = devices;
    const settlement = await keepAll(devices);
    for (const engine of [a, b]) await world.drive(engine.sync());
    world.server.save();
    await world.drive(b.conflicts.undo(settlement.id));
    for (const engine of [b, a]) await world.drive(engine.sync());
    world.server.restore();
    await world.run(400_000);
    for (const engine of [a, b]) {
      expect(engine.conflicts.current).toHaveLength(1);
      expect(engine.conflicts.journal.current[0]?.undoneAt).not.toBeNull();
    }
  });

  it('[D01] [I-20] takes it from the device that decided, too, whose answer was lost', async () => {
    const devices = await conflict();
    const { world, a, b } = devices;
    world.server.save();
    const settlement = await keepAll(devices);
    world.distort = (request, answer) => (request.body?.includes('resolve') ? { ...answer, status: 503 } : answer);
    await world.drive(a.sync());
    await world.drive(b.sync());
    world.distort = (_, answer) => answer;
    world.server.restore();
    for (const engine of [b, a, b]) await world.drive(engine.sync());
    await world.run(400_000);
    for (const engine of [a, b]) {
      expect(engine.conflicts.journal.current).toMatchObject([{ id: settlement.id, outcome: 'applied' }]);
      expect(engine.status.current.local).toMatchObject({ parked: 0 });
      expect(engine.status.current.sync_status).toBe('healthy');
    }
  });
});

describe('a copied profile', () => {
  it('[D03] [I-21] takes an id of its own, and nothing of either is lost', async () => {
    const world = await ExchangeWorld.create();
    const first = world.device();
    const a = await world.open(first);
    await world.run(1000);
    const copied = world.device(first);
    const b = await world.open(copied);
    expect(b.deviceId).toBe(a.deviceId);
    const ids: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (const [engine, minutesAgo] of [[a, 300 - 40 * round], [b, 280 - 40 * round]] as const) {
        ids.push((await world.drive(engine.sessions.record(world.session(minutesAgo, 10)))).id);
        await world.drive(engine.sync());
      }
    }
    await world.run(120_000);
    expect(b.deviceId).not.toBe(a.deviceId);
    expect(new Set(world.server.stored(USER).map(({ id }) => id))).toEqual(new Set(ids));
    expect([...a.status.current.local.problems, ...b.status.current.local.problems]).toContain('device_cloned');
  });
});

async function conflict(begin: (world: ExchangeWorld) => void = () => undefined): Promise<TwoDevices & { readonly early: string; readonly late: string; readonly id: string }> {
  const devices = await twoDevices({ streams: false });
  const { world, a, b } = devices;
  begin(world);
  const early = (await world.drive(a.sessions.record(world.session(120, 30, { note: 'early' })))).id;
  const late = (await world.drive(b.sessions.record(world.session(100, 30, { note: 'late' })))).id;
  for (const engine of [a, b, a]) await world.drive(engine.sync());
  return { ...devices, early, late, id: a.conflicts.current[0]?.id ?? '' };
}

describe('settling a conflict', () => {
  it('previews what would change, and applies exactly that, offline, on every device', async () => {
    const { world, a, b, early, late, id } = await conflict();
    const plan = await world.drive(a.conflicts.plan(id, { kind: 'trim', sessionId: early }));
    expect(plan.preview).toMatchObject({ minutesBefore: 60, minutesAfter: 50, doubleCountedBefore: 10, doubleCountedAfter: 0, minutesRemoved: 0, minutesMoved: 0 });
    expect(a.conflicts.current).toHaveLength(1);
    const settlement = await world.drive(a.conflicts.resolve(plan));
    // At once and before anything is sent.
    expect(a.conflicts.current).toEqual([]);
    expect(await world.drive(a.sessions.get(early))).toMatchObject({ duration: 20, pending: true });
    expect(a.status.current.sync_status).toBe('delayed');
    await world.drive(a.sync());
    await world.drive(b.sync());
    for (const engine of [a, b]) {
      expect(engine.conflicts.current).toEqual([]);
      expect(await world.drive(engine.sessions.get(early))).toMatchObject({ duration: 20, pending: false });
      expect(await world.drive(engine.sessions.get(late))).toMatchObject({ duration: 30 });
      expect(engine.conflicts.journal.current).toMatchObject([{ id: settlement.id, kind: 'trim', outcome: 'applied', undoneAt: null, deviceId: a.deviceId }]);
    }
    // Taken back on the other device.
    await world.drive(b.conflicts.undo(settlement.id));
    await world.drive(b.sync());
    await world.drive(a.sync());
    for (const engine of [a, b]) {
      expect(engine.conflicts.current.map((open) => open.sessionIds)).toEqual([[early, late]]);
      expect(await world.drive(engine.sessions.get(early))).toMatchObject({ duration: 30, pending: false });
      expect(engine.conflicts.journal.current[0]?.undoneAt).not.toBeNull();
    }
  });

  it.each([
    ['keep_all', (early: string, late: string) => ({ kind: 'keep_all' as const, early, late }), 2, 60],
    ['keep_one', (early: string) => ({ kind: 'keep_one' as const, sessionId: early }), 1, 30],
    ['merge_span', () => ({ kind: 'merge_span' as const }), 1, 50],
    ['merge_sum', () => ({ kind: 'merge_sum' as const }), 1, 60],
  ] as const)('%s ends it for good everywhere, and can be undone by the device that did it', async (_, choose, sessions, minutes) => {
    const { world, a, b, early, late, id } = await conflict();
    const choice = choose(early, late);
    const plan = await world.drive(a.conflicts.plan(id, choice));
    const settlement = await world.drive(a.conflicts.resolve(plan));
    expect(a.conflicts.current).toEqual([]);
    await world.drive(a.sync());
    await world.drive(b.sync());
    for (const engine of [a, b]) {
      const list = await world.drive(engine.sessions.list());
      expect(engine.conflicts.current).toEqual([]);
      expect([list.length, list.reduce((sum, session) => sum + (session.duration ?? 0), 0)]).toEqual([sessions, minutes]);
      expect(engine.status.current.data_summary).toMatchObject({ total_sessions: sessions, conflicts_detected: 0 });
    }
    await world.drive(a.conflicts.undo(settlement.id));
    expect(a.conflicts.current).toHaveLength(1);
    await world.drive(a.sync());
    await world.drive(b.sync());
    for (const engine of [a, b]) {
      expect(engine.conflicts.current).toHaveLength(1);
      expect((await world.drive(engine.sessions.list())).map((session) => session.note)).toEqual(['late', 'early']);
    }
  });

  it('splits a session around one that it contains', async () => {
    const { world, a, b } = await twoDevices({ streams: false });
    const long = (await world.drive(a.sessions.record(world.session(200, 60)))).id;
    await world.drive(a.sessions.record(world.session(180, 20)));
    const [open] = a.conflicts.current;
    await expect(world.drive(a.conflicts.plan(open?.id ?? '', { kind: 'trim', sessionId: long }))).rejects.toMatchObject({ code: 'invalid_input' });
    await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(open?.id ?? '', { kind: 'split', sessionId: long }))));
    await world.drive(a.sync());
    await world.drive(b.sync());
    for (const engine of [a, b]) {
      expect((await world.drive(engine.sessions.list())).map(({ duration }) => duration)).toEqual([20, 20, 20]);
      expect(engine.conflicts.current).toEqual([]);
    }
  });

  it('is told live, wherever it was settled: the journal emits each entry, its outcome and its undo, and nothing twice', async () => {
    const { world, a, b, early, id } = await conflict();
    const seen: Record<'a' | 'b', string[]> = { a: [], b: [] };
    for (const [name, { conflicts }] of [['a', a], ['b', b]] as const) {
      conflicts.journal.subscribe(() => seen[name].push(conflicts.journal.current.map(({ outcome, undoneAt }) => (undoneAt === null ? outcome : `${outcome}, undone`)).join()));
    }
    const settlement = await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(id, { kind: 'keep_one', sessionId: early }))));
    await world.drive(a.sync());
    await world.drive(b.sync());
    expect(seen).toEqual({ a: ['pending', 'applied'], b: ['applied'] });
    await world.drive(b.conflicts.undo(settlement.id));
    await world.drive(b.sync());
    await world.drive(a.sync());
    expect(seen).toEqual({ a: ['pending', 'applied', 'applied, undone'], b: ['applied', 'applied, undone'] });
    expect(b.conflicts.journal.current).toBe(b.conflicts.journal.current);
  });

  it('two devices that settle it differently, offline, end with the first one the server took; the other is told', async () => {
    const { world, a, b, early, late, id } = await conflict();
    await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(id, { kind: 'keep_one', sessionId: early }))));
    const second = await world.drive(b.conflicts.resolve(await world.drive(b.conflicts.plan(id, { kind: 'keep_one', sessionId: late }))));
    await world.drive(a.sync());
    await world.drive(b.sync());
    await world.drive(a.sync());
    for (const engine of [a, b]) expect((await world.drive(engine.sessions.list())).map((session) => session.id)).toEqual([early]);
    expect(b.conflicts.journal.current.find((entry) => entry.id === second.id)).toMatchObject({ outcome: 'superseded' });
    expect((await world.drive(b.sessions.list({ states: ['deleted'] }))).map((session) => session.id)).toEqual([late]);
  });
});

describe('a plan that somebody overtook', () => {
  it.each([
    ['a note edited here', (id: string, { a }: TwoDevices) => a.sessions.amend(id, { note: 'other words' })],
    ['a project changed on the other device', async (id: string, { a, b }: TwoDevices) => {
      await b.sessions.amend(id, { project: 'book' });
      await b.sync();
      await a.sync();
    }],
    ['a delete that was taken back on the other device', async (id: string, { a, b }: TwoDevices) => {
      await b.sessions.delete(id);
      await b.sync();
      await b.sessions.restore(id);
      await b.sync();
      await a.sync();
    }],
  ] as const)('is refused: %s', async (_, overtake) => {
    const devices = await conflict();
    const { world, a, early, id } = devices;
    const plan = await world.drive(a.conflicts.plan(id, { kind: 'keep_one', sessionId: early }));
    await world.drive(Promise.resolve(overtake(early, devices)));
    await expect(world.drive(a.conflicts.resolve(plan))).rejects.toMatchObject({ code: 'changed' });
    expect(a.conflicts.journal.current).toEqual([]);
  });

  it('is not, where only the delivery of a session went on', async () => {
    const { world, a } = await twoDevices({ streams: false });
    await world.drive(a.sessions.record(world.session(120, 30)));
    await world.drive(a.sessions.record(world.session(100, 30)));
    const plan = await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind: 'keep_all' }));
    await world.drive(a.sync());
    await world.drive(a.conflicts.resolve(plan));
    expect(a.conflicts.current).toEqual([]);
  });
});

describe('a session that is stored', () => {
  it('can be changed, deleted and had back, from any device', async () => {
    const { world, a, b } = await twoDevices({ streams: false });
    const { id, startTime } = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.drive(a.sync());
    await world.drive(b.sync());
    expect(await world.drive(b.sessions.amend(id, { endTime: startTime + 10 * MINUTE, project: 'book' }))).toMatchObject({ duration: 10, project: 'book', pending: true });
    await world.drive(b.sync());
    await world.drive(a.sync());
    expect(await world.drive(a.sessions.get(id))).toMatchObject({ duration: 10, project: 'book', pending: false });
    await world.drive(a.sessions.delete(id));
    expect(await world.drive(a.sessions.list())).toEqual([]);
    await world.drive(a.sync());
    await world.drive(b.sync());
    expect(await world.drive(b.sessions.list())).toEqual([]);
    expect(b.status.current.data_summary.total_sessions).toBe(0);
    await world.drive(b.sessions.restore(id));
    await world.drive(b.sync());
    await world.drive(a.sync());
    expect(await world.drive(a.sessions.list())).toMatchObject([{ id, duration: 10, state: 'confirmed' }]);
  });

  it('[B11] can be given a time in the future, which waits, and is given up or changed by whoever meant another', async () => {
    const { world, a } = await twoDevices({ streams: false });
    const { id, startTime, endTime } = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.drive(a.sync());
    const year = 365 * 24 * 60 * MINUTE;
    const wrong = { startTime: startTime + year, endTime: startTime + year + MINUTE };
    await world.drive(a.sessions.amend(id, wrong));
    await world.drive(a.sync());
    expect(await world.drive(a.sessions.get(id))).toMatchObject({ pending: true, parked: null, startTime: wrong.startTime });
    await world.drive(a.sessions.discard(id));
    expect(await world.drive(a.sessions.get(id))).toMatchObject({ state: 'confirmed', pending: false, startTime, endTime });
    await world.drive(a.sessions.amend(id, { category: 'other' }));
    expect(await world.drive(a.sync())).toMatchObject({ ok: true, pending: 0 });
  });

  it('is acknowledged by an answer as large as one that tells two hundred large documents', async () => {
    const { world, a } = await twoDevices({ streams: false });
    await world.drive(a.sessions.record(world.session(120, 30)));
    world.distort = (request, answer) => (request.body?.includes('"type":"submit"') ? { ...answer, body: answer.body + ' '.repeat(20_000_000) } : answer);
    expect(await world.drive(a.sync())).toMatchObject({ ok: true, pending: 0 });
  });
});
