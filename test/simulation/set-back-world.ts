// What tests of a server that was set back have in common: the order in which devices come, and everything at rest again.
import type { SyncEngine } from '@syncline/core';
import { expect } from 'vitest';
import { type ExchangeWorld, type TwoDevices, USER } from './exchange-world.ts';

type Name = 'a' | 'b';

/** Which device meets the restored server first; both are on their way before either is told of the other. */
export const ORDERS: readonly (readonly (readonly Name[])[])[] = [[['a'], ['b'], ['a']], [['b'], ['a'], ['b']], [['a', 'b']]];

export async function syncAll(devices: TwoDevices, rounds: readonly (readonly Name[])[]): Promise<void> {
  for (const round of rounds) await devices.world.drive(Promise.all(round.map((name) => devices[name].sync())));
}

/** All three engines, the last one new to the account, once everything is quiet. */
export async function quiet({ world, a, b }: TwoDevices): Promise<readonly SyncEngine[]> {
  await world.run(400_000);
  const late = await world.open(world.device());
  await world.drive(late.sync());
  return [a, b, late];
}

export function expectNothingLeft({ status: { current } }: SyncEngine): void {
  expect(current.local).toMatchObject({ parked: 0 });
  expect(current.data_summary.unsynced_sessions).toBe(0);
}

export function storedIds(world: ExchangeWorld): readonly string[] {
  return world.server.stored(USER).map(({ id }) => id);
}
