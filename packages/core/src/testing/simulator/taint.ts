// Nothing of one account reaches another (I-10): every text of an account carries its mark, and what crosses a port is searched for others'.
import type { DeviceSlot, World } from './world.ts';

/** The mark of that account, part of every text of it. */
export function canaryOf(user: number): string {
  return `canary-${user}`;
}

/** Whether text carries the mark of another account than that one. */
export function carriesOther(world: World, user: number, text: string): boolean {
  return world.userIds.some((_, other) => other !== user && text.includes(canaryOf(other)));
}

/** @param where it was found, in words. */
export function checkTaint(world: World, device: DeviceSlot, where: string, text: string | undefined): void {
  if (world.plan.users < 2 || text === undefined) return;
  if (carriesOther(world, device.plan.user, text)) world.violate('I-10', `${where} of device ${device.index} carries text of another account`);
}
