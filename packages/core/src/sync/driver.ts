// The one loop. It runs in the leading tab only: looks at the facts, takes one step, writes down what came of it, waits.
// Everything it knows of the server is in the store; when it does what is in the agenda.
import type { SyncOutcome } from '../api.ts';
import type { Clock, Ids, Lifecycle } from '../ports.ts';
import { type Halt, isAbsentCall } from './answer.ts';
import { Agenda } from './agenda.ts';
import { BACK_OFF_MIN_MS } from './backoff.ts';
import { Bell } from './bell.ts';
import type { Local } from './local.ts';
import { compactHistory, MERGE_CHUNKS_MIN } from './compact.ts';
import { foldEdits } from './edit.ts';
import { afterHealth, readHealth } from './health.ts';
import { nextStep, type Step } from './machine.ts';
import { Exchanger } from './exchange.ts';
import { News } from './news.ts';
import { countSendable, needsHealthProof } from './outbox.ts';
import { planWish } from './settle.ts';
import { Drain, type PushOptions, tokenOutcome } from './push.ts';
import { pollStatus } from './poll.ts';
import type { PreferencesPart } from './preferences-part.ts';
import { isPrompt, type ServerCalls } from './server-calls.ts';
import { lacks, offers } from './sync-state.ts';
import { SyncWaiters } from './sync-waiters.ts';
import type { Tokens } from './tokens.ts';
import type { Self } from './status-input.ts';

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
  readonly #agenda: Agenda;
  readonly #waiters: SyncWaiters;
  /** A person asked, and nothing was tried since. */
  #isWishing = false;
  #compactedAt = 1;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#bell = new Bell(options.clock);
    this.#agenda = new Agenda(options);
    this.#waiters = new SyncWaiters(() => options.local.view);
    this.#exchanger = new Exchanger(options);
    this.#news = new News({ ...options, onNews: () => this.ring(), onLost: () => this.#agenda.lookSoon() });
  }

  /** Something changed that may mean work. */
  ring(): void {
    this.#bell.ring();
  }

  /** The page woke up, or the network is back: one catch-up, a little later, so that not everything wakes at once. */
  async catchUp(isLeading: boolean): Promise<void> {
    const at = this.#agenda.catchUp();
    if (!isLeading) return void this.#options.books.shortenUnnoted(at);
    this.#news.refresh();
    // A store that refuses this much must not keep the loop asleep.
    await this.#options.books.shortenPause(at).finally(() => this.ring());
  }

  /** Something is known to have changed on the server. */
  lookNow(): void {
    this.#agenda.lookNow();
    this.ring();
  }

  /** A person wants to sync now: pauses of our own making end. */
  async wish(): Promise<void> {
    const { clock, local, tokens } = this.#options;
    tokens.forgive();
    this.#isWishing = true;
    this.#agenda.clear();
    await local.commit(planWish, 'relaxed');
    await this.#options.preferences?.wish();
    await this.#options.books.shortenPause(clock.now());
  }

  /** Resolves when the loop has nothing left to do now; at once where another tab took over. */
  async sync(): Promise<SyncOutcome> {
    if (this.#options.books.term === null) return this.outcome('other_tab', 0);
    const outcome = this.#waiters.wait();
    this.ring();
    return outcome;
  }

  /** Leads until `signal` aborts. */
  async lead(term: number, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.ring());
    this.#options.books.term = term;
    this.#agenda.begin();
    this.#exchanger.begin();
    try {
      await this.#options.books.write((state) => ({
        // This may be a newer app, or a new sign-in: one request tells.
        connection: state.connection === 'auth_required' ? 'offline' : state.connection, stopped: null,
      }));
      while (!signal.aborted && this.#options.local.view.head.term === term) await this.#turn(term, signal);
      this.#waiters.release('other_tab');
    } catch (fault) {
      this.#options.books.holdBack();
      throw fault;
    } finally {
      this.#news.stop();
      this.#options.books.term = null;
      this.#waiters.release(signal.aborted ? 'other_tab' : 'backing_off');
    }
  }

  async #turn(term: number, signal: AbortSignal): Promise<void> {
    const { clock, local } = this.#options;
    const step = nextStep(this.#agenda.facts({ canExchange: this.canExchange, newsDueAt: this.#news.dueAt(clock.now()) }));
    if (step.kind !== 'wait') return this.#take(step, term, signal);
    const { nextChunk } = local.view.head;
    if (nextChunk - this.#compactedAt >= MERGE_CHUNKS_MIN) {
      const isMerged = await compactHistory(local).catch(() => false);
      // Another turn as long as there is more to merge; otherwise again after as many new chunks.
      if (!isMerged) this.#compactedAt = nextChunk;
      return;
    }
    await this.#options.books.rest(step.until);
    this.#news.follow(term);
    // So soon after the last failure even a wish has to wait a moment, and whoever asked for it waits out what holds up no more than the next request.
    const isSoon = (this.#isWishing || this.#options.books.isBreathing) && step.until !== null && step.until - clock.now() <= BACK_OFF_MIN_MS;
    if (!isSoon && local.view.head.term === term) this.#waiters.release(null);
    const now = clock.now();
    const until = Math.min(step.until ?? Number.POSITIVE_INFINITY, this.#news.nextTryAt(now));
    if (!signal.aborted) await this.#bell.wait(until === Number.POSITIVE_INFINITY ? null : until - now);
  }

  async #take(step: Exclude<Step, { kind: 'wait' }>, term: number, signal: AbortSignal): Promise<void> {
    this.#isWishing = false;
    if (!this.#options.lifecycle.online()) this.#agenda.noteOfflineTry();
    if (step.kind === 'token') return this.#askToken();
    if (step.kind !== 'health' && this.canExchange) return this.#exchange(term, signal);
    if (step.kind === 'drain') return this.#drain(term, signal);
    const { local, books } = this.#options;
    // Nothing is noted before these ask: a tab that was frozen meanwhile may have a successor, and not know what the server wants.
    if (!local.isFresh) await local.refresh().catch(() => undefined);
    if (local.view.head.term !== term || books.isPausing) return;
    if (step.kind === 'health') return this.#askHealth(signal);
    return step.kind === 'poll' ? this.#askStatus(term, signal) : this.#syncPreferences(term, signal);
  }

  async #askToken(): Promise<void> {
    const token = await this.#options.tokens.current();
    this.#agenda.noteToken();
    if (!token.ok) return this.#note(tokenOutcome({ kind: 'no_token', refusal: token }));
    // Whether it works is for the next request to say, which is made at once.
    this.#agenda.lookNow();
    await this.#options.books.write(() => ({ connection: 'offline', phase: 'idle', nextAttemptAt: null }));
  }

  async #askHealth(signal: AbortSignal): Promise<void> {
    const { calls, clock, local, books } = this.#options;
    this.#agenda.noteProof();
    const asked = clock.now();
    const result = await calls.health(signal);
    if (signal.aborted) return;
    const health = readHealth(result, local.view.sync, clock.now());
    if ('kind' in health) {
      await this.#note(health);
      this.#agenda.lookAgain(health);
      return this.#agenda.tryBeforeHealth();
    }
    const { isWell } = health;
    if (isWell) books.noteSuccess();
    else {
      books.breathe();
      this.#agenda.tryBeforeHealth();
    }
    this.#agenda.noteHealth(isWell);
    // A basic server tells its time in this call alone.
    if (!isPrompt(asked, clock.now())) this.#agenda.askHealth();
    const isBlocked = this.#agenda.mayBeBlocked;
    this.#agenda.noteNetwork(true);
    await books.write((state, draft) => {
      const after = afterHealth(state, health, isBlocked, needsHealthProof(local.view, clock.now()));
      if (lacks(after, 'exchange')) foldEdits(draft);
      return after;
    });
  }

  async #drain(term: number, signal: AbortSignal): Promise<void> {
    const { local, clock, user } = this.#options;
    const drain = new Drain(this.#options, term, countSendable(local.view, clock.now(), user, false), signal);
    const { failures, connection } = local.view.sync;
    const { sent, halt, faltered } = await drain.run(failures > 0 || connection !== 'online');
    this.#waiters.noteSent(sent);
    if (signal.aborted) return;
    if (sent > 0) {
      this.#agenda.noteNetwork(true);
      this.#agenda.lookAfterDrain();
    }
    if (halt !== null && isNetwork(halt)) this.#agenda.noteNetwork(false);
    if (halt?.kind === 'unauthorized') this.#agenda.noteToken();
    // The drain has noted already why it stopped.
    if (halt !== null) return;
    this.#agenda.noteNetwork(true);
    await this.#note(faltered ? 'faltered' : null);
  }

  /** What the server offered when it was last asked. */
  get canExchange(): boolean {
    return offers(this.#options.local.view.sync, 'exchange');
  }

  /** Everything in one: operations up, news and status down. */
  async #exchange(term: number, signal: AbortSignal): Promise<void> {
    this.#agenda.noteLook(this.#news.isLive);
    const { told } = this.#news;
    const { sent, halt } = await this.#exchanger.run(term, signal);
    this.#waiters.noteSent(sent);
    if (signal.aborted) return;
    this.#agenda.noteNetwork(halt === null || !isNetwork(halt));
    if (halt?.kind === 'unauthorized') this.#agenda.noteToken();
    if (halt !== null && isAbsentCall(halt)) this.#agenda.askHealth();
    if (halt !== null) return this.#agenda.lookAgain(halt);
    this.#news.settle(told);
    await this.#options.books.succeed();
  }

  async #askStatus(term: number, signal: AbortSignal): Promise<void> {
    this.#agenda.notePoll(this.#news.isLive);
    const halt = await pollStatus(this.#options, term, signal);
    if (signal.aborted) return;
    await this.#note(halt);
    if (halt === null && this.#options.local.view.sync.capabilities === null) this.#agenda.askHealthNow();
    // One that is not there is not waited for: what is to be sent goes ahead of the next look.
    if (halt !== null && !isAbsentCall(halt)) this.#agenda.lookAgain(halt);
  }

  async #syncPreferences(term: number, signal: AbortSignal): Promise<void> {
    const halt = (await this.#options.preferences?.sync(term, signal)) ?? null;
    if (!signal.aborted) await this.#note(halt);
  }

  /** What came of the loop's own calls. */
  async #note(halt: Halt | 'faltered' | null): Promise<void> {
    const { books } = this.#options;
    if (halt === null) return books.succeed();
    if (halt === 'faltered') return books.falter();
    if (halt.kind === 'unauthorized') this.#agenda.noteToken();
    if (halt.kind === 'failed') books.noteFailure();
    await books.fail(halt, false);
  }

  /** Where sync stands now. */
  outcome(reason: SyncOutcome['reason'] | null, sent: number): SyncOutcome {
    return this.#waiters.outcome(reason, sent);
  }
}

function isNetwork(halt: Halt): boolean {
  return halt.kind === 'failed' && halt.code === 'network';
}
