// What a simulated page says of itself and of the network. Emits nothing by itself; a test or `SimDevice` moves it.
import type { Cancel, Lifecycle, LifecycleEvent } from '../ports.ts';
import type { SimTab } from './sim-tab.ts';

export class SimLifecycle implements Lifecycle {
  readonly #tab: SimTab;
  readonly #listeners = new Set<(event: LifecycleEvent) => void>();
  #visible = true;
  #online = true;

  constructor(tab: SimTab) {
    this.#tab = tab;
  }

  visible(): boolean {
    return this.#visible;
  }

  online(): boolean {
    return this.#online;
  }

  subscribe(listener: (event: LifecycleEvent) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells the listeners; `visible`, `hidden`, `online` and `offline` also change what the two questions answer. */
  emit(event: LifecycleEvent): void {
    if (event === 'visible' || event === 'hidden') this.#visible = event === 'visible';
    if (event === 'online' || event === 'offline') this.#online = event === 'online';
    for (const listener of [...this.#listeners]) this.#tab.deliver(() => listener(event));
  }

  /** Changes what `online()` answers and tells nobody: the hint that lies. */
  pretendOnline(online: boolean): void {
    this.#online = online;
  }
}

export function createSimLifecycle(tab: SimTab): SimLifecycle {
  return new SimLifecycle(tab);
}
