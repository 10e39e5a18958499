// One tab or worker as a place where code runs: running, suspended (frozen, or its device asleep), or dead.
// Every double hands its results to the engine through here, so that a frozen tab hears nothing and a dead one never again.
import type { Cancel } from '../ports.ts';
import type { SimScheduler } from './sim-scheduler.ts';

export class SimTab {
  readonly name: string;
  readonly scheduler: SimScheduler;
  #suspensions = 0;
  #alive = true;
  #held: (() => void)[] = [];
  readonly #onKill = new Set<() => void>();
  readonly #onResume = new Set<() => void>();

  constructor(scheduler: SimScheduler, name: string) {
    this.scheduler = scheduler;
    this.name = name;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get suspended(): boolean {
    return this.#suspensions > 0;
  }

  /** Whether code of this tab can run now. */
  get running(): boolean {
    return this.#alive && this.#suspensions === 0;
  }

  /** Runs it now, or when the tab runs again, or never once it is dead. */
  deliver(run: () => void): void {
    if (!this.#alive) return;
    if (this.#suspensions > 0) this.#held.push(run);
    else run();
  }

  /** Stops the tab. Suspensions add up: a frozen tab of a sleeping device needs both undone. */
  suspend(): void {
    this.#suspensions += 1;
  }

  /** Undoes one suspension; after the last, what was held is delivered in order, each as an event of its own. */
  resume(): void {
    if (this.#suspensions === 0) return;
    this.#suspensions -= 1;
    if (this.#suspensions > 0 || !this.#alive) return;
    const held = this.#held;
    this.#held = [];
    for (const run of held) this.scheduler.schedule(this.scheduler.now, () => this.deliver(run));
    for (const listener of [...this.#onResume]) listener();
  }

  /** Ends it as a crash does: nothing of it runs again, and what it held of the world is let go. */
  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#held = [];
    for (const listener of [...this.#onKill]) listener();
    this.#onKill.clear();
    this.#onResume.clear();
  }

  onKill(listener: () => void): Cancel {
    this.#onKill.add(listener);
    return () => void this.#onKill.delete(listener);
  }

  onResume(listener: () => void): Cancel {
    this.#onResume.add(listener);
    return () => void this.#onResume.delete(listener);
  }
}

/** A running tab of that name. */
export function createSimTab(scheduler: SimScheduler, name: string): SimTab {
  return new SimTab(scheduler, name);
}
