// Whatever a server refuses one by one, and whatever people then decide about it: two devices and the server come to the same, each session once.
import type { ConflictChoice, Session, SyncEngine } from '@syncline/core';
import { createSimChance, type SimDevice } from '@syncline/core/testing';
import { LIMITS } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import { ExchangeWorld, twoDevices, USER, type WorldOptions } from './exchange-world.ts';
import { Refusing } from './refusing.ts';

const STEPS = 60;
const HALF_HOUR = 1_800_000;
/** Long enough ago that no settlement makes a session that ends in the future. */
const AGO = 26 * 3_600_000;
const STATES: readonly Session['state'][] = ['running', 'queued', 'sending', 'confirmed', 'parked', 'cancelled', 'deleted'];
const KINDS: readonly ConflictChoice['kind'][] = ['keep_all', 'merge_span', 'merge_sum', 'keep_one', 'trim', 'split'];
/** With which a person may be told that what was asked for cannot be had any more. */
const EXPECTED = ['not_found', 'not_parked', 'invalid_input', 'changed', 'refused'];

const notExpected = ({ code }: { readonly code?: string }): void => expect(EXPECTED).toContain(code);

class Refused {
  readonly #chance: () => number;
  readonly #world: ExchangeWorld;
  readonly #devices: readonly SimDevice[];
  readonly #refusing = new Refusing();
  readonly #options: WorldOptions = { annotations: true, over: (ports) => ({ ...ports, transport: this.#refusing.over(ports.transport) }) };
  readonly #engines: SyncEngine[] = [];
  #share = 0;

  private constructor(world: ExchangeWorld, seed: number) {
    this.#world = world;
    this.#chance = createSimChance(seed);
    this.#devices = [world.device(), world.device()];
    const draw = createSimChance(seed + 1000);
    this.#refusing.codeFor = ({ type }) => (type === 'start' || type === 'unresolve' || draw() > this.#share ? null : draw() < 0.7 ? 'limit_reached' : 'internal');
  }

  static async create(seed: number): Promise<Refused> {
    const world = new Refused(await ExchangeWorld.create(), seed);
    for (const at of [0, 1]) await world.#open(at);
    await world.#world.run(3000);
    return world;
  }

  async #open(at: number): Promise<void> {
    this.#engines[at] = await this.#world.open(this.#pick(this.#devices, at), this.#options);
  }

  #pick<T>(list: readonly T[], at = Math.floor(this.#chance() * list.length)): T {
    return list[at] ?? expect.fail();
  }

  async #list({ sessions }: SyncEngine): Promise<readonly Session[]> {
    const list = await this.#world.drive(sessions.list({ states: STATES, limit: 1000 }));
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
    return list;
  }

  async act(step: number): Promise<void> {
    const at = Math.floor(this.#chance() * 2);
    const engine = this.#pick(this.#engines, at);
    const list = await this.#list(engine);
    const deeds = this.#deeds(engine, list, at, step);
    const act = step < 6 ? deeds[0] : this.#pick(deeds);
    await this.#world.drive(Promise.resolve(act?.()).catch(notExpected));
    await this.#world.run(Math.floor(this.#chance() * 3000));
  }

  #deeds({ sessions, conflicts }: SyncEngine, list: readonly Session[], at: number, step: number): readonly (() => unknown)[] {
    const parked = list.filter((session) => session.parked !== null);
    const deleted = list.filter(({ deletedAt }) => deletedAt !== null);
    const start = this.#world.scheduler.now - AGO - Math.floor(this.#chance() * 8) * HALF_HOUR;
    const onOne = (of: readonly Session[], act: (session: Session) => unknown) => () => (of.length > 0 ? act(this.#pick(of)) : null);
    return [
      () => sessions.record({ startTime: start, endTime: start + HALF_HOUR, category: 'work', project: 'book', note: `note ${step}` }),
      onOne(list, ({ id }) => sessions.amend(id, { category: `category ${step}` })),
      onOne(list, ({ id }) => sessions.amend(id, { startTime: start, endTime: start + HALF_HOUR })),
      onOne(list, ({ id, note }) => sessions.annotate(id, { note: `${note} ${step}`, tags: [`tag ${step}`] })),
      onOne(list, ({ id }) => sessions.delete(id)),
      onOne(deleted, ({ id }) => sessions.restore(id)),
      onOne(parked, ({ id }) => sessions.retry(id)),
      onOne(parked, ({ id }) => sessions.retry(id, { category: `again ${step}`, startTime: start, endTime: start + HALF_HOUR })),
      onOne(parked, ({ id }) => sessions.discard(id)),
      async () => {
        const [conflict] = conflicts.current;
        if (conflict === undefined) return;
        const choice = { kind: this.#pick(KINDS), sessionId: this.#pick(conflict.sessionIds) };
        await conflicts.resolve(await conflicts.plan(conflict.id, choice));
      },
      () => (conflicts.journal.current.length > 0 ? conflicts.undo(this.#pick(conflicts.journal.current).id) : null),
      () => void (this.#share = 0.5),
      () => void (this.#share = 0),
      () => this.#world.offline.add(this.#pick(this.#devices, at)),
      () => this.#world.offline.clear(),
    ];
  }

  /** Nothing stands in the way any more, and somebody decides about all that was refused. */
  async settle(): Promise<void> {
    this.#share = 0;
    this.#world.offline.clear();
    for (let round = 0; round < 4; round += 1) {
      for (const engine of this.#engines) {
        for (const { id, parked } of await this.#list(engine)) {
          if (parked !== null) await this.#world.drive((this.#chance() < 0.6 ? engine.sessions.retry(id) : engine.sessions.discard(id)).catch(notExpected));
        }
        await this.#world.drive(engine.sync());
      }
      await this.#world.run(400_000);
    }
    for (const engine of this.#engines) expect(await this.#world.drive(engine.sync())).toMatchObject({ ok: true, pending: 0 });
  }

  async compare(): Promise<void> {
    const stored = this.#world.server.stored(USER).map(({ id, start, end, category, note }) => [id, start, end, category, note]).sort();
    const [lists, conflicts] = [[] as unknown[], [] as unknown[]];
    for (const engine of this.#engines) {
      const list = await this.#list(engine);
      const standing = list.filter(({ state }) => state === 'confirmed');
      expect(standing.map(({ id, startTime, endTime, category, note }) => [id, startTime, endTime, category, note]).sort()).toEqual(stored);
      expect(engine.status.current).toMatchObject({ data_summary: { total_sessions: stored.length, unsynced_sessions: 0 }, local: { parked: 0, problems: [] } });
      lists.push(list.map(({ id, state, tags, deviceId }) => [id, state, tags, deviceId]));
      conflicts.push(engine.conflicts.current.map(({ sessionIds }) => sessionIds));
    }
    expect(lists[1]).toEqual(lists[0]);
    expect(conflicts[1]).toEqual(conflicts[0]);
  }
}

describe('a server that refuses one operation and takes the next', () => {
  it.each(Array.from({ length: 8 }, (_, seed) => seed))('[C16, I-01] world %i', async (seed) => {
    const world = await Refused.create(seed);
    for (let step = 0; step < STEPS; step += 1) await world.act(step);
    await world.settle();
    await world.compare();
  });
});

it('[D01] a session that was brought back to a server is there, as far as its device knows, when the server refuses to delete it again', async () => {
  const { world, a } = await twoDevices({ streams: false });
  world.server.save();
  const refusing = new Refusing();
  const c = await world.open(world.device(), { over: (ports) => ({ ...ports, transport: refusing.over(ports.transport) }) });
  await world.run(5000);
  const { id } = await world.drive(c.sessions.record(world.session(120, 30)));
  await world.drive(c.sync());
  await world.drive(c.sessions.delete(id));
  await world.drive(c.sync());
  refusing.codeFor = ({ type }) => (type === 'delete' ? 'limit_reached' : null);
  world.server.restore();
  await world.drive(c.sync());
  await world.run(10_000);
  expect(await world.drive(c.sessions.get(id))).toMatchObject({ state: 'parked' });
  await world.drive(c.sessions.discard(id));
  await world.drive(a.sync());
  for (const { sessions, status } of [a, c]) {
    expect(await world.drive(sessions.get(id))).toMatchObject({ state: 'confirmed', deletedAt: null, pending: false });
    expect(status.current.data_summary.total_sessions).toBe(1);
  }
});

it('[D01] a session of another device that a server refused when it was brought back is still that device’s when it is sent again', async () => {
  const { world, second, b } = await twoDevices({ streams: false });
  const refusing = new Refusing();
  const c = await world.open(world.device(), { over: (ports) => ({ ...ports, transport: refusing.over(ports.transport) }) });
  await world.run(5000);
  world.server.save();
  const { id, deviceId } = await world.drive(b.sessions.record(world.session(120, 30)));
  await world.drive(b.sync());
  await world.drive(c.sync());
  world.offline.add(second);
  refusing.codeFor = ({ type }) => (type === 'submit' ? 'limit_reached' : null);
  world.server.restore();
  await world.drive(c.sync());
  await world.run(10_000);
  expect(await world.drive(c.sessions.get(id))).toMatchObject({ state: 'parked' });
  refusing.codeFor = () => null;
  await world.drive(c.sessions.retry(id));
  await world.drive(c.sync());
  const d = await world.open(world.device());
  await world.drive(d.sync());
  for (const { sessions } of [c, d]) expect(await world.drive(sessions.get(id))).toMatchObject({ state: 'confirmed', deviceId });
});

it('where an account has as many devices as there may be, nothing of the next one is refused: it says why it waits, until there is a place', async () => {
  const world = await ExchangeWorld.create();
  for (let i = 0; i < LIMITS.devicesPerUserMax; i += 1) {
    const other = await world.open(world.device());
    await world.drive(other.sync());
    await world.drive(other.close());
  }
  const engine = await world.open(world.device());
  const { sessions, status } = engine;
  const full = { code: 'limit_reached', message: 'This account has too many devices' };
  await world.drive(engine.sync());
  expect(status.current.local.last_error).toMatchObject(full);
  for (const ago of [60, 120]) await world.drive(sessions.record(world.session(ago, 30)));
  await world.drive(engine.sync());
  await world.run(60_000);
  expect(status.current.local).toMatchObject({ last_error: full, parked: 0, phase: 'backing_off' });
  expect((await world.drive(sessions.list())).map(({ state }) => state)).toEqual(['queued', 'queued']);
  await world.run(2 * 3_600_000);
  expect((await world.drive(sessions.list())).map(({ state }) => state)).toEqual(['confirmed', 'confirmed']);
});
