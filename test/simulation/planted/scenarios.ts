// Named scenarios of several devices and the exchange, each over in a minute of their time. They throw where a promise is broken, and know
// nothing of a test runner: they are bundled with a bug planted in the sources, too.
import type { HttpResponse, SyncEngine } from '@syncline/core';
import { type ExchangeWorld, twoDevices, USER } from '../exchange-world.ts';

const SECOND = 1000;

function check(isTrue: boolean, says: string): void {
  if (!isTrue) throw new Error(says);
}

function checkEqual(found: unknown, wanted: unknown, says: string): void {
  check(JSON.stringify(found) === JSON.stringify(wanted), `${says}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

const idsOf = async (world: ExchangeWorld, engine: SyncEngine): Promise<readonly string[]> => (await world.drive(engine.sessions.list())).map(({ id }) => id).sort();

/** Two devices with an overlap that both know. */
async function overlap() {
  const devices = await twoDevices({ streams: false });
  const { world, a, b } = devices;
  const early = (await world.drive(a.sessions.record(world.session(120, 30, { note: 'early' })))).id;
  const late = (await world.drive(b.sessions.record(world.session(100, 30, { note: 'late' })))).id;
  for (const engine of [a, b, a]) await world.drive(engine.sync());
  return { ...devices, early, late, conflict: a.conflicts.current[0]?.id ?? '' };
}

export const SCENARIOS = {
  async 'all of another device’s sessions arrive'() {
    const { world, a, b } = await twoDevices({ streams: false });
    for (let i = 0; i < 5; i += 1) await world.drive(a.sessions.record(world.session(600 - 60 * i, 20)));
    await world.drive(a.sync());
    await world.drive(b.sync());
    await world.drive(b.sync());
    checkEqual(await idsOf(world, b), await idsOf(world, a), 'the other device has');
    checkEqual(world.server.stored(USER).map(({ id }) => id).sort(), await idsOf(world, a), 'the server has');
  },

  async 'a platform that says there is no network is not believed for ever'() {
    const { world, first, a } = await twoDevices({ streams: false });
    for (const page of first.pages) page.lifecycle.emit('offline');
    for (const minutesAgo of [120, 60]) {
      await world.drive(a.sessions.record(world.session(minutesAgo, 20)));
      await world.run(6 * 60 * SECOND);
    }
    checkEqual(world.server.stored(USER).length, 2, 'the server has');
  },

  async 'what a device learns of kept pairs along with an acknowledgement leaves the rest in conflict'() {
    const { world, a, b, conflict } = await overlap();
    const { id } = await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(conflict, { kind: 'keep_all' }))));
    const conflictsOf = (engine: SyncEngine): readonly string[] => engine.conflicts.current.map(({ sessionIds }) => [...sessionIds].sort().join(' '));
    for (const isUndone of [false, true]) {
      if (isUndone) await world.drive(a.conflicts.undo(id));
      await world.drive(a.sync());
      // Over the later one of the pair.
      await world.drive(b.sessions.record(world.session(isUndone ? 82 : 80, 30)));
      for (const engine of [b, a, b]) await world.drive(engine.sync());
      checkEqual([conflictsOf(b).length, conflictsOf(b)], [1, conflictsOf(a)], 'the device that learned of it is in conflict');
    }
  },

  async 'two edits of one session are two operations'() {
    const { world, a, b } = await twoDevices({ streams: false });
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.drive(a.sync());
    await world.drive(a.sessions.amend(id, { project: 'book' }));
    await world.drive(a.sessions.amend(id, { note: 'second' }));
    await world.run(30 * SECOND);
    await world.drive(b.sync());
    const { project, note } = (await world.drive(b.sessions.get(id))) ?? {};
    checkEqual([project, note, a.status.current.local.parked], ['book', 'second', 0], 'the other device sees');
  },

  async 'an edit whose answer was lost does not come again over a later one'() {
    const { world, a, b } = await twoDevices({ streams: false });
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    for (const engine of [a, b]) await world.drive(engine.sync());
    await world.drive(a.sessions.amend(id, { note: 'first' }));
    let isLost = true;
    world.distort = (request, answer) => (isLost && request.body?.includes('"amend"') ? { ...answer, status: 503 } : answer);
    await world.drive(a.sync());
    await world.drive(b.sync());
    isLost = false;
    await world.drive(b.sessions.amend(id, { note: 'later' }));
    await world.drive(b.sync());
    await world.run(120 * SECOND);
    checkEqual(world.server.stored(USER).map(({ note }) => note), ['later'], 'the server holds');
  },

  async 'a delete reaches every device'() {
    const { world, a, b } = await twoDevices({ streams: false });
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    for (const engine of [a, b]) await world.drive(engine.sync());
    await world.drive(a.sessions.delete(id));
    for (const engine of [a, b]) await world.drive(engine.sync());
    checkEqual([await idsOf(world, a), await idsOf(world, b)], [[], []], 'the devices list');
  },

  async 'a restored server gets back what it lost'() {
    const { world, a, b } = await twoDevices({ streams: false });
    const first = await world.drive(a.sessions.record(world.session(300, 20)));
    await world.drive(a.sync());
    world.server.save();
    const second = await world.drive(b.sessions.record(world.session(200, 20)));
    await world.drive(b.sync());
    world.server.restore();
    await world.run(400 * SECOND);
    checkEqual(world.server.stored(USER).map(({ id }) => id).sort(), [first.id, second.id].sort(), 'the server has');
    checkEqual(a.status.current.sync_status, 'healthy', 'the status says');
  },

  async 'a restored server is told of deletes, and of several states the newest stands'() {
    const { world, a, b } = await twoDevices({ streams: false });
    world.server.save();
    const [gone, kept] = await world.drive(Promise.all([a.sessions.record(world.session(300, 20)), a.sessions.record(world.session(200, 20))]));
    for (const engine of [a, b]) await world.drive(engine.sync());
    await world.drive(a.sessions.amend(kept.id, { note: 'first' }));
    await world.drive(a.sessions.delete(gone.id));
    for (const engine of [a, b]) await world.drive(engine.sync());
    await world.drive(b.sessions.amend(kept.id, { note: 'last' }));
    await world.drive(b.sync());
    world.server.restore();
    for (const engine of [b, a, b]) await world.drive(engine.sync());
    await world.run(400 * SECOND);
    for (const engine of [a, b]) {
      const deleted = await world.drive(engine.sessions.list({ states: ['deleted'] }));
      checkEqual([(await world.drive(engine.sessions.get(kept.id)))?.note, deleted.map(({ id }) => id)], ['last', [gone.id]], 'the note, and the deleted');
    }
  },

  async 'a restored server learns once which overlap was kept'() {
    const { world, a, b, conflict } = await overlap();
    world.server.save();
    const { id } = await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(conflict, { kind: 'keep_all' }))));
    for (const engine of [a, b, a]) await world.drive(engine.sync());
    world.server.restore();
    for (const engine of [b, a, b]) await world.drive(engine.sync());
    await world.run(400 * SECOND);
    const later = await world.open(world.device());
    await world.run(5 * SECOND);
    for (const { conflicts } of [a, b, later]) checkEqual([conflicts.current.length, conflicts.journal.current.map((one) => one.id)], [0, [id]], 'open, and settled');
  },

  async 'a restored server has the whole journal again, and can undo it'() {
    const { world, a, b, early, conflict } = await overlap();
    world.server.save();
    const { id } = await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(conflict, { kind: 'keep_one', sessionId: early }))));
    for (const engine of [a, b]) await world.drive(engine.sync());
    world.server.restore();
    for (const engine of [a, b]) await world.drive(engine.sync());
    await world.run(400 * SECOND);
    await world.drive(b.conflicts.undo(id));
    for (const engine of [b, a]) await world.drive(engine.sync());
    for (const { conflicts, status } of [a, b]) {
      const undone = conflicts.journal.current.map((one) => [one.id, one.undoneAt !== null]);
      checkEqual([conflicts.current.length, undone, status.current.local.parked], [1, [[id, true]], 0], 'open, undone, parked');
    }
  },

  async 'two devices that settle one overlap differently end alike'() {
    const { world, a, b, early, late, conflict } = await overlap();
    await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(conflict, { kind: 'keep_one', sessionId: early }))));
    await world.drive(b.conflicts.resolve(await world.drive(b.conflicts.plan(conflict, { kind: 'keep_one', sessionId: late }))));
    for (const engine of [a, b, a, b]) await world.drive(engine.sync());
    checkEqual([await idsOf(world, a), await idsOf(world, b)], [[early], [early]], 'the devices list');
    checkEqual([a, b].map(({ conflicts }) => conflicts.journal.current.map(({ outcome }) => outcome).sort()), [['applied'], ['applied', 'superseded']], 'the journals say');
  },

  async 'a plan that was overtaken is not carried out'() {
    const { world, a, early, conflict } = await overlap();
    const plan = await world.drive(a.conflicts.plan(conflict, { kind: 'keep_one', sessionId: early }));
    await world.drive(a.sessions.amend(early, { note: 'other words' }));
    const code = await world.drive(a.conflicts.resolve(plan).then(() => 'resolved', (error: { code: string }) => error.code));
    checkEqual(code, 'changed', 'resolve answers');
  },

  async 'what happened while the stream was cut comes with the next one'() {
    const { world, second, a, b } = await twoDevices();
    const page = second.pages[0];
    const { policy } = page?.transport ?? {};
    let isCut = true;
    if (page) page.transport.policy = (request, tab) => (isCut && request.path.startsWith('/api/sync/stream') ? { loseRequest: 'error' } : (policy?.(request, tab) ?? {}));
    // A token's end, a proxy's patience: the stream ends, and nothing else is wrong.
    second.sleep();
    await world.run(60 * SECOND);
    second.wake();
    page?.lifecycle.emit('resume');
    await world.run(20 * SECOND);
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.run(5 * SECOND);
    isCut = false;
    await world.run(35 * SECOND);
    check((await world.drive(b.sessions.get(id))) !== null, 'the other device was not told');
  },

  async 'what was acknowledged is stored'() {
    const { world, a } = await twoDevices({ streams: false });
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.drive(a.sync());
    checkEqual((await world.drive(a.sessions.get(id)))?.state, 'confirmed', 'the device says');
    checkEqual(world.server.stored(USER).map((stored) => stored.id), [id], 'the server has');
  },

  async 'an id that is taken stays who took it'() {
    const { world, a, b } = await twoDevices({ streams: false });
    const input = { ...world.session(120, 30, { note: 'first' }), id: '11111111-2222-4333-8444-555555555555' };
    await world.drive(a.sessions.record(input));
    await world.drive(b.sessions.record({ ...input, note: 'second' }));
    for (const engine of [a, b, a]) await world.drive(engine.sync());
    checkEqual(world.server.stored(USER).map(({ note }) => note), ['first'], 'the server holds');
  },

  async 'an operation that the answer does not name is sent again'() {
    const { world, first, a } = await twoDevices({ streams: false });
    let idle: HttpResponse | null = null;
    world.distort = (request, answer) => {
      if (request.body?.includes('"operations":[]')) idle = answer;
      return answer;
    };
    await world.drive(a.sync());
    const page = first.pages[0];
    const { policy } = page?.transport ?? {};
    // Something on the way answers from its memory, once; the server is not asked.
    if (page) page.transport.policy = (request, tab) => {
      const remembered = request.body?.includes('"submit"') ? idle : null;
      if (remembered === null) return policy?.(request, tab) ?? {};
      idle = null;
      world.distort = (_, answer) => answer;
      return { answerInstead: remembered };
    };
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.run(400 * SECOND);
    checkEqual(world.server.stored(USER).map((stored) => stored.id), [id], 'the server has');
  },
} as const satisfies Record<string, () => Promise<void>>;

export type ScenarioName = keyof typeof SCENARIOS;
