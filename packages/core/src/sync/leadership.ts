// One tab leads. A lock says which; a knock that nobody answers says that the leader is frozen, and then the lock is stolen.
// Nothing depends on there being exactly one: a second leader only costs requests.
import type { Cancel, Clock, Ids, Lifecycle, Locks } from '../ports.ts';
import type { Local } from './local.ts';
import { pause } from './pause.ts';
import { planTakeOver } from './settle.ts';
import { endOf, spanOf } from './span.ts';
import type { View } from './view.ts';

/** A visible tab that sees no progress for so long knocks, and steals when there is no answer: together under ten seconds. */
const PATIENCE_MS = 3000;
const ANSWER_MS = 5000;
/** Without any sign of a leader for so long, a visible tab knocks even if it wants nothing. */
const SILENCE_MS = 150_000;
const RETRY_MS = 5000;

export interface LeadershipOptions {
  readonly name: string;
  readonly tab: string;
  readonly local: Local;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly lifecycle: Lifecycle;
  /** Does the work; resolves soon after `signal` aborted. */
  readonly lead: (term: number, signal: AbortSignal) => Promise<void>;
  readonly onLeader: (leader: boolean) => void;
  /** Another tab's knock wants a sync now. */
  readonly onWish: (knock: string) => void;
  readonly signal: AbortSignal;
}

export class Leadership {
  readonly #options: LeadershipOptions;
  #isLeading = false;
  /** Ends the current wait for the lock, or the current hold. */
  #resign: AbortController | null = null;
  #cancelPatience: Cancel | null = null;
  /** A short look is coming. */
  #isPatient = false;
  #isSuspended = false;
  #wantsSteal: boolean;
  /** Where sending has stopped, this may be the newer app that the server asks for: each tab tries until the server has told it, too. */
  #hasTried: boolean;
  #isRefused = false;
  #resume: (() => void) | null = null;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#hasTried = this.#wantsSteal = options.local.view.sync.stopped !== null;
    options.signal.addEventListener('abort', () => {
      this.#resign?.abort();
      this.#cancelPatience?.();
      this.#resume?.();
    });
  }

  get isLeading(): boolean {
    return this.#isLeading;
  }

  /** Waits for the lock, leads, and waits again, until the engine's signal aborts. */
  async run(): Promise<void> {
    const { locks, name, signal, clock } = this.#options;
    while (!signal.aborted) {
      while (this.#isSuspended && !signal.aborted) await new Promise<void>((resolve) => (this.#resume = resolve));
      if (signal.aborted) return;
      const own = (this.#resign = new AbortController());
      const steal = this.#wantsSteal;
      this.#wantsSteal = false;
      this.watch();
      try {
        await locks.request(name, { steal, signal: own.signal }, (lost) => this.#hold(lost, own.signal));
      } catch {
        // The store or the platform refused; leading is tried again later.
        await pause(RETRY_MS, clock, own.signal);
      }
    }
  }

  async #hold(lost: AbortSignal, resigned: AbortSignal): Promise<void> {
    const { local, locks, tab } = this.#options;
    if (lost.aborted || resigned.aborted) return;
    const end = new AbortController();
    const ended = new Promise((resolve) => end.signal.addEventListener('abort', resolve));
    for (const signal of [lost, resigned]) signal.addEventListener('abort', () => end.abort());
    const store = await this.#lead(end.signal);
    const { head, leader } = local.view;
    // Who took over without this lock is gone, unless it has one of its own.
    if (!locks.isOfPage || head.store !== store || leader === null || leader.tab === tab) return;
    // Two pages would take over from one another for ever: the one that did leads until it is silent.
    this.watch();
    await ended;
  }

  /** Leads until the signal aborts, or the store says that this tab does not. Resolves to that store's id. */
  async #lead(end: AbortSignal): Promise<string> {
    const { local, tab, lead, onLeader } = this.#options;
    try {
      const term = await local.commit((draft) => planTakeOver(draft, tab), 'relaxed');
      const { store } = local.view.head;
      this.#isLeading = true;
      onLeader(true);
      this.listen();
      await lead(term, end);
      return store;
    } finally {
      this.#isLeading = false;
      if (!this.#options.signal.aborted) onLeader(false);
    }
  }

  /** The page is about to be frozen: somebody else may lead. */
  suspend(): void {
    this.#isSuspended = true;
    this.#resign?.abort();
  }

  wakeUp(): void {
    this.#isSuspended = false;
    this.#resume?.();
  }

  /** The view moved: the leader answers a knock that is new, and another tab takes over where sending stopped. */
  listen(): void {
    const { local, tab } = this.#options;
    const { knock, leader, sync } = local.view;
    if (sync.stopped === null) this.#hasTried = this.#isRefused;
    else if (!this.#hasTried) {
      this.#hasTried = true;
      if (this.#isLeading) this.#isRefused = true;
      else this.#steal();
    }
    if (!this.#isLeading || knock === null || leader?.heard === knock.id) return;
    const heard = local.commit((draft) => {
      const now = draft.view.knock;
      if (now === null || draft.view.leader?.heard === now.id) return null;
      draft.putMeta('leader', { tab, heard: now.id, done: draft.view.leader?.done ?? null, sent: 0 });
      return now;
    }, 'relaxed');
    heard.then((now) => now?.sync === true && this.#options.onWish(now.id)).catch(() => undefined);
  }

  /** What the wish of a knock achieved. */
  async answer(knock: string, sent: number): Promise<void> {
    const { local, tab } = this.#options;
    await local.commit((draft) => draft.putMeta('leader', { tab, heard: knock, ...draft.view.leader, done: knock, sent }), 'relaxed');
  }

  /** Another tab's turn to work: if nothing moves, find out whether it can. */
  watch(): void {
    if (this.#isPatient) return;
    this.#isPatient = true;
    this.#lookIn(PATIENCE_MS);
  }

  #lookIn(ms: number): void {
    const { clock, lifecycle, local, signal } = this.#options;
    this.#cancelPatience?.();
    this.#cancelPatience = null;
    if (signal.aborted || this.#isLeading || !lifecycle.visible()) return void (this.#isPatient = false);
    this.#cancelPatience = clock.setTimer(ms, () => {
      this.#isPatient = false;
      const isDue = local.view.isWaiting(clock.now());
      if (this.#isStuck(isDue)) void this.knock(false);
      // The leader was there a moment ago: look again, as long as something waits to be sent.
      else if (isDue) this.watch();
      else this.#lookIn(Math.max(PATIENCE_MS, this.#silenceLeft(SILENCE_MS)));
    });
  }

  /** How much is left until the leader has written nothing for so long; nothing when the clock was put back, which hides how long it is. */
  #silenceLeft(ms: number): number {
    const { local, clock } = this.#options;
    const now = clock.now();
    return endOf(spanOf(local.view.head.at, ms), now) - now;
  }

  /** Whether a leader would have something to do that is not being done. @param isDue something could be sent now. */
  #isStuck(isDue: boolean): boolean {
    const { local, lifecycle } = this.#options;
    if (this.#isLeading || !lifecycle.visible()) return false;
    if (this.#silenceLeft(SILENCE_MS) === 0) return true;
    const { phase } = local.view.sync;
    const isPausing = phase === 'backing_off' || phase === 'paused' || !lifecycle.online();
    return isDue && !isPausing && this.#silenceLeft(PATIENCE_MS / 2) === 0;
  }

  /** Asks the leader for a sign of life; without one, this tab takes over. Resolves to the knock's id. */
  async knock(sync: boolean): Promise<string | null> {
    const { local, ids, clock } = this.#options;
    const id = ids.uuid();
    try {
      const before = await local.commit((draft) => {
        draft.putMeta('knock', { id, sync });
        return signOfLife(draft.view);
      }, 'relaxed');
      clock.setTimer(ANSWER_MS, () => void this.#takeOver(before));
      return id;
    } catch {
      // Nobody else looks again.
      this.watch();
      return null;
    }
  }

  /** Of many knocks a leader answers the last: any answer since is a sign of life. */
  async #takeOver(before: string): Promise<void> {
    const { local, signal } = this.#options;
    if (signal.aborted || this.#isLeading) return;
    await local.refresh().catch(() => undefined);
    if (this.#isLeading) return;
    if (signOfLife(local.view) !== before) return this.watch();
    this.#steal();
  }

  #steal(): void {
    this.#wantsSteal = true;
    this.#resign?.abort();
  }
}

function signOfLife({ leader, head }: View): string {
  return `${head.term} ${leader?.heard ?? ''}`;
}
