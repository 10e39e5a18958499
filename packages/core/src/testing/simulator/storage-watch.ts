// Watches what a device's store refuses: a fault of the disk is met by the transaction, or the opening, that it takes place in.
import type { DeviceSlot, World } from './world.ts';

export function watchRefusals(world: World, device: DeviceSlot): void {
  device.sim.disk.onRefusal = ({ kind, tab }, code) => {
    if (kind === 'update' && code === 'aborted') world.marks.hit('storage.aborted');
    if (kind === 'open') world.marks.hit(code === 'blocked' ? 'storage.upgrade-blocked' : 'storage.open-refused');
    const slot = device.tabs.find(({ page }) => page?.tab === tab);
    if (code === 'blocked' && slot !== undefined) world.statusWatch.blocked(slot);
  };
}
