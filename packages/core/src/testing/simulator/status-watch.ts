// What a device commits, each of its tabs that is awake tells its subscriber in time (I-12), and all tell the same, as long as nothing keeps its tabs
// from their store or from one another. What was held is read from the disk, what was told is kept when a subscriber hears it.
import type { EngineStatus, SyncEngine } from '../../api.ts';
import type { DeedName } from './action.ts';
import { isVolatile } from './oracle/status.ts';
import type { DeviceSlot, TabSlot, World } from './world.ts';

/** A status may be behind what happened for so long. */
const TOLD_WITHIN_MS = 30_000;
const SAID_WITHIN_MS = 1000;
/** Deeds by which tabs do without their store, or hear of others late; those that last do so until they end. */
const TROUBLES: ReadonlySet<DeedName> = new Set<DeedName>(['freeze', 'sleep', 'deafen', 'power', 'evict', 'clone', 'full', 'abort', 'handle', 'refuse-open', 'upgrade']);

interface Held {
  readonly pending: number;
  /** Since when. */
  readonly at: number;
}

export class StatusWatch {
  readonly #world: World;
  /** How many sessions each device's store held unsent, the last that it held before the time that a status may be behind included. */
  readonly #held = new Map<number, readonly Held[]>();
  /** When the head of each device's store was written last. */
  readonly #committedAt = new Map<number, number>();
  readonly #told = new WeakMap<SyncEngine, EngineStatus>();
  readonly #troubledAt = new Map<number, number>();
  /** Devices whose tabs did not hear one another: what was not heard is made up for by the next that is. */
  readonly #deaf = new Set<number>();
  /** Devices that are looked at later. */
  readonly #waiting = new Set<number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The subscriber of that tab hears it. */
  told({ engine }: TabSlot, status: EngineStatus): void {
    if (engine !== null) this.#told.set(engine, status);
  }

  /** That deed is done to that device or one of its tabs, now or until it has lasted. */
  happened(device: DeviceSlot, deed: { readonly do: DeedName; readonly forMs?: number }): void {
    if (!TROUBLES.has(deed.do)) return;
    this.trouble(device);
    if (deed.do === 'deafen') this.#deaf.add(device.index);
    const { scheduler } = this.#world;
    if (deed.forMs !== undefined) scheduler.schedule(scheduler.now + deed.forMs, () => this.trouble(device));
  }

  /** From here on its tabs have as long again. */
  trouble(device: DeviceSlot): void {
    this.#troubledAt.set(device.index, this.#world.elapsed);
  }

  /** Its store holds so many sessions unsent from now on. To be called with each change of its head. */
  holds(device: DeviceSlot, pending: number): void {
    if (!device.sim.channels.isDeaf && this.#deaf.delete(device.index)) this.trouble(device);
    const { elapsed } = this.#world;
    const held = this.#held.get(device.index) ?? [];
    if (held.at(-1)?.pending !== pending) this.#held.set(device.index, [...held, { pending, at: elapsed }]);
    this.#committedAt.set(device.index, elapsed);
    this.#lookAt(device, elapsed + TOLD_WITHIN_MS);
  }

  /** Its store is not what it was: what it held before says nothing of it. */
  forget(device: DeviceSlot): void {
    this.#held.delete(device.index);
  }

  /** An old tab keeps that one from its store: where it does without, it says so, and why (A06). */
  blocked(slot: TabSlot): void {
    const { page, engine: before } = slot;
    // One that has an engine had to do without its store before, and told why.
    if (before !== null) return;
    const { scheduler } = this.#world;
    scheduler.schedule(scheduler.now + SAID_WITHIN_MS, () => {
      const status = slot.engine === null ? undefined : this.#told.get(slot.engine);
      if (slot.page !== page || page?.tab.running !== true || status === undefined || !isVolatile(status)) return;
      if (!status.local.problems.includes('upgrade_blocked')) this.#world.violate('A06', `tab ${slot.device.index}.${slot.index}: does without its store, and does not say that an old tab blocks it`);
    });
  }

  #lookAt(device: DeviceSlot, at: number): void {
    if (this.#waiting.has(device.index)) return;
    this.#waiting.add(device.index);
    this.#world.scheduler.schedule(this.#world.start + at, () => {
      this.#waiting.delete(device.index);
      this.#look(device);
    });
  }

  #look(device: DeviceSlot): void {
    const since = this.#world.elapsed - TOLD_WITHIN_MS;
    if (isTroubled(device) || this.#deaf.has(device.index)) this.trouble(device);
    const troubledAt = this.#troubledAt.get(device.index) ?? since;
    if (troubledAt > since) return this.#lookAt(device, troubledAt + TOLD_WITHIN_MS);
    const held = this.#held.get(device.index) ?? [];
    const recent = held.slice(Math.max(0, held.findLastIndex(({ at }) => at <= since)));
    this.#held.set(device.index, recent);
    const told = device.tabs.flatMap((slot) => this.#toldBy(slot));
    for (const { place, status } of told) this.#checkPending(place, status, recent);
    const committedAt = this.#committedAt.get(device.index) ?? since;
    const next = recent.find(({ at }) => at > since)?.at ?? committedAt;
    if (next > since) return this.#lookAt(device, next + TOLD_WITHIN_MS);
    const [first, ...others] = told;
    const other = others.find(({ status }) => first !== undefined && factsOf(status) !== factsOf(first.status));
    if (other !== undefined) this.#world.violate('I-12', `${other.place} says something else than ${first?.place}, and nothing was committed for ${TOLD_WITHIN_MS / 1000} s`);
  }

  /** The last that the subscriber of a tab heard, where the tab is awake. What is held without its store, or is being put back, no disk tells. */
  #toldBy({ device, engine, index, page }: TabSlot): readonly { readonly place: string; readonly status: EngineStatus }[] {
    const status = engine === null ? undefined : this.#told.get(engine);
    const isJudged = status !== undefined && page?.tab.running === true && !isVolatile(status) && !this.#world.monitor.isRescuing(device);
    return isJudged ? [{ place: `tab ${device.index}.${index}`, status }] : [];
  }

  #checkPending(place: string, { devices, local: { device_id: own } }: EngineStatus, recent: readonly Held[]): void {
    const said = devices?.find(({ device_id: id }) => id === own)?.sessions_pending;
    // Nothing is known of a store that was begun anew until somebody writes it.
    if (said === undefined || recent.length === 0 || recent.some(({ pending }) => pending === said)) return;
    const held = recent.map(({ pending }) => pending).join(', then ');
    this.#world.violate('I-12', `${place}: still says ${said} pending, its store held ${held} for ${TOLD_WITHIN_MS / 1000} s`);
  }
}

/** What a status tells that no clock changes. */
function factsOf({ data_summary: summary, devices = [], local: { parked, possibly_lost: lost } }: EngineStatus): string {
  return JSON.stringify([summary, parked, lost, devices.map(({ device_id: id, sessions_pending: pending, last_seen: seen }) => [id, pending, seen])]);
}

/** Whether something that lasts still keeps its tabs from telling anything. */
function isTroubled({ sim: { disk } }: DeviceSlot): boolean {
  return disk.isRefusing || disk.unavailable || disk.isBlocked;
}
