// What the page and the platform say of themselves. Closes and stops nothing by itself: what to do is the engine's to decide.
import type { Cancel, Lifecycle, LifecycleEvent } from '../ports.ts';

/** The parts of the platform that are listened to; a worker has no document, Node has none of them. */
export interface LifecyclePlatform {
  readonly document?: (EventTarget & { readonly visibilityState: string }) | undefined;
  readonly navigator?: { readonly onLine?: boolean | undefined } | undefined;
  readonly window?: Partial<Pick<EventTarget, 'addEventListener'>> | undefined;
}

const DOCUMENT_EVENTS: readonly LifecycleEvent[] = ['freeze', 'resume'];
const WINDOW_EVENTS: readonly LifecycleEvent[] = ['online', 'offline', 'pagehide', 'pageshow'];

class BrowserLifecycle implements Lifecycle {
  readonly #platform: LifecyclePlatform;

  constructor(platform: LifecyclePlatform) {
    this.#platform = platform;
  }

  visible(): boolean {
    return (this.#platform.document?.visibilityState ?? 'visible') !== 'hidden';
  }

  online(): boolean {
    return this.#platform.navigator?.onLine ?? true;
  }

  subscribe(listener: (event: LifecycleEvent) => void): Cancel {
    const { document, window } = this.#platform;
    const stop = new AbortController();
    const options = { signal: stop.signal };
    document?.addEventListener('visibilitychange', () => listener(this.visible() ? 'visible' : 'hidden'), options);
    for (const event of DOCUMENT_EVENTS) document?.addEventListener(event, () => listener(event), options);
    for (const event of WINDOW_EVENTS) window?.addEventListener?.(event, () => listener(event), options);
    return () => stop.abort();
  }
}

/** The lifecycle port of this page or worker. */
export function createBrowserLifecycle(platform?: LifecyclePlatform): Lifecycle {
  return new BrowserLifecycle(platform ?? { document: globalThis.document, navigator: globalThis.navigator, window: globalThis });
}
