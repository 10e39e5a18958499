// The only writer of the store. Plans that arrive together share one transaction; a plan that fails takes nobody else with it.
//
// Rules: an update reads the head first and runs its plans only if this tab's copy is current, else the copy is read again;
// a plan decides synchronously; what it writes shows in the copy at once and is taken back when the commit fails;
// nothing is shown, and no promise resolves, before the commit.
import { engineError, isEngineError, storeToEngineError } from '../errors.ts';
import type { Clock, Decision, Durability, Ids, Read, Row, Store, StoreError } from '../ports.ts';
import { isStoreError } from '../store-error.ts';
import { History } from './history.ts';
import { isCurrent, readHead } from './head.ts';
import { Draft } from './draft.ts';
import { NotReady, type Plan } from './plan.ts';
import type { Held } from './rescue.ts';
import { joinTabNews, type TabNews, tabNewsOf, toRead } from './tab-news.ts';
import { DAMAGED, withProblem } from './sync-state.ts';
import { View, VIEW_READS } from './view.ts';

interface Job {
  readonly plan: Plan<unknown>;
  readonly durability: Durability;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = typeof STALE | { readonly settled: readonly Settle[]; readonly wrote: boolean };

interface Swap {
  readonly over: Promise<void>;
  readonly end: () => void;
}

/** Tells whoever waits for a job what came of it. */
type Settle = () => void;

const STALE: unique symbol = Symbol('stale');
/** After so many stale copies in a row the whole view is read inside the update itself, so other tabs cannot starve this one. */
const OPTIMISTIC_TRIES = 3;
const HANDLE_TRIES = 3;
const PREPARE_TRIES = 50;
/** For so long after an update this tab's copy may be taken for the store's state where a transaction would write nothing. */
const FRESH_MS = 250;

/** Who is told what happens to the store. */
export interface LocalListener {
  /** After each commit of this tab and after each refresh that found something new. */
  readonly onChange: (ownCommit: boolean) => void;
  /** What was decided is on its way to the disk, and the view is ahead of it; or, without news for other tabs, it came to nothing, and the view is back. */
  readonly onDecided: (news: TabNews | null) => void;
  readonly onStoreError: (error: StoreError) => void;
  /** The store this tab knew is gone; what it held of it is handed over. */
  readonly onVanished: (held: Held) => void;
}

export interface LocalOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'uuid'>;
}

export class Local {
  readonly view: View = new View();
  /** Of the store there is: what is still being read of an earlier one goes into that one's. */
  history: History = new History();
  listener: LocalListener | null = null;
  /** Names this tab. */
  readonly tab: string;
  /** The engine closes: whatever the store says from now on, that is the reason. */
  isClosing: boolean = false;
  readonly #options: LocalOptions;
  #store: Store;
  /** Names the store if this tab is the first to write it. Each gets a name of its own: the server counts what came from it. */
  #storeId: string;
  /** Between two stores nothing is announced, and nothing is written but by whoever swaps. */
  #swap: Swap | null = null;
  #jobs: Job[] = [];
  /** The work that has the store now; updates and refreshes take turns. */
  #turn: Promise<void> = Promise.resolve();
  #isFlushing = false;
  /** From a decision to its commit. */
  #isDeciding = false;
  #refreshing: Promise<void> | null = null;
  #isLoaded = false;
  #decisions = 0;
  /** When an update last found the copy current, by the monotonic clock. */
  #seenAt = Number.NEGATIVE_INFINITY;
  /** The copy was read again and nobody was told yet. */
  #hasNews = false;
  /** What other tabs said and was not looked at yet. */
  #told: TabNews | null = null;

  constructor(options: LocalOptions) {
    this.#options = options;
    this.#store = options.store;
    this.tab = options.ids.uuid();
    this.#storeId = options.ids.uuid();
  }

  get store(): Store {
    return this.#store;
  }

  /** Runs a plan in a transaction; resolves after the commit. Rejects with an EngineError, nothing written. @param isSwap of whoever swaps stores. */
  async commit<T>(plan: Plan<T>, durability: Durability, isSwap: boolean = false): Promise<T> {
    for (let tries = 0; tries < PREPARE_TRIES; tries += 1) {
      while (this.#swap !== null && !isSwap) await this.#swap.over;
      try {
        return (await this.#enqueue(plan, durability)) as T;
      } catch (error) {
        if (!(error instanceof NotReady)) throw error;
        await this.look(error.prepare);
      }
    }
    throw engineError('storage_unavailable');
  }

  /** History has sessions that cannot be read: every tab shows it, and the one that leads fetches them again where it can. */
  noteDamage(): void {
    const { problems } = this.view.sync;
    if (!problems.includes(DAMAGED)) void this.commit((draft) => draft.setSync(withProblem(draft.view.sync, DAMAGED)), 'relaxed').catch(() => undefined);
  }

  /** Reads something. Rejects with an EngineError. */
  async look<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.withHandle(work);
    } catch (error) {
      throw this.#toEngineError(error);
    }
  }

  #enqueue(plan: Plan<unknown>, durability: Durability): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ plan, durability, resolve, reject });
      if (this.#isFlushing) return;
      this.#isFlushing = true;
      this.#turn = this.#turn.then(() => this.#flush());
    });
  }

  /** The first look: everything small, and one row more of the same moment. Resolves to that row. */
  async open(read: Read): Promise<Row | undefined> {
    const found = await this.withHandle(() => this.store.read([...VIEW_READS, read]));
    this.#load(found);
    this.#hasNews = false;
    return found[VIEW_READS.length]?.[0];
  }

  /** Reads the view again if the store moved on. Concurrent calls share one read. @param told by the tab that moved it. */
  refresh(told?: TabNews): Promise<void> {
    if (told !== undefined) this.#told = joinTabNews(this.#told, told);
    this.#refreshing ??= this.#takeTurn(async () => {
      this.#refreshing = null;
      const news = this.#isLoaded && this.#told?.since === this.view.head.version ? this.#told : null;
      this.#told = null;
      const reads = [...VIEW_READS.slice(0, 1), ...(news?.rows ?? []).map(toRead)];
      const found = await this.withHandle(() => this.store.read(reads));
      if (this.#isLoaded && isCurrent(this.view.head, found[0]?.[0]?.value)) return;
      if (news !== null && this.#follow(news, found)) this.#tell(false);
      else await this.#reload();
    });
    return this.#refreshing;
  }

  /** Takes in the rows that another tab wrote, if what was found is the version it told of. */
  #follow({ v, by, rows = [] }: TabNews, [heads, ...found]: readonly (readonly Row[])[]): boolean {
    const { head, damaged } = readHead(heads?.[0]?.value, 0);
    const isToldVersion = !damaged && head.version === v && head.by === by && head.store === this.view.head.store;
    if (!isToldVersion || found.some(([row]) => row?.unreadable)) return false;
    rows.forEach(([table, key], i) => this.view.put(table, key, found[i]?.[0]?.value));
    this.view.head = head;
    return true;
  }

  /** Whether the copy is committed and was compared with the store a moment ago, so that a look at it is as good as a transaction. */
  get isFresh(): boolean {
    return this.#isLoaded && !this.isBusy && this.#options.clock.monotonic() - this.#seenAt < FRESH_MS;
  }

  /** Whether an update is under way: the view may show what is not committed yet. */
  get isBusy(): boolean {
    return this.#isDeciding || this.#swap !== null;
  }

  /** Goes on with another store, of which nothing is told until {@link swapped}; the next commit reads it. Resolves to what the old one held. */
  swap(store: Store): Promise<Held & { readonly store: Store }> {
    this.#swap ??= beginSwap();
    return this.#takeTurn(async () => {
      const before = { ...this.#held(), store: this.#store };
      this.#store = store;
      this.#storeId = this.#options.ids.uuid();
      this.#isLoaded = false;
      this.history = new History();
      return before;
    });
  }

  /** The store has everything that is to be shown. */
  swapped(): void {
    this.#swap?.end();
    this.#swap = null;
    this.#tell(true);
  }

  #tell(isOwn: boolean): void {
    if (this.#swap !== null) return;
    this.#hasNews = false;
    try {
      this.listener?.onChange(isOwn);
    } catch (error) {
      // A fault of ours is for whoever watches the page: what is committed is committed, and what waits must be next.
      this.#options.clock.setTimer(0, () => {
        throw error;
      });
    }
  }

  /** Resolves when no update is under way: what the view shows is committed. */
  settled(): Promise<void> {
    return this.#isFlushing ? this.#turn : Promise.resolve();
  }

  #takeTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.then(() => undefined, () => undefined);
    return done;
  }

  /** Shown at once: what this tab is about to do may be refused. */
  async #reload(): Promise<void> {
    this.#load(await this.withHandle(() => this.store.read(VIEW_READS)));
    this.#tell(false);
  }

  #load(found: readonly (readonly Row[])[]): void {
    const held = this.#held();
    const { store } = this.view.head;
    this.view.load(found);
    this.#isLoaded = this.#hasNews = true;
    if (store === '' || this.#swap !== null || store === this.view.head.store) return;
    // The store was removed under this tab, and perhaps begun anew by another one.
    this.#storeId = this.#options.ids.uuid();
    this.history = new History();
    this.listener?.onVanished(held);
  }

  #held(): Held {
    const { operations, running, settlements, head, sync: { asked, capabilities, exchange, pause, nextAttemptAt, loss } } = this.view;
    const inFlight = head.inFlight.map((seq) => operations.get(seq));
    return { operations: [...operations.values()], inFlight, running: [...running.values()], settlements: new Map(settlements), version: head.version, term: head.term, wait: asked ? { pause, nextAttemptAt } : null, isMet: capabilities !== null, epoch: exchange?.epoch ?? null, loss };
  }

  async #flush(): Promise<void> {
    while (this.#jobs.length > 0) {
      const jobs = this.#jobs;
      this.#jobs = [];
      await this.#runTogether(jobs);
    }
    this.#isFlushing = false;
  }

  async #runTogether(jobs: readonly Job[]): Promise<void> {
    let outcome: Exclude<Outcome, typeof STALE>;
    try {
      outcome = await this.#update(jobs);
    } catch (error) {
      // No space for all of them may still be space for some.
      if (jobs.length > 1 && isStoreError(error) && error.code === 'quota') {
        for (const job of jobs) await this.#runTogether([job]);
        return;
      }
      const shown = this.#toEngineError(error);
      // That the store is well again says the next one that goes through, even if it writes nothing; that there is room, only one that writes.
      if (!isStoreError(error) || error.code !== 'quota') this.#hasNews = true;
      for (const job of jobs) job.reject(shown);
      return;
    }
    // A copy that was read again on the way may show news too.
    if (outcome.wrote || this.#hasNews) this.#tell(true);
    for (const settle of outcome.settled) settle();
  }

  async #update(jobs: readonly Job[]): Promise<Exclude<Outcome, typeof STALE>> {
    const durability = jobs.some((job) => job.durability === 'strict') ? 'strict' : 'relaxed';
    for (let tries = 0; ; tries += 1) {
      const isPatient = tries < OPTIMISTIC_TRIES && this.#isLoaded;
      const result = await this.withHandle(() => this.#transaction(jobs, durability, isPatient));
      if (result !== STALE) {
        this.#seenAt = this.#options.clock.monotonic();
        return result;
      }
      await this.#reload();
    }
  }

  async #transaction(jobs: readonly Job[], durability: Durability, isPatient: boolean): Promise<Outcome> {
    let draft: Draft | null = null;
    const decideAll = (found: readonly (readonly Row[])[]): Decision<Outcome> => {
      // The store runs this again when its handle died, and then the first run may or may not have been committed.
      this.#takeBack(draft);
      draft = null;
      if (!isPatient) {
        this.#load(found);
      } else if (!isCurrent(this.view.head, found[0]?.[0]?.value)) {
        return { writes: [], result: STALE };
      }
      this.#isDeciding = true;
      const own = (draft = new Draft(this.view, this.history, this.#options.clock.now(), this.#storeId, this.tab, (this.#decisions += 1)));
      const settled = jobs.map((job) => decide(job, own));
      const writes = own.seal();
      // Once the writes are on their way: what takes time meanwhile costs nobody any.
      const news = tabNewsOf(this.view.head, writes);
      if (writes.length > 0) void Promise.resolve().then(() => this.listener?.onDecided(news));
      return { writes, result: { settled, wrote: writes.length > 0 } };
    };
    try {
      return await this.store.update(isPatient ? VIEW_READS.slice(0, 1) : VIEW_READS, decideAll, durability);
    } catch (error) {
      this.#takeBack(draft);
      this.#isDeciding = false;
      this.listener?.onDecided(null);
      throw error;
    } finally {
      this.#isDeciding = false;
    }
  }

  #takeBack(draft: Draft | null): void {
    draft?.backTo({ writes: 0, undo: 0 });
  }

  /** The store reopens a lost handle by itself on the next call: run the whole transaction again. */
  async withHandle<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const mayPass = isStoreError(error) && (error.code === 'closed' || error.code === 'aborted');
        if (!mayPass || tries >= HANDLE_TRIES) throw error;
      }
    }
  }

  #toEngineError(error: unknown): unknown {
    if (isEngineError(error)) return error;
    if (this.isClosing) return engineError('closed', [], error);
    if (!isStoreError(error)) return engineError('storage_unavailable', [], error);
    this.listener?.onStoreError(error);
    return storeToEngineError(error);
  }
}

function beginSwap(): Swap {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  return { over, end };
}

function decide({ plan, resolve, reject }: Job, draft: Draft): Settle {
  const mark = draft.mark();
  try {
    const value = plan(draft);
    return () => resolve(value);
  } catch (error) {
    draft.backTo(mark);
    return () => reject(error);
  }
}
