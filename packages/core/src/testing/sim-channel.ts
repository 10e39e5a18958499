// News among the tabs of one simulated origin: delayed, lost or repeated as a policy says; held while the listener is frozen.
import type { Cancel, Channel, ChannelFactory } from '../ports.ts';
import { cloneValue } from './clone-value.ts';
import type { SimScheduler } from './sim-scheduler.ts';
import type { SimTab } from './sim-tab.ts';

/** Delays, in milliseconds, after which one listener hears a message: `[0]` at once, `[]` never, `[0, 50]` twice. */
export type SimChannelPolicy = (from: SimTab, to: SimTab, name: string) => readonly number[];

const AT_ONCE: readonly number[] = [0];

/** All channels of one device's origin. */
export class SimChannels {
  readonly #scheduler: SimScheduler;
  readonly #open = new Map<string, Set<SimChannel>>();
  policy: SimChannelPolicy = () => AT_ONCE;
  /** Nobody hears anything. */
  isDeaf = false;

  constructor(scheduler: SimScheduler) {
    this.#scheduler = scheduler;
  }

  /** The channels port of one tab. */
  forTab(tab: SimTab): ChannelFactory {
    return { open: (name) => this.#openFor(tab, name) };
  }

  /** For the channels: hands a message to every other channel of that name. */
  post(from: SimChannel, message: unknown): void {
    for (const to of this.#open.get(from.name) ?? []) {
      if (to === from || this.isDeaf) continue;
      for (const delay of this.policy(from.tab, to.tab, from.name)) {
        const copy = cloneValue(message);
        this.#scheduler.schedule(this.#scheduler.now + delay, () => to.tab.deliver(() => to.receive(copy)));
      }
    }
  }

  /** For the channels: one of them is closed. */
  detach(channel: SimChannel): void {
    this.#open.get(channel.name)?.delete(channel);
  }

  #openFor(tab: SimTab, name: string): Channel {
    const channel = new SimChannel(this, tab, name);
    const all = this.#open.get(name) ?? new Set();
    this.#open.set(name, all.add(channel));
    tab.onKill(() => this.detach(channel));
    return channel;
  }
}

class SimChannel implements Channel {
  readonly name: string;
  readonly tab: SimTab;
  readonly #hub: SimChannels;
  readonly #listeners = new Set<(message: unknown) => void>();
  #closed = false;

  constructor(hub: SimChannels, tab: SimTab, name: string) {
    this.#hub = hub;
    this.tab = tab;
    this.name = name;
  }

  post(message: unknown): void {
    if (!this.#closed && this.tab.alive) this.#hub.post(this, message);
  }

  subscribe(listener: (message: unknown) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  receive(message: unknown): void {
    for (const listener of [...this.#listeners]) listener(message);
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#hub.detach(this);
  }
}

export function createSimChannels(scheduler: SimScheduler): SimChannels {
  return new SimChannels(scheduler);
}
