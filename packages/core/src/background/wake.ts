// The page's side: asks the browser to wake the service worker while something waits that this page may not get to send.
import type { LocalStatus, SyncEngine } from '../api.ts';
import { createBrowserLifecycle } from '../adapters/browser-lifecycle.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import type { Cancel, Clock, Lifecycle, LifecycleEvent } from '../ports.ts';
import { createEmitter, type Emitter, type Source } from '../source.ts';
import { tagOfUser } from './tag.ts';

/** A `ServiceWorkerRegistration`; `sync` is there where the browser has Background Sync. */
export interface WakingRegistration {
  readonly scope: string;
  readonly sync?: { register(tag: string): Promise<unknown> } | undefined;
}

/**
 * `absent`: this browser wakes nobody; what waits goes when the app is next open · `idle`: nothing had to be asked for ·
 * `registered`: the browser said that it wakes the worker · `refused`: it said that it does not, for example because the person forbade it.
 */
export type WakingWord = 'absent' | 'idle' | 'registered' | 'refused';

export interface Waking extends Source<WakingWord> {
  /** Asks no more. What was asked for stays asked for. */
  stop(): void;
}

export interface WakingOptions {
  /** When the page is hidden or left. The platform's by default. */
  readonly lifecycle?: Lifecycle | undefined;
  /** The platform's by default. */
  readonly clock?: Pick<Clock, 'setTimer'> | undefined;
}

/** What moves is gone before that, nearly always. Longer would leave more to a page that is being closed. */
const GRACE_MS = 500;

/**
 * From now on asks for a wake-up of the account's worker (tag: {@link tagOfUser}) when work waits that does not move, each time another try to send it
 * failed, and when the page is hidden while work waits. Early, because Chromium may never fire what a page asks for while it is being closed. Never
 * rejects and never throws: a browser that does not wake changes nothing but the word.
 */
export function wakeInBackground(engine: Pick<SyncEngine, 'user' | 'status'>, registration: WakingRegistration, options: WakingOptions = {}): Waking {
  return new Waker(engine, registration, options.lifecycle ?? createBrowserLifecycle(), options.clock ?? createSystemClock());
}

class Waker implements Waking {
  readonly #engine: Pick<SyncEngine, 'user' | 'status'>;
  readonly #registration: WakingRegistration;
  readonly #lifecycle: Lifecycle;
  readonly #clock: Pick<Clock, 'setTimer'>;
  readonly #word: Emitter<WakingWord>;
  readonly #undo: readonly Cancel[];
  #wasStuck = false;
  /** Sessions that waited when it was last asked for. */
  #asked = 0;
  #cancelGrace: Cancel | null = null;

  constructor(engine: Pick<SyncEngine, 'user' | 'status'>, registration: WakingRegistration, lifecycle: Lifecycle, clock: Pick<Clock, 'setTimer'>) {
    this.#engine = engine;
    this.#registration = registration;
    this.#lifecycle = lifecycle;
    this.#clock = clock;
    const isThere = typeof registration.sync?.register === 'function';
    this.#word = createEmitter<WakingWord>(isThere ? 'idle' : 'absent', Object.is);
    this.#undo = isThere ? [engine.status.subscribe(() => this.#look()), lifecycle.subscribe((event) => this.#react(event))] : [];
    if (isThere) this.#look();
  }

  get current(): WakingWord {
    return this.#word.source.current;
  }

  readonly subscribe = (listener: () => void): Cancel => this.#word.source.subscribe(listener);

  stop(): void {
    for (const undo of this.#undo) undo();
    this.#endGrace();
    this.#word.close();
  }

  #endGrace(): void {
    this.#cancelGrace?.();
    this.#cancelGrace = null;
  }

  #look(): void {
    const { local } = this.#engine.status.current;
    if (!mayHelp(local)) return this.#rest();
    const isStuck = local.phase === 'backing_off' || !this.#lifecycle.online();
    // What was asked for before may have been used up by the time of another failure, or of another session.
    const isMore = this.#asked === 0 || local.closing.sessions > this.#asked;
    if (isStuck && (!this.#wasStuck || isMore)) this.#ask(local);
    this.#wasStuck = isStuck;
    if (!isStuck && isMore) this.#cancelGrace ??= this.#clock.setTimer(GRACE_MS, () => this.#ask(this.#engine.status.current.local));
  }

  #rest(): void {
    this.#wasStuck = false;
    this.#asked = 0;
    this.#endGrace();
    if (this.current === 'registered') this.#word.emit('idle');
  }

  #react(event: LifecycleEvent): void {
    const { local } = this.#engine.status.current;
    if (event === 'offline') this.#look();
    if ((event === 'hidden' || event === 'pagehide') && mayHelp(local)) this.#ask(local);
  }

  #ask({ closing }: LocalStatus): void {
    this.#endGrace();
    // Something else than sessions waits, then.
    this.#asked = Math.max(1, closing.sessions);
    // In a promise of its own: what throws at once is refused like what rejects.
    const asking = (async () => this.#registration.sync?.register(tagOfUser(this.#engine.user)))();
    asking.then(() => this.#word.emit('registered'), () => this.#word.emit('refused'));
  }
}

/** Whether something waits that a worker could send: it cannot sign in, and decides about nothing. */
function mayHelp({ closing, parked, connection, phase }: LocalStatus): boolean {
  if (closing.word !== 'sent_later' || connection === 'auth_required' || phase === 'paused') return false;
  return closing.others || closing.sessions > parked;
}
