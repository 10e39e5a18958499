// What is asked for of one session without waiting for the answers takes effect in the order of asking.
import { expect, it } from 'vitest';
import { twoDevices } from './exchange-world.ts';

const MINUTE = 60_000;

it('changes that are asked for at once hold in that order, and a delete that is taken back at once is', async () => {
  const { world, a } = await twoDevices();
  const { id, startTime } = await world.drive(a.sessions.record(world.session(600, 25)));
  const other = await world.drive(a.sessions.record(world.session(300, 25)));
  await world.run(70_000);
  const amend = (minutes: number) => a.sessions.amend(id, { startTime, endTime: startTime + minutes * MINUTE });
  await world.drive(Promise.all([amend(30), amend(40), amend(50)]));
  expect(await world.drive(a.sessions.get(id))).toMatchObject({ duration: 50 });
  await world.drive(Promise.all([a.sessions.delete(other.id), a.sessions.restore(other.id)]));
  await world.run(70_000);
  expect(await world.drive(a.sessions.get(id))).toMatchObject({ duration: 50, pending: false });
  expect(await world.drive(a.sessions.get(other.id))).toMatchObject({ state: 'confirmed', pending: false });
});

it('a session is recorded and deleted, and a timer ended and changed, without waiting in between', async () => {
  const { world, a } = await twoDevices();
  const input = { ...world.session(60, 25), id: '00000000-0000-4000-8000-00000000c0de' };
  const running = await world.drive(a.sessions.start({ plannedDuration: 25, category: 'work' }));
  await world.run(5 * MINUTE);
  const asked = [a.sessions.record(input), a.sessions.delete(input.id), a.sessions.complete(running.id), a.sessions.amend(running.id, { category: 'study' })];
  await world.drive(Promise.all(asked));
  await world.run(70_000);
  expect(await world.drive(a.sessions.list({ states: ['confirmed', 'deleted'] }))).toMatchObject([{ id: running.id, category: 'study' }, { id: input.id, state: 'deleted' }]);
});

it('one that is refused holds up none after it', async () => {
  const { world, a } = await twoDevices();
  const { id } = await world.drive(a.sessions.record(world.session(600, 25)));
  await world.run(70_000);
  const asked = await world.drive(Promise.allSettled([a.sessions.restore(id), a.sessions.amend(id, { category: 'study' })]));
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});
