// Notes and tags that are edited after recording: real engines and the real server app, told event by event.
import type { Session, SyncEngine } from '@syncline/core';
import type { SimDevice } from '@syncline/core/testing';
import { describe, expect, it } from 'vitest';
import { ExchangeWorld } from './exchange-world.ts';

interface Told {
  readonly world: ExchangeWorld;
  readonly id: string;
  readonly devices: readonly [SimDevice, SimDevice];
  readonly a: SyncEngine;
  readonly b: SyncEngine;
}

const WITH = { annotations: true } as const;

/** Two devices that know one session of the server's. */
async function told(streams = false): Promise<Told> {
  const world = await ExchangeWorld.create();
  const devices = [world.device(), world.device()] as const;
  const [a, b] = [await world.open(devices[0], { ...WITH, streams }), await world.open(devices[1], { ...WITH, streams })];
  await world.run(2000);
  const { id } = await world.drive(a.sessions.record(world.session(60, 25, { note: 'a note' })));
  await world.run(130_000);
  return { world, id, devices, a, b };
}

const get = (world: ExchangeWorld, engine: SyncEngine, id: string) => world.drive(engine.sessions.get(id)) as Promise<Session>;

async function shownBy(world: ExchangeWorld, id: string, ...engines: readonly SyncEngine[]) {
  return Promise.all(engines.map(async (engine) => {
    const { note, tags, pending } = await get(world, engine, id);
    return { note, tags: [...tags].sort(), pending };
  }));
}

/** What the store of a device holds, as text. */
const stored = ({ disk }: SimDevice) => JSON.stringify(disk.names().map((name) => disk.data(name).read([{ table: 'history' }, { table: 'overlay' }, { table: 'operations' }])));

describe('the note and tags of a recorded session', () => {
  it('[C02] are edited long after it was sent, and show on another device within three seconds', async () => {
    const { world, id, devices, a, b } = await told(true);
    expect(stored(devices[0]) + stored(devices[1])).not.toContain('annotation');
    const edited = await world.drive(a.sessions.annotate(id, { note: 'a better note', tags: ['deep', 'calm'] }));
    expect(edited).toMatchObject({ note: 'a better note', tags: ['deep', 'calm'], pending: true });
    await world.run(3000);
    const shown = { note: 'a better note', tags: ['calm', 'deep'], pending: false };
    expect(await shownBy(world, id, a, b)).toEqual([shown, shown]);
    await world.drive(b.sessions.annotate(id, { tags: ['calm'] }));
    await world.run(3000);
    expect(await shownBy(world, id, a, b)).toEqual([{ ...shown, tags: ['calm'] }, { ...shown, tags: ['calm'] }]);
  });

  it('[I-09] edited offline on two devices merge: both texts stay, and every device says the same', async () => {
    const { world, id, devices, a, b } = await told();
    for (const device of devices) world.offline.add(device);
    await world.drive(a.sessions.annotate(id, { note: 'Before: a note', tags: ['deep'] }));
    await world.drive(b.sessions.annotate(id, { note: 'a note, after', tags: ['deep', 'calm'] }));
    expect([a.status.current.sync_status, (await get(world, a, id)).pending]).toEqual(['delayed', true]);
    await world.run(600_000);
    world.offline.clear();
    await world.run(600_000);
    const shown = { note: 'Before: a note, after', tags: ['calm', 'deep'], pending: false };
    expect(await shownBy(world, id, a, b)).toEqual([shown, shown]);
    expect([a, b].map(({ status }) => status.current.sync_status)).toEqual(['healthy', 'healthy']);
    expect(world.server.stored('00000000-0000-4000-8000-00000000000a')).toMatchObject([{ id, note: shown.note }]);
  });

  it('[I-25, I-09] edited offline while it was deleted elsewhere stays deleted, and has the edit when it is restored', async () => {
    const { world, id, devices, a, b } = await told();
    world.offline.add(devices[0]);
    await world.drive(a.sessions.annotate(id, { note: 'a note, and more', tags: ['deep'] }));
    await world.drive(b.sessions.delete(id));
    await world.run(130_000);
    world.offline.clear();
    devices[0].pages[0]?.lifecycle.emit('online');
    await world.run(200_000);
    expect([(await get(world, a, id)).state, (await get(world, b, id)).state]).toEqual(['deleted', 'deleted']);
    await world.drive(b.sessions.restore(id));
    await world.run(200_000);
    const shown = { note: 'a note, and more', tags: ['deep'], pending: false };
    expect(await shownBy(world, id, a, b)).toEqual([shown, shown]);
  });

  it('edited again and again offline are two operations at most: the one that was tried, and one that follows it', async () => {
    const { world, id, devices, a } = await told();
    world.offline.add(devices[0]);
    for (let i = 0; i < 20; i += 1) await world.drive(a.sessions.annotate(id, { note: `a note ${i}` }));
    const rows = () => devices[0].disk.names().flatMap((name) => devices[0].disk.data(name).read([{ table: 'operations' }])[0] ?? []);
    expect(rows().length).toBeLessThan(3);
    await world.run(60_000);
    await world.drive(a.sessions.annotate(id, { note: 'a note 21' }));
    world.offline.clear();
    await world.run(600_000);
    expect(rows()).toHaveLength(0);
    expect(await get(world, a, id)).toMatchObject({ note: 'a note 21', pending: false });
  });

  it('edited in two tabs with an older text before the eyes keep what both typed', async () => {
    const { world, id, devices, a } = await told();
    const tab = await world.open(devices[0], WITH);
    await world.run(1000);
    const seen = { note: 'a note', tags: [] };
    await world.drive(a.sessions.annotate(id, { note: 'a note from here', seen }));
    await world.drive(tab.sessions.annotate(id, { note: 'First: a note', tags: ['calm'], seen }));
    await world.run(1000);
    expect((await get(world, tab, id)).note).toBe('First: a note from here');
    await world.run(130_000);
    const shown = { note: 'First: a note from here', tags: ['calm'], pending: false };
    expect(await shownBy(world, id, a, tab)).toEqual([shown, shown]);
  });

  it('can be edited before the session was ever sent, and after it was edited elsewhere', async () => {
    const { world, devices, a, b } = await told();
    world.offline.add(devices[0]);
    const { id } = await world.drive(a.sessions.record(world.session(20, 10, { note: 'draft' })));
    expect(await world.drive(a.sessions.annotate(id, { note: 'draft one' }))).toMatchObject({ note: 'draft one', pending: true });
    world.offline.clear();
    await world.run(200_000);
    await world.drive(b.sessions.annotate(id, { note: 'draft one and two' }));
    await world.run(200_000);
    await world.drive(a.sessions.annotate(id, { note: 'The draft one and two' }));
    await world.run(200_000);
    const shown = { note: 'The draft one and two', tags: [], pending: false };
    expect(await shownBy(world, id, a, b)).toEqual([shown, shown]);
  });

  it('change by `amend` as by `annotate`, while times and category change by themselves and merge with nothing', async () => {
    const { world, id, devices, a, b } = await told();
    for (const device of devices) world.offline.add(device);
    await world.drive(a.sessions.amend(id, { note: 'a note of mine', category: 'rest' }));
    await world.drive(b.sessions.amend(id, { note: 'Not a note', category: 'sport' }));
    world.offline.clear();
    await world.run(600_000);
    const [one, other] = [await get(world, a, id), await get(world, b, id)];
    expect(one).toEqual(other);
    expect(one.note).toBe('Not a note of mine');
    expect(['rest', 'sport']).toContain(one.category);
  });

  it('an edit that changes nothing makes neither operation nor document', async () => {
    const { world, id, devices, a } = await told();
    const before = stored(devices[0]);
    expect(await world.drive(a.sessions.annotate(id, { note: 'a note', tags: [] }))).toMatchObject({ note: 'a note', pending: false });
    expect(stored(devices[0])).toBe(before);
  });

  it('[I-20] come back with their document when the server was restored to a time before the session', async () => {
    const { world, devices, a, b } = await told();
    world.server.save();
    const { id } = await world.drive(a.sessions.record(world.session(20, 10, { note: 'draft' })));
    await world.run(130_000);
    await world.drive(a.sessions.annotate(id, { note: 'draft one', tags: ['deep'] }));
    await world.run(130_000);
    world.server.restore();
    for (const device of devices) world.offline.add(device);
    await world.drive(b.sessions.annotate(id, { note: 'The draft one' }));
    world.offline.clear();
    await world.run(900_000);
    const shown = { note: 'The draft one', tags: ['deep'], pending: false };
    expect(await shownBy(world, id, a, b)).toEqual([shown, shown]);
  });

  it('[I-20] come back when the server was restored to a time before the tags alone were edited', async () => {
    const { world, id, a, b } = await told();
    world.server.save();
    await world.drive(a.sessions.annotate(id, { tags: ['deep'] }));
    await world.run(130_000);
    world.server.restore();
    await world.run(900_000);
    const shown = { note: 'a note', tags: ['deep'], pending: false };
    expect(await shownBy(world, id, a, b)).toEqual([shown, shown]);
  });

  it('[I-09] hold joined notes once when they are edited before the settlement that joins them is sent', async () => {
    const { world, id, devices, a } = await told();
    await world.drive(a.sessions.annotate(id, { note: 'a note, edited' }));
    await world.drive(a.sessions.record(world.session(50, 25, { note: 'another' })));
    await world.drive(a.sync());
    world.offline.add(devices[0]);
    await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind: 'merge_span' }).then((plan) => a.conflicts.resolve(plan)));
    await world.drive(a.sessions.amend(id, { note: `${(await get(world, a, id)).note}!` }));
    world.offline.clear();
    await world.run(400_000);
    expect((await get(world, a, id)).note.split('another')).toHaveLength(2);
  });

  it('[S-22] with a document that cannot be read here are edited all the same, and the server makes it an edit of its own', async () => {
    const { world, id, a, b } = await told();
    await world.drive(a.sessions.annotate(id, { note: 'a note, edited', tags: ['deep'] }));
    await world.drive(a.sync());
    world.distort = (_, answer) => ({ ...answer, body: answer.body.replaceAll(/"annotation":"[^"]*"/g, '"annotation":"AQEB/////w=="') });
    await world.drive(b.sync());
    world.distort = (_, answer) => answer;
    await world.drive(b.sessions.annotate(id, { note: 'a note, edited again' }));
    for (const engine of [b, a, b]) await world.drive(engine.sync());
    const shown = { note: 'a note, edited again', tags: ['deep'], pending: false };
    expect(await shownBy(world, id, a, b)).toEqual([shown, shown]);
  });

  it('are refused with every faulty field, for sessions that cannot be edited, and without the entry that merges', async () => {
    const { world, id, a } = await told();
    const refusal = (promise: Promise<unknown>) => world.drive(promise.then(() => null, (error: unknown) => error));
    expect(await refusal(a.sessions.annotate(id, { note: 'x'.repeat(4097), tags: ['', 'x'.repeat(65)] }))).toMatchObject({
      code: 'invalid_input', details: [{ path: 'note' }, { path: 'tags[0]' }, { path: 'tags[1]' }],
    });
    for (const [input, path] of [[null, ''], [['x'], ''], [{ note: 5 }, 'note'], [{ tags: 'deep' }, 'tags'], [{ note: 'x', seen: { note: 'y' } }, 'seen'], [{ tags: [], seen: 'x' }, 'seen']]) {
      expect(await refusal(a.sessions.annotate(id, input as never))).toMatchObject({ code: 'invalid_input', details: [{ path }] });
    }
    expect(await refusal(a.sessions.annotate('00000000-0000-4000-8000-0000000000ee', { note: 'x' }))).toMatchObject({ code: 'not_found' });
    const plain = await world.open(world.device());
    expect(await refusal(plain.sessions.annotate(id, { note: 'x' }))).toMatchObject({ code: 'unsupported' });
  });
});
