// The same work under two ids, proposed to a person on any device.
import { describe, expect, it } from 'vitest';
import { twoDevices } from './exchange-world.ts';

describe('the same work logged by two devices', () => {
  it('is proposed on both with its reasons, stays until a person decides, and is not proposed again after that', async () => {
    const { world, a, b } = await twoDevices();
    const one = await world.drive(a.sessions.record(world.session(120, 30)));
    const two = await world.drive(b.sessions.record(world.session(119, 30)));
    const other = await world.drive(b.sessions.record(world.session(60, 30)));
    await world.run(1000);
    for (const { conflicts } of [a, b]) {
      expect(await world.drive(conflicts.duplicates())).toEqual([
        { sessionIds: [one.id, two.id], score: expect.any(Number), reasons: ['close_times', 'same_length', 'same_project', 'same_category', 'other_device'] },
      ]);
    }
    expect((await world.drive(a.sessions.list())).map(({ id }) => id)).toEqual([other.id, two.id, one.id]);
    const [conflict] = a.conflicts.current;
    await world.drive(a.conflicts.plan(conflict?.id ?? '', { kind: 'keep_all' }).then((plan) => a.conflicts.resolve(plan)));
    await world.run(1000);
    for (const { conflicts } of [a, b]) expect(await world.drive(conflicts.duplicates())).toEqual([]);
  });
});
