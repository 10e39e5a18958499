// The page's side: asks the browser to wake the service worker while something waits that this page may not get to send.
import type { LocalStatus, SyncEngine } from '../api.ts';
import { createBrowserLifecycle } from '../adapters/browser-lifecycle.ts';
import type { Cancel, Lifecycle, LifecycleEvent } from '../ports.ts';
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
}

/**
 * From now on asks for one wake-up of the account's worker (tag: {@link tagOfUser}) whenever work waits that is not moving, and whenever the page
 * is hidden or left while work waits. Never rejects and never throws: a browser that does not wake changes nothing but the word.
 */
export function wakeInBackground(engine: Pick<SyncEngine, 'user' | 'status'>, registration: WakingRegistration, options: WakingOptions = {}): Waking {
  return new Waker(engine, registration, options.lifecycle ?? createBrowserLifecycle());
}

class Waker implements Waking {
  readonly #engine: Pick<SyncEngine, 'user' | 'status'>;
  readonly #registration: WakingRegistration;
  readonly #lifecycle: Lifecycle;
  readonly #word: Emitter<WakingWord>;
  readonly #undo: readonly Cancel[];
  /** Sessions that waited when it was last asked for; null when nothing waited since. */
  #asked: number | null = null;

  constructor(engine: Pick<SyncEngine, 'user' | 'status'>, registration: WakingRegistration, lifecycle: Lifecycle) {
    this.#engine = engine;
    this.#registration = registration;
    this.#lifecycle = lifecycle;
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
    this.#word.close();
  }

  #look(): void {
    const { local } = this.#engine.status.current;
    if (!mayHelp(local)) {
      this.#asked = null;
      if (this.current === 'registered') this.#word.emit('idle');
      return;
    }
    const isStuck = local.phase === 'backing_off' || !this.#lifecycle.online();
    const isMore = this.#asked === null || local.closing.sessions > this.#asked;
    if (isStuck && isMore) this.#ask(local);
  }

  #react(event: LifecycleEvent): void {
    const { local } = this.#engine.status.current;
    if (event === 'offline') this.#look();
    // What was asked for before may have been used up.
    if ((event === 'hidden' || event === 'pagehide') && mayHelp(local)) this.#ask(local);
  }

  #ask({ closing }: LocalStatus): void {
    this.#asked = closing.sessions;
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
