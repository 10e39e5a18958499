// From a plan that fails to a small plan that fails in the same way.
// Removes first, simplifies last: actions by delta debugging, then devices and tabs, then instants and lengths of time.
import type { Action, Plan } from './action.ts';

export interface ShrinkOptions {
  /** Whether this plan still shows the failure. */
  readonly fails: (plan: Plan) => Promise<boolean>;
  /** Milliseconds of whatever clock the caller trusts; only differences matter. */
  readonly now: () => number;
  /** Stops improving after this long; 60,000 by default. */
  readonly budgetMs?: number | undefined;
}

export interface Shrunk {
  readonly plan: Plan;
  /** Plans tried. */
  readonly tries: number;
  /** Whether the time ran out before nothing more could be taken away. */
  readonly outOfTime: boolean;
}

/** The smallest plan found. Returns the one given when nothing can be taken away. */
export async function shrinkPlan(plan: Plan, options: ShrinkOptions): Promise<Shrunk> {
  const search = new Search(plan, options);
  let before: Plan;
  do {
    before = search.best;
    await search.removeActions();
    await search.removeDevices();
    await search.simplifyDevices();
    await search.simplifyActions();
  } while (search.best !== before && !search.late());
  return { plan: search.best, tries: search.tries, outOfTime: search.late() };
}

class Search {
  best: Plan;
  tries = 0;
  readonly #options: ShrinkOptions;
  readonly #deadline: number;

  constructor(plan: Plan, options: ShrinkOptions) {
    this.best = plan;
    this.#options = options;
    this.#deadline = options.now() + (options.budgetMs ?? 60_000);
  }

  late(): boolean {
    return this.#options.now() >= this.#deadline;
  }

  /** Zeller's ddmin over the list of actions. */
  async removeActions(): Promise<void> {
    let parts = 2;
    while (this.best.actions.length > 0 && !this.late()) {
      const { actions } = this.best;
      const size = Math.ceil(actions.length / parts);
      let shorter = false;
      for (let from = 0; from < actions.length && !shorter; from += size) {
        const rest = [...actions.slice(0, from), ...actions.slice(from + size)];
        shorter = await this.#accept({ ...this.best, actions: rest });
      }
      if (shorter) parts = Math.max(2, parts - 1);
      else if (size <= 1) return;
      else parts = Math.min(actions.length, parts * 2);
    }
  }

  /** Devices that nothing happens on, from the last to the first; the others keep their letters' order. */
  async removeDevices(): Promise<void> {
    for (let index = this.best.devices.length - 1; index >= 0 && this.best.devices.length > 1; index -= 1) {
      const without = withoutDevice(this.best, index);
      if (without !== null) await this.#accept(without);
    }
  }

  async simplifyDevices(): Promise<void> {
    const plain = { tabs: 1, clockAheadMs: 0, driftPpm: 0, latencyMs: 40 };
    for (let index = 0; index < this.best.devices.length; index += 1) {
      for (const [key, value] of Object.entries(plain)) {
        const devices = this.best.devices.map((device, at) => (at === index ? { ...device, [key]: value } : device));
        if (JSON.stringify(devices) !== JSON.stringify(this.best.devices)) await this.#accept({ ...this.best, devices });
      }
    }
  }

  /** Rounds instants and lengths: a second, a minute, or whatever is left of them at lower precision. */
  async simplifyActions(): Promise<void> {
    for (let index = 0; index < this.best.actions.length; index += 1) {
      for (const simpler of simplerActions(this.best.actions[index])) {
        const actions = this.best.actions.map((action, at) => (at === index ? simpler : action));
        if (await this.#accept({ ...this.best, actions: actions.sort((a, b) => a.at - b.at) })) break;
      }
    }
  }

  async #accept(candidate: Plan): Promise<boolean> {
    if (this.late()) return false;
    this.tries += 1;
    if (!(await this.#options.fails(candidate))) return false;
    this.best = candidate;
    return true;
  }
}

function withoutDevice(plan: Plan, index: number): Plan | null {
  if (plan.actions.some((action) => 'device' in action && action.device === index)) return null;
  const actions = plan.actions.map((action) =>
    'device' in action && action.device > index ? { ...action, device: action.device - 1 } : action,
  );
  return { ...plan, devices: plan.devices.filter((_, at) => at !== index), actions };
}

function simplerActions(action: Action | undefined): Action[] {
  if (action === undefined) return [];
  const list: Action[] = [];
  for (const at of roundings(action.at)) list.push({ ...action, at });
  if ('forMs' in action) for (const forMs of roundings(action.forMs)) list.push({ ...action, forMs });
  if ('minutes' in action && action.minutes !== 25) list.push({ ...action, minutes: 25 });
  return list;
}

function roundings(value: number): number[] {
  return [60_000, 10_000, 1000, 100, 10].map((unit) => Math.round(value / unit) * unit).filter((rounded) => rounded !== value && rounded >= 0);
}
