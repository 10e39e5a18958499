// Watches what a device's store refuses: a fault of the disk is met by the transaction, or the opening, that it takes place in.
import type { DeviceSlot, World } from './world.ts';

export function watchRefusals(world: World, device: DeviceSlot): void {
  device.sim.disk.onRefusal = ({ kind }, code) => {
    if (kind === 'update' && code === 'aborted') world.marks.hit('storage.aborted');
    if (kind === 'open') world.marks.hit('storage.open-refused');
  };
}
