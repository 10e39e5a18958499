// Settling where something stands in the way: what an app hands in, a plan that was carried out, a session that the server refuses or never gets.
import type { ConflictChoice, SyncEngine } from '@syncline/core';
import type { SimDevice } from '@syncline/core/testing';
import { describe, expect, it } from 'vitest';
import { ExchangeWorld, twoDevices, USER } from './exchange-world.ts';
import { namesOf, Refusing, type Sent } from './refusing.ts';

/** Refuses to store or change some sessions. */
class RefusingSome extends Refusing {
  readonly ids: Set<string> = new Set();
  code = 'limit_reached';
  type = 'submit';
  override codeFor = (operation: Sent): string | null => (operation.type === this.type && namesOf(operation).some((name) => this.ids.has(name)) ? this.code : null);
}

interface Overlap {
  readonly world: ExchangeWorld;
  readonly first: SimDevice;
  readonly a: SyncEngine;
  readonly refusing: RefusingSome;
  readonly early: string;
  readonly late: string;
  readonly id: string;
}

/** Two sessions that overlap, recorded on a device without a network. */
async function overlap(): Promise<Overlap> {
  const world = await ExchangeWorld.create();
  const refusing = new RefusingSome();
  const first = world.device();
  const a = await world.open(first, { over: (ports) => ({ ...ports, transport: refusing.over(ports.transport) }) });
  await world.run(5000);
  world.offline.add(first);
  const early = (await world.drive(a.sessions.record(world.session(120, 30, { note: 'early' })))).id;
  const late = (await world.drive(a.sessions.record(world.session(100, 30, { note: 'late' })))).id;
  return { world, first, a, refusing, early, late, id: a.conflicts.current[0]?.id ?? '' };
}

describe('a choice', () => {
  it.each([null, undefined, {}, 'keep_all', { kind: 'delete_all' }, { kind: 'trim' }, { kind: 'split', sessionId: 7 }])('that is none is refused in words: %j', async (choice) => {
    const { world, a, id } = await overlap();
    await expect(world.drive(a.conflicts.plan(id, choice as ConflictChoice))).rejects.toMatchObject({ code: 'invalid_input', details: [{ path: 'choice' }] });
  });

  it('is on offer for as many sessions as a settlement may name, and for no more', async () => {
    const { world, a } = await twoDevices({ streams: false });
    for (let n = 0; n <= 100; n += 1) await world.drive(a.sessions.record(world.session(600 - n, 200)));
    await world.drive(a.sync());
    const id = (): string => a.conflicts.current[0]?.id ?? '';
    for (const choice of [{ kind: 'keep_all' }, { kind: 'keep_one', sessionId: a.conflicts.current[0]?.sessionIds[0] ?? '' }] as const) {
      await expect(world.drive(a.conflicts.plan(id(), choice))).rejects.toMatchObject({ code: 'invalid_input', details: [{ code: 'too_many' }] });
    }
    await world.drive(a.sessions.delete(a.conflicts.current[0]?.sessionIds[50] ?? ''));
    await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(id(), { kind: 'keep_all' }))));
    expect(await world.drive(a.sync())).toMatchObject({ ok: true });
    expect(a.conflicts.journal.current).toMatchObject([{ outcome: 'applied' }]);
    expect(a.status.current.sync_status).toBe('healthy');
  });

  it('says how many minutes of the clock it removes, and how many it moves', async () => {
    const { world, a, id, early } = await overlap();
    const minutes = async (choice: ConflictChoice): Promise<readonly number[]> => {
      const { preview } = await world.drive(a.conflicts.plan(id, choice));
      return [preview.minutesRemoved, preview.minutesMoved];
    };
    expect(await minutes({ kind: 'keep_one', sessionId: early })).toEqual([20, 0]);
    expect(await minutes({ kind: 'trim', sessionId: early })).toEqual([0, 0]);
    expect(await minutes({ kind: 'merge_sum' })).toEqual([0, 10]);
  });
});

describe('a plan', () => {
  it('is carried out once: undoing that one settlement takes all of it back', async () => {
    const { world, a, id } = await overlap();
    const plan = await world.drive(a.conflicts.plan(id, { kind: 'keep_all' }));
    const settlement = await world.drive(a.conflicts.resolve(plan));
    await expect(world.drive(a.conflicts.resolve(plan))).rejects.toMatchObject({ code: 'changed' });
    await world.drive(a.conflicts.undo(settlement.id));
    expect(a.conflicts.current).toHaveLength(1);
    expect(a.conflicts.journal.current).toHaveLength(1);
  });
});

describe('a session that the server refuses', () => {
  it('cannot be settled until somebody decided about it', async () => {
    const { world, first, a, refusing, early, id } = await overlap();
    refusing.ids.add(early);
    const plan = await world.drive(a.conflicts.plan(id, { kind: 'keep_all' }));
    world.offline.delete(first);
    await world.run(10_000);
    expect(await world.drive(a.sessions.get(early))).toMatchObject({ state: 'parked' });
    const refusal = { code: 'refused', retry: 'later', details: [{ path: early }] };
    await expect(world.drive(a.conflicts.plan(id, { kind: 'keep_all' }))).rejects.toMatchObject(refusal);
    await expect(world.drive(a.conflicts.resolve(plan))).rejects.toMatchObject(refusal);
    refusing.ids.clear();
    await world.drive(a.sessions.retry(early));
    await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(id, { kind: 'keep_all' }))));
    expect(await world.drive(a.sync())).toMatchObject({ ok: true, pending: 0 });
    expect(a.conflicts.journal.current).toMatchObject([{ outcome: 'applied' }]);
  });

  it('is one that waits for a decision, however much of it was refused', async () => {
    const { world, first, a, refusing, early } = await overlap();
    world.offline.delete(first);
    await world.drive(a.sync());
    refusing.type = 'amend';
    refusing.ids.add(early);
    for (const category of ['first', 'second']) await world.drive(a.sessions.amend(early, { category }));
    await world.run(10_000);
    expect(a.status.current).toMatchObject({ data_summary: { unsynced_sessions: 1 }, local: { parked: 1 } });
    expect(a.status.current.recommendations.filter((line) => line.includes('was not accepted'))).toHaveLength(2);
    refusing.ids.clear();
    // One at a time, in their order.
    await world.drive(a.sessions.retry(early));
    await world.drive(a.sessions.retry(early));
    expect(await world.drive(a.sync())).toMatchObject({ ok: true, pending: 0 });
    expect(await world.drive(a.sessions.get(early))).toMatchObject({ state: 'confirmed', category: 'second' });
  });

  it('for a moment goes at once when a person wants to sync', async () => {
    const { world, first, a, refusing, early, late } = await overlap();
    refusing.code = 'internal';
    refusing.ids.add(early).add(late);
    world.offline.delete(first);
    // A few times, so that it waits for longer.
    await world.run(60_000);
    expect(a.status.current).toMatchObject({ data_summary: { unsynced_sessions: 2 }, local: { parked: 0 } });
    refusing.ids.clear();
    expect(await world.drive(a.sync())).toEqual({ ok: true, sent: 2, pending: 0, reason: 'done' });
  });

  it('and what was changed of it wait for a person, and for nothing else', async () => {
    const { world, first, a, refusing, early } = await overlap();
    refusing.ids.add(early);
    world.offline.delete(first);
    await world.run(10_000);
    await world.drive(a.sessions.amend(early, { category: 'other' }));
    expect(await world.drive(a.sync())).toEqual({ ok: false, sent: 0, pending: 1, reason: 'parked' });
  });

  it.each([
    ['merge_span', { kind: 'merge_span' }], ['keep_all', { kind: 'keep_all' }],
  ] as const)('takes back what was decided over it before: %s', async (_, choice) => {
    const { world, first, a, refusing, early, late, id } = await overlap();
    refusing.ids.add(early);
    const settlement = await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(id, choice))));
    await world.drive(a.conflicts.undo(settlement.id));
    const again = await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(id, choice))));
    world.offline.delete(first);
    await world.run(10_000);
    expect(a.conflicts.journal.current.map(({ outcome }) => outcome)).toEqual(['superseded', 'superseded']);
    expect(a.conflicts.current.map(({ sessionIds }) => sessionIds)).toEqual([[early, late]]);
    expect(await world.drive(a.sessions.get(late))).toMatchObject({ state: 'confirmed', duration: 30, deletedAt: null, pending: false });
    expect(await world.drive(a.sessions.get(early))).toMatchObject({ state: 'parked', duration: 30 });
    await expect(world.drive(a.conflicts.undo(again.id))).rejects.toMatchObject({ code: 'not_found' });
    await world.drive(a.sessions.discard(early));
    expect(a.conflicts.current).toEqual([]);
    const b = await world.open(world.device());
    await world.drive(b.sync());
    for (const engine of [a, b]) expect((await world.drive(engine.sessions.list())).map((session) => session.id)).toEqual([late]);
    expect(a.status.current.sync_status).toBe('healthy');
  });
});

describe('a split that another settlement overtook', () => {
  it('takes along what was decided about the session it would have made', async () => {
    const { world, first, a, b } = await twoDevices({ streams: false });
    const long = (await world.drive(a.sessions.record(world.session(120, 60)))).id;
    const short = (await world.drive(a.sessions.record(world.session(100, 20)))).id;
    const stored = (await world.drive(a.sessions.record(world.session(300, 20)))).id;
    await world.drive(a.sync());
    await world.drive(b.sync());
    world.offline.add(first);
    const settle = async (engine: SyncEngine, choice: ConflictChoice): Promise<readonly string[]> => {
      const plan = await world.drive(engine.conflicts.plan(engine.conflicts.current[0]?.id ?? '', choice));
      await world.drive(engine.conflicts.resolve(plan));
      return plan.preview.sessions.filter(({ before }) => before === null).map(({ id }) => id);
    };
    const [made = ''] = await settle(a, { kind: 'split', sessionId: long });
    // Moved over one that the server has, which gives way.
    const { startTime } = (await world.drive(a.sessions.get(stored))) ?? expect.fail();
    await world.drive(a.sessions.amend(made, { startTime, endTime: startTime + 600_000 }));
    await settle(a, { kind: 'keep_one', sessionId: made });
    expect(await world.drive(a.sessions.get(stored))).toMatchObject({ state: 'deleted' });
    await settle(b, { kind: 'keep_one', sessionId: short });
    await world.drive(b.sync());
    world.offline.clear();
    // The second time the server hears that nothing is left.
    for (const engine of [a, a, b]) await world.drive(engine.sync());
    for (const engine of [a, b]) {
      expect(engine.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { total_sessions: 2, unsynced_sessions: 0 }, local: { parked: 0 } });
      expect((await world.drive(engine.sessions.list())).map(({ id }) => id)).toEqual([short, stored]);
    }
    expect(await world.drive(a.sessions.get(made))).toBeNull();
    expect(a.conflicts.journal.current.map(({ outcome }) => outcome).sort()).toEqual(['applied', 'superseded', 'superseded']);
  });
});

describe('a session that is given up or changed before the server has it', () => {
  it.each(['discard', 'retry'] as const)('%s takes back what was decided over it, on the other sessions, too', async (deed) => {
    const { world, a } = await twoDevices({ streams: false });
    const soon = world.session(-60, 30);
    const first = (await world.drive(a.sessions.record(soon))).id;
    const second = (await world.drive(a.sessions.record({ ...soon, startTime: soon.startTime + 600_000 }))).id;
    // The server is asked, and says that it is too early.
    await world.run(1000);
    await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind: 'merge_span' }))));
    expect(await world.drive(a.sessions.get(second))).toMatchObject({ state: 'deleted' });
    if (deed === 'discard') await world.drive(a.sessions.discard(first));
    else await world.drive(a.sessions.retry(first, { endTime: soon.startTime + 60_000 }));
    expect(await world.drive(a.sessions.get(second))).toMatchObject({ state: 'queued', duration: 20 });
    expect(await world.drive(a.sessions.get(first))).toEqual(deed === 'discard' ? null : expect.objectContaining({ pending: true, duration: 1 }));
    expect(a.conflicts.current).toEqual([]);
    await world.run(3 * 3_600_000);
    expect(await world.drive(a.sync())).toMatchObject({ ok: true, pending: 0 });
    expect(world.server.stored(USER).length).toBe(deed === 'discard' ? 1 : 2);
  });
});

describe('a session that nobody can have heard of', () => {
  it('[B11] can be tried again while it waits for the server’s clock: what was changed since still goes after it', async () => {
    const world = await ExchangeWorld.create();
    const a = await world.open(world.device(undefined, { offsetMs: 30 * 60_000 }));
    await world.run(5000);
    const { id } = await world.drive(a.sessions.record(world.session(0, 25)));
    await world.run(5000);
    await world.drive(a.sessions.amend(id, { category: 'other' }));
    await world.drive(a.sessions.retry(id, { project: 'book' }));
    await world.run(15 * 60_000);
    expect(await world.drive(a.sessions.get(id))).toMatchObject({ state: 'queued', category: 'other', project: 'book' });
    await world.run(15 * 60_000);
    expect(await world.drive(a.sessions.get(id))).toMatchObject({ state: 'confirmed', category: 'other', project: 'book' });
    expect(a.status.current.sync_status).toBe('healthy');
  });
});

describe('sending again', () => {
  it('a settlement that was refused is done once, also where nobody hears of the commit', async () => {
    const { world, first, a, refusing, early, id } = await overlap();
    world.offline.delete(first);
    await world.drive(a.sync());
    Object.assign(refusing, { type: 'resolve' }).ids.add(early);
    await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(id, { kind: 'keep_all' }))));
    await world.run(10_000);
    expect(a.status.current.local.parked).toBe(1);
    refusing.ids.clear();
    first.disk.failNext('update', { kind: 'rerun', committed: true }, 2);
    expect(await world.drive(a.sessions.retry(early))).toMatchObject({ id: early, parked: null });
    expect(await world.drive(a.sync())).toMatchObject({ ok: true });
    expect(a.conflicts.journal.current).toMatchObject([{ outcome: 'applied' }]);
  });
});

describe('sending again with changes', () => {
  it('mends a change of times that waits for the server’s clock', async () => {
    const { world, a } = await twoDevices({ streams: false });
    const { id, startTime, endTime } = await world.drive(a.sessions.record(world.session(120, 25)));
    await world.run(5000);
    const year = 365 * 86_400_000;
    await world.drive(a.sessions.amend(id, { startTime: startTime + year, endTime: startTime + year + 60_000 }));
    await world.run(5000);
    expect(await world.drive(a.sessions.retry(id, { startTime, category: 'other' }).catch(({ code }: { code: string }) => code))).toBe('invalid_input');
    expect(await world.drive(a.sessions.retry(id, { startTime, endTime: startTime + 60_000, category: 'other' }))).toMatchObject({ startTime, duration: 1, category: 'other' });
    expect(endTime).toBe(startTime + 25 * 60_000);
    expect(await world.drive(a.sync())).toMatchObject({ ok: true, pending: 0 });
    expect(world.server.stored(USER)).toMatchObject([{ start: startTime, end: startTime + 60_000, category: 'other' }]);
    expect(a.status.current.sync_status).toBe('healthy');
  });

  it('puts no older change over a newer one', async () => {
    const { world, a } = await twoDevices({ streams: false });
    const { id, startTime, endTime } = await world.drive(a.sessions.record(world.session(120, 25)));
    await world.run(5000);
    await world.drive(a.sessions.amend(id, { startTime: world.scheduler.now, endTime: world.scheduler.now + 30 * 60_000 }));
    await world.drive(a.sessions.amend(id, { startTime, endTime: endTime ?? 0 }));
    await world.run(5000);
    expect(await world.drive(a.sessions.retry(id))).toMatchObject({ startTime });
    await world.run(45 * 60_000);
    expect(await world.drive(a.sessions.get(id))).toMatchObject({ state: 'confirmed', startTime, endTime });
  });

  it('holds over what was changed of a session since the server refused it', async () => {
    const { world, first, a, refusing, early } = await overlap();
    refusing.ids.add(early);
    world.offline.delete(first);
    await world.run(10_000);
    await world.drive(a.sessions.amend(early, { category: 'worse', note: 'mended' }));
    refusing.ids.clear();
    expect(await world.drive(a.sessions.retry(early, { category: 'good' }))).toMatchObject({ category: 'good', note: 'mended', state: 'queued' });
    expect(await world.drive(a.sync())).toMatchObject({ ok: true, pending: 0 });
    expect(world.server.stored(USER)).toContainEqual(expect.objectContaining({ id: early, category: 'good', note: 'mended' }));
  });
});

describe('a decision that memory alone holds', () => {
  it.each(['keep_all', 'merge_span'] as const)('[A09] goes into the real store once that opens, and is carried out: %s', async (kind) => {
    const world = await ExchangeWorld.create();
    const first = world.device();
    first.disk.unavailable = true;
    const a = await world.open(first);
    await world.run(2000);
    world.offline.add(first);
    await world.drive(a.sessions.record(world.session(120, 30)));
    await world.drive(a.sessions.record(world.session(100, 30)));
    await world.drive(a.conflicts.resolve(await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind }))));
    const shown = await world.drive(a.sessions.list());
    first.disk.unavailable = false;
    await world.run(10_000);
    expect(a.status.current.local.problems).not.toContain('volatile_storage');
    expect(a.conflicts.current).toEqual([]);
    expect((await world.drive(a.sessions.list())).map(({ id }) => id)).toEqual(shown.map(({ id }) => id));
    world.offline.clear();
    await world.run(60_000);
    expect(a.conflicts.journal.current).toMatchObject([{ kind, outcome: 'applied' }]);
    expect(a.conflicts.current).toEqual([]);
    expect((await world.drive(a.sessions.list())).map(({ id }) => id)).toEqual(shown.map(({ id }) => id));
    expect(a.status.current.sync_status).toBe('healthy');
  });
});
