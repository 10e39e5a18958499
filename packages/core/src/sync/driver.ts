// The one loop. It runs in the leading tab only: looks at the facts, takes one step, writes down what came of it, waits.
// Everything it knows of the server is in the store; what is kept here are times that may be forgotten.
import type { SyncOutcome } from '../api.ts';
import type { Clock, Ids, Lifecycle } from '../ports.ts';
import { isAbsentCall } from './answer.ts';
import { BACK_OFF_MIN_MS } from './backoff.ts';
import { Bell } from './bell.ts';
import { reasonOf } from './books.ts';
import type { Local } from './local.ts';
import { compactHistory, MERGE_CHUNKS_MIN } from './compact.ts';
import { readHealth } from './health.ts';
import { nextStep, type Step } from './machine.ts';
import { Exchanger } from './exchange.ts';
import { News } from './news.ts';
import { countSendable, needsHealthProof, nextWaitingAt } from './outbox.ts';
import { Drain, type Halt, type PushOptions, tokenOutcome } from './push.ts';
import { pollStatus } from './poll.ts';
import type { PreferencesPart } from './preferences-part.ts';
import type { ServerCalls } from './server-calls.ts';
import { endOf, isOver, sooner, type Span, spanOf } from './span.ts';
import { offers } from './sync-state.ts';
import type { Tokens } from './tokens.ts';
import type { Self } from './status-input.ts';

const POLL_VISIBLE_MS = 60_000;
/** While news come by themselves; soon enough for other tabs to see that the leader is alive. */
const POLL_LIVE_MS = 120_000;
const POLL_HIDDEN_MS = 300_000;
const POLL_AFTER_DRAIN_MS = 15_000;
const HEALTH_EVERY_MS = 3_600_000;
const HEALTH_AGAIN_MS = 60_000;
/** Where the call is not there it may have been something in between that said so. */
const HEALTH_ABSENT_MS = 300_000;
const TOKEN_EVERY_MS = 30_000;
const OFFLINE_TRY_MS = 300_000;
const CATCH_UP_JITTER_MS = 1000;
const POLICY_SUSPICION = 3;

export interface DriverOptions extends PushOptions {
  readonly local: Local;
  readonly calls: ServerCalls;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly lifecycle: Lifecycle;
  readonly self: Self;
  readonly user: string;
  readonly preferences: PreferencesPart | null;
}

export class Driver {
  readonly #options: DriverOptions;
  readonly #bell: Bell;
  readonly #exchanger: Exchanger;
  readonly #news: News;
  /** A person asked, and nothing was tried since. */
  #isWishing = false;
  /** Waits until the next of each kind; null when it is due. */
  #poll: Span | null = null;
  #health: Span | null = null;
  #token: Span | null = null;
  #offlineTry: Span | null = null;
  /** The server was asked a moment ago whether it is well. */
  #proof: Span | null = null;
  #polled: Span | null = null;
  /** It is not asked again how it is before this is over. */
  #healthAgain: Span | null = null;
  #networkFailures = 0;
  #sent = 0;
  #compactedAt = 1;
  #waiters: ((outcome: SyncOutcome) => void)[] = [];
  #sentAtWish = 0;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#bell = new Bell(options.clock);
    this.#exchanger = new Exchanger(options);
    this.#news = new News({ ...options, onNews: () => this.ring(), onLost: () => this.#lookSoon() });
  }

  /** Something changed that may mean work. */
  ring(): void {
    this.#bell.ring();
  }

  /** The page woke up, or the network is back: one catch-up, a little later, so that not everything wakes at once. */
  async catchUp(): Promise<void> {
    const { clock, ids } = this.#options;
    const now = clock.now();
    const at = now + Math.round(ids.random() * CATCH_UP_JITTER_MS);
    this.#poll = sooner(this.#poll, now, at);
    this.#token = sooner(this.#token, now, at);
    this.#offlineTry = null;
    this.#news.refresh();
    // A store that refuses this much must not keep the loop asleep.
    await this.#options.books.shortenPause(at).finally(() => this.ring());
  }

  /** Something is known to have changed on the server. */
  lookNow(): void {
    this.#poll = null;
    this.ring();
  }

  /** A person wants to sync now: pauses of our own making end. */
  async wish(): Promise<void> {
    const { clock, local, tokens } = this.#options;
    tokens.forgive();
    this.#isWishing = true;
    this.#poll = this.#token = this.#offlineTry = null;
    await local.commit((draft) => {
      draft.setSync({ stopped: null });
      for (const [seq, operation] of draft.view.operations) {
        if (operation.delivery.wait === null || operation.delivery.faults + operation.delivery.unclear === 0) continue;
        draft.put('operations', seq, { ...operation, delivery: { ...operation.delivery, wait: null } });
      }
    }, 'relaxed');
    await this.#options.books.shortenPause(clock.now());
  }

  /** Resolves when the loop has nothing left to do now. */
  sync(): Promise<SyncOutcome> {
    if (this.#waiters.length === 0) this.#sentAtWish = this.#sent;
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.ring();
    });
  }

  /** Leads until `signal` aborts. */
  async lead(term: number, signal: AbortSignal): Promise<void> {
    const stop = (): void => this.ring();
    signal.addEventListener('abort', stop);
    this.#health = this.#poll = this.#token = this.#offlineTry = null;
    this.#exchanger.begin();
    try {
      await this.#options.books.write((state) => ({
        connection: state.connection === 'auth_required' ? 'offline' : state.connection,
      }));
      while (!signal.aborted && this.#options.local.view.head.term === term) await this.#turn(term, signal);
    } finally {
      signal.removeEventListener('abort', stop);
      this.#news.stop();
      this.#release(signal.aborted ? 'other_tab' : 'backing_off');
    }
  }

  async #turn(term: number, signal: AbortSignal): Promise<void> {
    const step = nextStep(this.#facts());
    if (step.kind !== 'wait') return this.#take(step, term, signal);
    const { clock, local } = this.#options;
    const { nextChunk } = local.view.head;
    if (nextChunk - this.#compactedAt >= MERGE_CHUNKS_MIN) {
      const isMerged = await compactHistory(local).catch(() => false);
      // Another turn as long as there is more to merge; otherwise again after as many new chunks.
      if (!isMerged) this.#compactedAt = nextChunk;
      return;
    }
    await this.#options.books.rest(step.until);
    this.#news.follow(term);
    // So soon after the last failure even a wish has to wait a moment.
    const isSoon = this.#isWishing && step.until !== null && step.until - clock.now() <= BACK_OFF_MIN_MS;
    if (!isSoon) this.#release(null);
    const now = clock.now();
    const until = Math.min(step.until ?? Number.POSITIVE_INFINITY, this.#news.nextTryAt(now));
    if (!signal.aborted) await this.#bell.wait(until === Number.POSITIVE_INFINITY ? null : until - now);
  }

  /** What would step through the whole outbox is looked at only if the step depends on it: every record rings. */
  #facts(): Parameters<typeof nextStep>[0] {
    const { local, clock, lifecycle, user, preferences } = this.#options;
    const now = clock.now();
    const { view } = local;
    const { canExchange } = this;
    const mayAskHealth = isOver(this.#healthAgain, now);
    const mayBeBlocked = this.#networkFailures >= POLICY_SUSPICION;
    const isUnproved = isOver(this.#proof, now);
    return {
      now,
      state: view.sync,
      pauseEnds: this.#options.books.pauseEnds(now),
      isOffline: !lifecycle.online(),
      offlineTryAt: endOf(this.#offlineTry, now),
      get sendable() { return countSendable(view, now, user, canExchange); },
      get waitingAt() { return nextWaitingAt(view, now); },
      pollAt: Math.min(endOf(this.#poll, now), this.#news.dueAt(now)),
      preferencesAt: preferences?.dueAt(now) ?? Number.POSITIVE_INFINITY,
      healthAt: !mayAskHealth ? Number.POSITIVE_INFINITY : view.sync.capabilities === null ? now : endOf(this.#health, now),
      get needsHealth() { return mayAskHealth && (mayBeBlocked || (isUnproved && needsHealthProof(view, now))); },
      tokenAt: endOf(this.#token, now),
    };
  }

  async #take(step: Exclude<Step, { kind: 'wait' }>, term: number, signal: AbortSignal): Promise<void> {
    this.#isWishing = false;
    if (!this.#options.lifecycle.online()) this.#offlineTry = spanOf(this.#options.clock.now(), OFFLINE_TRY_MS);
    if (step.kind === 'token') return this.#askToken();
    if (step.kind === 'health') return this.#askHealth(signal);
    if (this.canExchange) return this.#exchange(term, signal);
    if (step.kind === 'preferences') return this.#syncPreferences(signal);
    if (step.kind === 'poll') return this.#askStatus(signal);
    return this.#drain(term, signal);
  }

  async #askToken(): Promise<void> {
    const token = await this.#options.tokens.current();
    this.#token = spanOf(this.#options.clock.now(), TOKEN_EVERY_MS);
    // Whether it works is for the next request to say, which is made at once.
    if (token.ok) this.#poll = null;
    if (token.ok) await this.#options.books.write(() => ({ connection: 'offline', phase: 'idle', nextAttemptAt: null }));
    else await this.#fail(tokenOutcome({ kind: 'no_token', refusal: token }));
  }

  async #askHealth(signal: AbortSignal): Promise<void> {
    const { calls, clock, local, books } = this.#options;
    this.#proof = spanOf(clock.now(), BACK_OFF_MIN_MS);
    const result = await calls.health(signal);
    if (signal.aborted) return;
    const health = readHealth(result, local.view.sync, clock.now());
    if (health.kind === 'failed') {
      await this.#fail(health.halt);
      if (result.ok) this.#tryBeforeHealth();
      return;
    }
    if (health.kind !== 'suspect') books.noteSuccess();
    else {
      books.breathe();
      this.#tryBeforeHealth();
    }
    const isWell = health.kind === 'well';
    this.#health = spanOf(clock.now(), isWell ? HEALTH_EVERY_MS : HEALTH_ABSENT_MS);
    const isBlocked = this.#networkFailures >= POLICY_SUSPICION;
    this.#networkFailures = 0;
    await books.write((state) => ({
      // What a suspect answer leaves unknown is asked for again before long.
      capabilities: isWell ? health.capabilities : health.kind === 'absent' ? (state.capabilities ?? []) : state.capabilities,
      // A good answer proves the server well: a fault of an item counts from here on.
      successes: isWell && needsHealthProof(local.view, clock.now()) ? state.successes + 1 : state.successes,
      problems: isBlocked ? [...new Set([...state.problems, 'blocked_by_policy'])] : state.problems,
    }));
  }

  /** Asked how it is the server said nothing of use: its other calls are tried before it is asked again. */
  #tryBeforeHealth(): void {
    const { books, clock } = this.#options;
    const now = clock.now();
    this.#healthAgain = { from: now, until: books.pauseEnds(now) + HEALTH_AGAIN_MS };
  }

  async #drain(term: number, signal: AbortSignal): Promise<void> {
    const { local, clock, user } = this.#options;
    const drain = new Drain(this.#options, term, countSendable(local.view, clock.now(), user, false), signal);
    const isProbe = local.view.sync.failures > 0;
    const { sent, halt, faltered } = await drain.run(isProbe);
    this.#sent += sent;
    if (signal.aborted) return;
    if (sent > 0) {
      this.#networkFailures = 0;
      const now = clock.now();
      this.#poll = sooner(this.#poll, now, endOf(this.#polled, now));
    }
    if (halt?.kind === 'failed' && halt.code === 'network') this.#networkFailures += 1;
    if (halt?.kind === 'unauthorized') this.#token = spanOf(clock.now(), TOKEN_EVERY_MS);
    // The drain has noted already why it stopped.
    if (halt !== null) return;
    this.#networkFailures = 0;
    await (faltered ? this.#options.books.falter() : this.#options.books.succeed());
  }

  /** What the server offered when it was last asked. */
  get canExchange(): boolean {
    return offers(this.#options.local.view.sync, 'exchange');
  }

  /** Everything in one: operations up, news and status down. */
  async #exchange(term: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    this.#poll = this.#nextPoll();
    const { told } = this.#news;
    const { sent, halt } = await this.#exchanger.run(term, signal);
    this.#sent += sent;
    if (signal.aborted) return;
    if (halt?.kind === 'failed' && halt.code === 'network') this.#networkFailures += 1;
    else this.#networkFailures = 0;
    if (halt?.kind === 'unauthorized') this.#token = spanOf(clock.now(), TOKEN_EVERY_MS);
    // A server that offers it no more says so in its health.
    if (halt !== null && isAbsentCall(halt)) this.#health = null;
    if (halt !== null) return this.#lookAgain(halt);
    this.#news.settle(told);
    await this.#options.books.succeed();
  }

  #lookSoon(): void {
    const { clock, ids } = this.#options;
    const now = clock.now();
    this.#poll = sooner(this.#poll, now, now + BACK_OFF_MIN_MS + Math.round(ids.random() * CATCH_UP_JITTER_MS));
  }

  /** What could not be asked is asked again when the pause is over, also with nothing to send: nobody else tells that the server is back. */
  #lookAgain(halt: Halt): void {
    if (halt.kind !== 'failed') return;
    const { clock, books } = this.#options;
    const now = clock.now();
    this.#poll = sooner(this.#poll, now, Math.max(books.pauseEnds(now), now + BACK_OFF_MIN_MS));
  }

  #nextPoll(): Span {
    const { clock, ids, lifecycle } = this.#options;
    const interval = !lifecycle.visible() ? POLL_HIDDEN_MS : this.#news.isLive ? POLL_LIVE_MS : POLL_VISIBLE_MS;
    return spanOf(clock.now(), Math.round(interval * (0.9 + 0.2 * ids.random())));
  }

  async #askStatus(signal: AbortSignal): Promise<void> {
    const { clock, self, local, calls } = this.#options;
    this.#polled = spanOf(clock.now(), POLL_AFTER_DRAIN_MS);
    this.#poll = this.#nextPoll();
    const halt = await pollStatus(local, calls, self, clock, signal);
    if (signal.aborted) return;
    if (halt === null) return this.#options.books.succeed();
    await this.#fail(halt);
    this.#lookAgain(halt);
  }

  async #syncPreferences(signal: AbortSignal): Promise<void> {
    const halt = (await this.#options.preferences?.sync(signal)) ?? null;
    if (signal.aborted) return;
    if (halt === 'faltered') await this.#options.books.falter();
    else if (halt === null) await this.#options.books.succeed();
    else await this.#fail(halt);
  }

  /** A call of the loop's own failed. */
  async #fail(halt: Halt): Promise<void> {
    const { books, clock } = this.#options;
    if (halt.kind === 'unauthorized') this.#token = spanOf(clock.now(), TOKEN_EVERY_MS);
    if (halt.kind === 'failed') books.noteFailure();
    await books.fail(halt, false);
  }

  /** Tells those who wait for a sync. */
  #release(reason: SyncOutcome['reason'] | null): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    const outcome = this.outcome(reason, this.#sent - this.#sentAtWish);
    for (const resolve of waiters) resolve(outcome);
  }

  /** Where sync stands now. */
  outcome(reason: SyncOutcome['reason'] | null, sent: number): SyncOutcome {
    const { view } = this.#options.local;
    const pending = view.sessionsPending;
    const why = reason ?? reasonOf(view.sync, pending, view.parked.size + view.damaged.size);
    return { ok: why === 'done', sent, pending, reason: why };
  }
}
