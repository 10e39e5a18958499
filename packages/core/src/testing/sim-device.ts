// One simulated device: a disk, a clock, and tabs that share locks and channels; with what people and operating systems do to it.
import type { Ids, Ports } from '../ports.ts';
import { createMemoryStores } from './memory-store.ts';
import { createSimChannels, type SimChannels } from './sim-channel.ts';
import { createSimClock, createSimDeviceClock, type SimClock, type SimDeviceClock, type SimDeviceClockOptions } from './sim-clock.ts';
import { createSimDisk, type SimDisk, type SimDiskOptions } from './sim-disk.ts';
import { createSimLifecycle, type SimLifecycle } from './sim-lifecycle.ts';
import { createSimLocks, type SimLocks } from './sim-locks.ts';
import type { SimScheduler } from './sim-scheduler.ts';
import { createSimTab, type SimTab } from './sim-tab.ts';
import { createSimTransport, type SimHandler, type SimNetworkPolicy, type SimStreamHandler, type SimTransport } from './sim-transport.ts';

export interface SimDeviceOptions extends SimDeviceClockOptions, SimDiskOptions {
  readonly name?: string | undefined;
  /** An existing disk instead of an empty one: a cloned or restored profile. */
  readonly disk?: SimDisk | undefined;
}

export interface SimPageOptions {
  readonly name?: string | undefined;
  readonly ids: Ids;
  readonly server: SimHandler;
  readonly network?: SimNetworkPolicy | undefined;
  /** Streams of that server; without it the platform cannot stream. */
  readonly streams?: SimStreamHandler | undefined;
}

const HIDDEN_THROTTLE_MS = 60_000;

/** One open tab with its seven ports. */
export class SimPage {
  readonly tab: SimTab;
  readonly clock: SimClock;
  readonly lifecycle: SimLifecycle;
  readonly transport: SimTransport;
  readonly ports: Ports;
  #frozen = false;

  constructor(device: SimDevice, tab: SimTab, options: SimPageOptions) {
    this.tab = tab;
    this.clock = createSimClock(device.clock, tab);
    this.lifecycle = createSimLifecycle(tab);
    this.transport = createSimTransport(tab, options.server, options.network, options.streams);
    this.ports = {
      clock: this.clock,
      ids: options.ids,
      stores: createMemoryStores(device.disk, tab),
      transport: this.transport,
      locks: device.locks.forTab(tab),
      channels: device.channels.forTab(tab),
      lifecycle: this.lifecycle,
    };
  }

  hide(): void {
    this.clock.throttleMs = HIDDEN_THROTTLE_MS;
    this.lifecycle.emit('hidden');
  }

  show(): void {
    this.clock.throttleMs = 0;
    this.lifecycle.emit('visible');
  }

  /** Freezes it as browsers do with hidden tabs: told first, unless `silently` or asleep, then nothing runs. It keeps its locks. */
  freeze(silently = false): void {
    if (this.#frozen) return;
    this.#frozen = true;
    // What sleeps would hear of it once it has thawed.
    if (!silently && this.tab.running) this.lifecycle.emit('freeze');
    this.tab.suspend();
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.tab.resume();
    this.lifecycle.emit('resume');
  }

  /** Crash, discard or close: nothing of it runs again. */
  kill(): void {
    this.tab.kill();
  }
}

export class SimDevice {
  readonly name: string;
  readonly scheduler: SimScheduler;
  readonly clock: SimDeviceClock;
  readonly disk: SimDisk;
  readonly locks: SimLocks;
  readonly channels: SimChannels;
  #pages: SimPage[] = [];
  #opened = 0;
  #asleep = false;

  constructor(scheduler: SimScheduler, options: SimDeviceOptions = {}) {
    this.scheduler = scheduler;
    this.name = options.name ?? 'device';
    this.clock = createSimDeviceClock(scheduler, options);
    this.disk = options.disk ?? createSimDisk(scheduler, options);
    this.locks = createSimLocks();
    this.channels = createSimChannels(scheduler);
  }

  /** Tabs that are alive, oldest first. */
  get pages(): readonly SimPage[] {
    this.#pages = this.#pages.filter((page) => page.tab.alive);
    return this.#pages;
  }

  get asleep(): boolean {
    return this.#asleep;
  }

  openPage(options: SimPageOptions): SimPage {
    this.#opened += 1;
    const page = new SimPage(this, createSimTab(this.scheduler, options.name ?? `${this.name}.${this.#opened}`), options);
    if (this.#asleep) page.tab.suspend();
    this.#pages.push(page);
    return page;
  }

  /** The lid closes: nothing runs, the wall clock goes on. */
  sleep(): void {
    if (this.#asleep) return;
    this.#asleep = true;
    this.clock.sleep();
    for (const page of this.pages) page.tab.suspend();
  }

  wake(): void {
    if (!this.#asleep) return;
    this.#asleep = false;
    this.clock.wake();
    for (const page of this.pages) page.tab.resume();
  }

  /** The machine dies: every tab is gone, and of the relaxed commits since the last strict one only the oldest `kept` are left. */
  crash(kept = 0): void {
    for (const page of this.pages) page.kill();
    this.disk.crash(kept);
  }
}

/** A device with no tab open yet. */
export function createSimDevice(scheduler: SimScheduler, options?: SimDeviceOptions): SimDevice {
  return new SimDevice(scheduler, options);
}
