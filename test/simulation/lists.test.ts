// Lists of sessions over history and what lies over it.
import { expect, it } from 'vitest';
import { twoDevices } from './exchange-world.ts';

const STATES = [undefined, ['confirmed'] as const];

it.each(STATES.flatMap((states) => [[states, 0], [states, 1]] as const))('a short list has what began with a session that was deleted since: states %s, twin %s', async (states, at) => {
  const { world, a } = await twoDevices();
  await world.drive(a.sessions.record(world.session(600, 25)));
  const twin = world.session(60, 25);
  const ids = [(await world.drive(a.sessions.record(twin))).id, (await world.drive(a.sessions.record(twin))).id];
  await world.run(70_000);
  await world.drive(a.sessions.delete(ids[at] ?? ''));
  await world.run(70_000);
  expect((await world.drive(a.sessions.list({ limit: 1, states }))).map(({ id }) => id)).toEqual([ids[1 - at]]);
});
