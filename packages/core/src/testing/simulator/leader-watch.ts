// A leader that is frozen is replaced by a tab that is awake, as long as nothing else troubles their device (B01).
import type { DeedName } from './action.ts';
import type { DeviceSlot, TabSlot, World } from './world.ts';

/** With nothing to send a leader may be silent for so long; then a knock, and the time to answer it. */
const REPLACED_WITHIN_MS = 150_000 + 8000 + 12_000;
/** How much longer it may take where the clock was set meanwhile, which hides how long the leader has been silent. */
const CLOCK_SET_MS = 150_000;

export class LeaderWatch {
  readonly #world: World;
  readonly #troubledAt = new Map<number, number>();
  readonly #clockSetAt = new Map<number, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Something happened to that device, or to a tab of it, by which its tabs may be late. */
  trouble(device: DeviceSlot): void {
    this.#troubledAt.set(device.index, this.#world.elapsed);
  }

  /** The same, unless only its clock was set. */
  happened(device: DeviceSlot, what: DeedName): void {
    if (what === 'clock') this.#clockSetAt.set(device.index, this.#world.elapsed);
    else this.trouble(device);
  }

  /** That tab has just been frozen while it led. */
  frozen(slot: TabSlot): void {
    const { device, page } = slot;
    const since = this.#world.elapsed;
    const others = device.tabs.filter((other) => other !== slot && isAwake(other)).map((other) => ({ other, engine: other.engine }));
    if (others.length === 0) return;
    this.trouble(device);
    const { scheduler } = this.#world;
    const look = (): void => {
      const isSame = slot.page === page && page?.tab.alive && !page.tab.running && others.every(({ other, engine }) => other.engine === engine && isAwake(other));
      if (!isSame || this.#troubledAt.get(device.index) !== since) return;
      this.#world.marks.hit('tab.frozen.replaced');
      if (!device.tabs.some((tab) => isAwake(tab) && tab.engine?.status.current.local.leader)) this.#world.violate('B01', `device ${device.index} has a frozen leader, and nobody took over`);
    };
    scheduler.schedule(scheduler.now + REPLACED_WITHIN_MS, () => {
      if ((this.#clockSetAt.get(device.index) ?? Number.NEGATIVE_INFINITY) < since) look();
      else scheduler.schedule(scheduler.now + CLOCK_SET_MS, look);
    });
  }
}

function isAwake({ engine, page, device }: TabSlot): boolean {
  const { disk } = device.sim;
  return engine !== null && page !== null && page.tab.running && page.lifecycle.visible() && !disk.full && !disk.unavailable && !disk.isBlocked;
}
