// BroadcastChannel: news among the tabs and workers of one origin.
import type { Cancel, Channel, ChannelFactory } from '../ports.ts';

class BroadcastNews implements Channel {
  readonly #channel: BroadcastChannel;
  readonly #send: (message: unknown) => void;
  readonly #listeners = new Set<(message: unknown) => void>();
  #closed = false;

  constructor(channel: BroadcastChannel) {
    this.#channel = channel;
    this.#send = channel.postMessage.bind(channel);
    // In Node an open channel would keep the process alive.
    (channel as { unref?: () => void }).unref?.();
    channel.onmessage = (event) => {
      for (const listener of [...this.#listeners]) listener(event.data);
    };
  }

  post(message: unknown): void {
    if (!this.#closed) this.#send(message);
  }

  subscribe(listener: (message: unknown) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#channel.close();
  }
}

// News are hints: without them tabs find out when they look.
const silent: Channel = { post: () => undefined, subscribe: () => () => undefined, close: () => undefined };

/** The channels port over BroadcastChannel; silent where there is none. */
export function createBroadcastChannels(): ChannelFactory {
  return { open: (name) => (typeof BroadcastChannel === 'undefined' ? silent : new BroadcastNews(new BroadcastChannel(name))) };
}
