// The order of transactions on one simulated database: one at a time, first come, first served; a suspended tab is passed over.
import type { SimScheduler } from './sim-scheduler.ts';
import type { SimTab } from './sim-tab.ts';

export interface StoreJob {
  readonly tab: SimTab;
  readonly latencyMs: number;
  /** Does the work; calls `done` when the next job may begin, at once or by a later event. */
  run(done: () => void): void;
}

export class MemoryQueue {
  readonly #scheduler: SimScheduler;
  #jobs: StoreJob[] = [];
  #busy = false;

  constructor(scheduler: SimScheduler) {
    this.#scheduler = scheduler;
  }

  add(job: StoreJob): void {
    this.#jobs.push(job);
    this.pump();
  }

  /** To be called when a tab came back or died. */
  pump(): void {
    if (this.#busy) return;
    const index = this.#jobs.findIndex((job) => job.tab.running || !job.tab.alive);
    const [job] = index < 0 ? [] : this.#jobs.splice(index, 1);
    if (!job) return;
    if (!job.tab.alive) return this.pump();
    this.#busy = true;
    this.#scheduler.schedule(this.#scheduler.now + job.latencyMs, () => this.#start(job));
  }

  #start(job: StoreJob): void {
    const done = (): void => {
      this.#busy = false;
      this.pump();
    };
    if (job.tab.running) return job.run(done);
    if (job.tab.alive) this.#jobs.unshift(job);
    done();
  }
}
