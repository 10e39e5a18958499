// A leader that is frozen is replaced by a tab that is awake, as long as nothing else troubles their device (B01).
import type { DeviceSlot, TabSlot, World } from './world.ts';

/** With nothing to send a leader may be silent for so long; then a knock, and the time to answer it. */
const REPLACED_WITHIN_MS = 150_000 + 8000 + 12_000;

export class LeaderWatch {
  readonly #world: World;
  readonly #troubledAt = new Map<number, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Something happened to that device, or to a tab of it, by which its tabs may be late. */
  trouble(device: DeviceSlot): void {
    this.#troubledAt.set(device.index, this.#world.elapsed);
  }

  /** That tab has just been frozen while it led. */
  frozen(slot: TabSlot): void {
    const { device, page } = slot;
    const since = this.#world.elapsed;
    const others = device.tabs.filter((other) => other !== slot && isAwake(other)).map((other) => ({ other, engine: other.engine }));
    if (others.length === 0) return;
    this.trouble(device);
    this.#world.scheduler.schedule(this.#world.scheduler.now + REPLACED_WITHIN_MS, () => {
      const isSame = slot.page === page && page?.tab.alive && !page.tab.running && others.every(({ other, engine }) => other.engine === engine && isAwake(other));
      if (!isSame || this.#troubledAt.get(device.index) !== since) return;
      this.#world.marks.hit('tab.frozen.replaced');
      if (!device.tabs.some((tab) => isAwake(tab) && tab.engine?.status.current.local.leader)) this.#world.violate('B01', `device ${device.index} has a frozen leader, and nobody took over`);
    });
  }
}

function isAwake({ engine, page, device }: TabSlot): boolean {
  const { disk } = device.sim;
  return engine !== null && page !== null && page.tab.running && page.lifecycle.visible() && !disk.full && !disk.unavailable;
}
