// An undo that comes after a later change of the same sessions: it comes to nothing, and the person is told so.
import { describe, expect, it } from 'vitest';
import { type TwoDevices, twoDevices } from './exchange-world.ts';

async function merged(): Promise<TwoDevices & { readonly id: string; readonly settlement: string }> {
  const devices = await twoDevices({ streams: false });
  const { world, a, b } = devices;
  const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
  await world.drive(a.sessions.record(world.session(100, 30)));
  const settlement = await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind: 'merge_span' }).then((plan) => a.conflicts.resolve(plan)));
  for (const engine of [a, b]) await world.drive(engine.sync());
  return { ...devices, id, settlement: settlement.id };
}

describe('an undo after a later change of a session', () => {
  it.each(['this device', 'another device'])('is refused where the change is known, made by %s', async (where) => {
    const { world, a, b, id, settlement } = await merged();
    const by = where === 'this device' ? a : b;
    await world.drive(by.sessions.amend(id, { note: 'changed' }));
    if (by === b) for (const engine of [b, a]) await world.drive(engine.sync());
    await expect(world.drive(a.conflicts.undo(settlement))).rejects.toMatchObject({ code: 'changed' });
    expect(a.conflicts.journal.current).toMatchObject([{ undoneAt: null, outcome: 'applied' }]);
    expect(a.conflicts.journal.current[0]).not.toHaveProperty('undoSuperseded');
  });

  it('comes to nothing where only the server knew of it; the journal of the device says so, and what was changed stands', async () => {
    const { world, a, b, id, settlement } = await merged();
    await world.drive(b.sessions.amend(id, { note: 'changed' }));
    await world.drive(b.sync());
    await world.drive(a.conflicts.undo(settlement));
    expect(a.conflicts.journal.current[0]?.undoneAt).not.toBeNull();
    for (const engine of [a, b]) await world.drive(engine.sync());
    for (const engine of [a, b]) {
      expect(engine.conflicts.journal.current).toMatchObject([{ id: settlement, outcome: 'applied', undoneAt: null }]);
      expect(await world.drive(engine.sessions.list())).toMatchObject([{ id, note: 'changed', duration: 50, pending: false }]);
      expect(engine.status.current).toMatchObject({ sync_status: 'healthy', local: { parked: 0 } });
    }
    expect(a.conflicts.journal.current[0]?.undoSuperseded).toBe(true);
    expect(b.conflicts.journal.current[0]).not.toHaveProperty('undoSuperseded');
  });

  it('is refused before anything is sent, where this device changed a session after settling', async () => {
    const { world, first, a } = await twoDevices({ streams: false });
    world.offline.add(first);
    const { id } = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.drive(a.sessions.record(world.session(100, 30)));
    const settlement = await world.drive(a.conflicts.plan(a.conflicts.current[0]?.id ?? '', { kind: 'merge_span' }).then((plan) => a.conflicts.resolve(plan)));
    await world.drive(a.sessions.amend(id, { note: 'changed' }));
    await expect(world.drive(a.conflicts.undo(settlement.id))).rejects.toMatchObject({ code: 'changed' });
    expect(a.conflicts.journal.current).toMatchObject([{ id: settlement.id, undoneAt: null, outcome: 'pending' }]);
  });

  it('of a settlement that another one overtook leaves it superseded', async () => {
    const { world, first, a, b } = await twoDevices({ streams: false });
    await world.drive(a.sessions.record(world.session(120, 30)));
    await world.drive(a.sessions.record(world.session(100, 30)));
    for (const engine of [a, b]) await world.drive(engine.sync());
    world.offline.add(first);
    const settle = (engine: typeof a, kind: 'merge_span' | 'merge_sum') => engine.conflicts.plan(engine.conflicts.current[0]?.id ?? '', { kind }).then((plan) => engine.conflicts.resolve(plan));
    const late = await world.drive(settle(a, 'merge_span'));
    await world.drive(a.conflicts.undo(late.id));
    const early = await world.drive(settle(b, 'merge_sum'));
    await world.drive(b.sync());
    world.offline.delete(first);
    for (const engine of [a, b, a]) await world.drive(engine.sync());
    const outcomes = new Map(a.conflicts.journal.current.map(({ id, outcome, undoneAt }) => [id, [outcome, undoneAt]]));
    expect(outcomes).toEqual(new Map([[early.id, ['applied', null]], [late.id, ['superseded', null]]]));
  });

  it('is none where the sessions are as the settlement left them', async () => {
    const { world, a, b, settlement } = await merged();
    await world.drive(b.conflicts.undo(settlement));
    for (const engine of [b, a]) await world.drive(engine.sync());
    for (const engine of [a, b]) expect(engine.conflicts.current).toHaveLength(1);
  });
});
