// Writes down what a step of the driver came to: words for the screen, and pauses that outlast a reload.
import type { SyncOutcome } from '../api.ts';
import type { Clock, Ids, Lifecycle } from '../ports.ts';
import { askedPauseMs, BACK_OFF_MIN_MS, backOffMs } from './backoff.ts';
import type { Contact } from './contact.ts';
import type { Draft } from './draft.ts';
import type { Local } from './local.ts';
import type { Halt } from './answer.ts';
import { endOf, isOver, sooner, spanOf } from './span.ts';
import { type LastError, type SyncState, withProblem } from './sync-state.ts';
import type { View } from './view.ts';

/** After so many failing requests within a minute nothing is sent until the minute is over; those on their way come on top. */
const FAILURES_PER_MINUTE = 8;
const MINUTE_MS = 60_000;

export interface BooksOptions {
  readonly local: Local;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly lifecycle: Lifecycle;
  readonly contact: Contact;
}

export class Books {
  readonly #options: BooksOptions;
  /** The term in which this tab leads; null while it does not. */
  term: number | null = null;
  #failedAt: readonly number[] = [];
  /** Terms in a row that the store ended. */
  #refusals = 0;
  /** A pause that the store refused to note: it holds all the same. */
  #unnoted: Pick<SyncState, 'asked' | 'pause'> | null = null;

  constructor(options: BooksOptions) {
    this.#options = options;
  }

  /** A request failed, whatever was to blame. */
  noteFailure(): void {
    this.#failedAt = [...this.#failedAt, this.#options.clock.now()].slice(-FAILURES_PER_MINUTE);
  }

  /** A request beside the loop failed, or was forbidden: nothing is asked within the next second. */
  breathe(ms: number = BACK_OFF_MIN_MS): void {
    this.noteFailure();
    const now = this.#options.clock.now();
    const pause = spanOf(now, ms);
    const end = endOf(this.#unnoted?.pause ?? null, now);
    if (end < pause.until) this.#unnoted = { asked: end > now && this.#unnoted?.asked === true, pause };
  }

  /** The store does not take what is answered: asked again at once, the server would have its trouble for nothing, and might take twice what was sent. */
  holdBack(): void {
    this.#refusals += 1;
    this.breathe(Math.min(MINUTE_MS, backOffMs(this.#refusals, this.#options.ids.random())));
  }

  noteSuccess(): void {
    this.#failedAt = [];
  }

  /** When another request may be made after so many failures; `now` unless there were too many. */
  freeAt(now: number): number {
    const recent = this.#failedAt.filter((at) => at <= now && at > now - MINUTE_MS);
    return recent.length < FAILURES_PER_MINUTE ? now : Math.min(...recent) + MINUTE_MS;
  }

  /** When the pause after a failure is over; `now` without one. */
  pauseEnds(now: number): number {
    return Math.max(endOf(this.#options.local.view.sync.pause, now), endOf(this.#unnoted?.pause ?? null, now));
  }

  /** Whether nothing may be asked now, as far as this tab knows. */
  get isPausing(): boolean {
    const now = this.#options.clock.now();
    return this.pauseEnds(now) > now;
  }

  /** Whether a pause is on that nobody is told of. */
  get isBreathing(): boolean {
    const now = this.#options.clock.now();
    return isOver(this.#options.local.view.sync.pause, now) && this.pauseEnds(now) > now;
  }

  /**
   * A leader that was frozen and replaced knows less than its successor, and notes nothing. Resolves to whether it was noted.
   * @param isAsked by the server: that holds whoever heard it.
   */
  write(change: (state: SyncState, draft: Draft) => Partial<SyncState>, isAsked = false): Promise<boolean> {
    return this.#options.local.commit((draft) => {
      const isKept = isAsked || this.term === null || this.term === draft.view.head.term;
      if (isKept) this.#options.contact.write(draft, change(draft.view.sync, draft));
      return isKept;
    }, 'relaxed');
  }

  /** A pause of our own making ends at `at`, but never within a second of the last failure. */
  async shortenPause(at: number): Promise<void> {
    const soonest = this.shortenUnnoted(at);
    const now = this.#options.clock.now();
    await this.#writeNews((state) => {
      if (state.asked || endOf(state.pause, now) <= soonest) return {};
      return { pause: sooner(state.pause, now, soonest), nextAttemptAt: soonest };
    });
  }

  /** The same of a pause that only this tab knows, which may lead again before long. Returns when it ends at the soonest. */
  shortenUnnoted(at: number): number {
    const soonest = Math.max(at, (this.#failedAt.at(-1) ?? Number.NEGATIVE_INFINITY) + BACK_OFF_MIN_MS);
    if (this.#unnoted?.asked === false) this.#unnoted = { asked: false, pause: sooner(this.#unnoted.pause, this.#options.clock.now(), soonest) };
    return soonest;
  }

  async succeed(): Promise<void> {
    this.noteSuccess();
    this.#refusals = 0;
    await this.#writeNews((state) => this.#success(state));
  }

  /** The same in the transaction of whoever was answered, and leads. */
  writeSuccess(draft: Draft): void {
    this.#options.contact.write(draft, this.#success(draft.view.sync));
  }

  #success(state: SyncState): Partial<SyncState> {
    return {
      connection: 'online', progress: null, failures: 0,
      problems: state.problems.filter((code) => code !== 'blocked_by_policy' && code !== 'forbidden'),
      // A pause that the server asked for meanwhile, in answer to another request, still holds.
      ...(state.asked && !isOver(state.pause, this.#options.clock.now()) ? { phase: 'backing_off' } : { phase: 'idle', pause: null, asked: false, nextAttemptAt: null, lastError: null }),
    };
  }

  /** What failed proves nothing of the server, as when every item failed on its own: a moment's peace. */
  async falter(): Promise<void> {
    const now = this.#options.clock.now();
    const until = Math.max(now + BACK_OFF_MIN_MS, this.freeAt(now));
    await this.write((state) => ({
      phase: 'backing_off', progress: null,
      ...(endOf(state.pause, now) < until && { pause: { from: now, until }, asked: false, nextAttemptAt: until }),
    }));
  }

  /**
   * Notes why nothing more is sent now.
   * @param someSucceeded others were acknowledged in the same round, so the pauses start again from the shortest.
   */
  async fail(halt: Halt, someSucceeded: boolean): Promise<void> {
    const at = this.#options.clock.now();
    if (halt.kind === 'stopped') {
      const lastError = { code: halt.why, message: halt.message, at };
      return void (await this.write(() => ({ stopped: halt.why, phase: 'paused', progress: null, nextAttemptAt: null, lastError })));
    }
    const lastError = { code: halt.code, message: halt.message, at };
    // Another token may be had at once where this one was refused, and is no help where it was not.
    if (halt.kind === 'unauthorized' && halt.status === 403) this.breathe();
    if (halt.kind === 'unauthorized') return void (await this.#pauseForToken(halt.status, lastError));
    const pause = this.#pauseAfter(halt, someSucceeded, at);
    const word = this.#options.lifecycle.online() ? 'unreachable' : 'offline';
    this.#unnoted = pause;
    const isNoted = await this.write((state) => ({
      ...pause, ...this.#longerAsked(state, pause.nextAttemptAt, at),
      connection: halt.scope === 'connection' ? word : 'online', phase: 'backing_off', progress: null, lastError,
    }), pause.asked);
    // Another request may have failed meanwhile.
    if (isNoted && this.#unnoted === pause) this.#unnoted = null;
  }

  #pauseForToken(status: 401 | 403, lastError: LastError): Promise<boolean> {
    return this.write((state) => {
      // The app still hands out what was refused: the reason stays what the server said.
      const isOld = lastError.code === 'token_refused' || lastError.code === state.lastError?.code;
      return {
        connection: 'auth_required', phase: 'paused', progress: null, nextAttemptAt: null,
        lastError: isOld && state.lastError !== null ? state.lastError : lastError,
        ...(status === 403 && withProblem(state, 'forbidden')),
      };
    });
  }

  #pauseAfter(halt: Extract<Halt, { kind: 'failed' }>, someSucceeded: boolean, now: number): Pick<SyncState, 'failures' | 'asked' | 'pause' | 'nextAttemptAt'> {
    const { local, ids } = this.#options;
    const failures = someSucceeded ? 1 : local.view.sync.failures + 1;
    const asked = halt.retryAfterMs !== null;
    const ms = asked ? askedPauseMs(halt.retryAfterMs, ids.random()) : backOffMs(failures, ids.random());
    const until = Math.max(now + ms, this.freeAt(now));
    return { failures, asked, pause: { from: now, until }, nextAttemptAt: until };
  }

  /** A pause that the server asked for in answer to another request, and that outlasts this one. */
  #longerAsked({ asked, pause }: SyncState, until: number | null, now: number): Partial<SyncState> {
    const end = endOf(pause, now);
    return asked && end > (until ?? now) ? { asked, pause, nextAttemptAt: end } : {};
  }

  /** Before waiting: words that say more than what is going on are taken back. */
  async rest(until: number | null): Promise<void> {
    const { lifecycle, clock } = this.#options;
    await this.#writeNews((state) => {
      const isPaused = state.stopped !== null || state.connection === 'auth_required';
      const isBackingOff = !isOver(state.pause, clock.now());
      const isOffline = !lifecycle.online() && state.connection !== 'auth_required';
      return {
        phase: isPaused ? 'paused' : isBackingOff ? 'backing_off' : 'idle',
        progress: null,
        nextAttemptAt: isBackingOff ? until : null,
        connection: isOffline ? 'offline' : state.connection,
      };
    });
  }

  /** Every record rings the driver, and a transaction that writes nothing would still stand before the next record. */
  async #writeNews(change: (state: SyncState) => Partial<SyncState>): Promise<void> {
    const { local, contact } = this.#options;
    if (!local.isFresh || contact.isNews(change(local.view.sync))) await this.write(change);
  }
}

/** Why work is left, or that none is. */
export function reasonOf(view: View): SyncOutcome['reason'] {
  const { sync: { stopped, connection, phase }, operations, damaged, preferences } = view;
  if (stopped !== null) return 'stopped';
  if (connection === 'auth_required') return 'auth_required';
  if (phase === 'backing_off') return connection === 'unreachable' ? 'unreachable' : 'backing_off';
  if (connection === 'offline') return 'offline';
  if (view.isWaiting()) return 'backing_off';
  return operations.size + damaged.size + (preferences?.pending ?? 0) > 0 ? 'parked' : 'done';
}
