// When the leading tab does what next: waits that may be forgotten, as everything it knows of the server is in the store.
import type { Clock, Ids, Lifecycle } from '../ports.ts';
import { BACK_OFF_MIN_MS } from './backoff.ts';
import type { Books } from './books.ts';
import type { Local } from './local.ts';
import type { nextStep } from './machine.ts';
import { countSendable, needsHealthProof, nextWaitingAt } from './outbox.ts';
import type { PreferencesPart } from './preferences-part.ts';
import type { Halt } from './answer.ts';
import { endOf, isOver, sooner, type Span, spanOf } from './span.ts';

const POLL_VISIBLE_MS = 60_000;
/** While news come by themselves; soon enough for other tabs to see that the leader is alive. */
const POLL_LIVE_MS = 120_000;
const POLL_HIDDEN_MS = 300_000;
const POLL_AFTER_DRAIN_MS = 15_000;
const HEALTH_EVERY_MS = 3_600_000;
const HEALTH_AGAIN_MS = 60_000;
/** Where the call is not there it may have been something in between that said so. */
const HEALTH_ABSENT_MS = 240_000;
const TOKEN_EVERY_MS = 30_000;
const OFFLINE_TRY_MS = 300_000;
const CATCH_UP_JITTER_MS = 1000;
const POLICY_SUSPICION = 3;

export interface AgendaOptions {
  readonly local: Local;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly lifecycle: Lifecycle;
  readonly books: Books;
  readonly user: string;
  readonly preferences: PreferencesPart | null;
}

/** What it cannot know by itself. */
export interface Elsewhere {
  readonly canExchange: boolean;
  readonly newsDueAt: number;
}

export class Agenda {
  readonly #options: AgendaOptions;
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

  constructor(options: AgendaOptions) {
    this.#options = options;
  }

  /** What would step through the whole outbox is looked at only if the step depends on it: every record rings. */
  facts({ canExchange, newsDueAt }: Elsewhere): Parameters<typeof nextStep>[0] {
    const { local: { view }, clock, lifecycle, books, user, preferences } = this.#options;
    const now = clock.now();
    const mayAskHealth = isOver(this.#healthAgain, now);
    const mayBeBlocked = this.mayBeBlocked;
    const isUnproved = isOver(this.#proof, now);
    return {
      now,
      state: view.sync,
      pauseEnds: books.pauseEnds(now),
      isOffline: !lifecycle.online(),
      offlineTryAt: endOf(this.#offlineTry, now),
      get sendable() { return countSendable(view, now, user, canExchange); },
      get waitingAt() { return nextWaitingAt(view, now); },
      pollAt: Math.min(endOf(this.#poll, now), newsDueAt),
      preferencesAt: preferences?.dueAt(now) ?? Number.POSITIVE_INFINITY,
      healthAt: !mayAskHealth ? Number.POSITIVE_INFINITY : view.sync.capabilities === null ? now : endOf(this.#health, now),
      get needsHealth() { return mayAskHealth && (mayBeBlocked || (isUnproved && needsHealthProof(view, now))); },
      tokenAt: endOf(this.#token, now),
    };
  }

  /** A new term of leading begins. */
  begin(): void {
    this.clear();
    this.#health = this.#healthAgain = null;
  }

  /** Nothing of our own stands in the way of trying now. */
  clear(): void {
    this.#poll = this.#token = this.#offlineTry = null;
  }

  /** The page woke up: when it catches up, a little later, so that not everything wakes at once. */
  catchUp(): number {
    const { clock, ids } = this.#options;
    const now = clock.now();
    const at = now + Math.round(ids.random() * CATCH_UP_JITTER_MS);
    this.#poll = sooner(this.#poll, now, at);
    this.#token = sooner(this.#token, now, at);
    this.#offlineTry = null;
    return at;
  }

  lookNow(): void {
    this.#poll = null;
  }

  lookSoon(): void {
    const { clock, ids } = this.#options;
    const now = clock.now();
    this.#poll = sooner(this.#poll, now, now + BACK_OFF_MIN_MS + Math.round(ids.random() * CATCH_UP_JITTER_MS));
  }

  /** What could not be asked is asked again when the pause is over, also with nothing to send: nobody else tells that the server is back. */
  lookAgain(halt: Halt): void {
    if (halt.kind !== 'failed') return;
    const { clock, books } = this.#options;
    const now = clock.now();
    this.#poll = sooner(this.#poll, now, Math.max(books.pauseEnds(now), now + BACK_OFF_MIN_MS));
  }

  /** A wait that begins now. */
  #for(ms: number): Span {
    return spanOf(this.#options.clock.now(), ms);
  }

  /** The server is being asked what is new. @param isLive news come by themselves. */
  noteLook(isLive: boolean): void {
    const { ids, lifecycle } = this.#options;
    const interval = !lifecycle.visible() ? POLL_HIDDEN_MS : isLive ? POLL_LIVE_MS : POLL_VISIBLE_MS;
    this.#poll = this.#for(Math.round(interval * (0.9 + 0.2 * ids.random())));
  }

  /** The same by the documented call, which costs more. */
  notePoll(isLive: boolean): void {
    this.#polled = this.#for(POLL_AFTER_DRAIN_MS);
    this.noteLook(isLive);
  }

  /** Something was sent by documented calls: what came of it is looked at before long. */
  lookAfterDrain(): void {
    const now = this.#options.clock.now();
    this.#poll = sooner(this.#poll, now, endOf(this.#polled, now));
  }

  noteOfflineTry(): void {
    this.#offlineTry = this.#for(OFFLINE_TRY_MS);
  }

  noteToken(): void {
    this.#token = this.#for(TOKEN_EVERY_MS);
  }

  /** A request is on its way that shows whether the server is well. */
  noteProof(): void {
    this.#proof = this.#for(BACK_OFF_MIN_MS);
  }

  noteHealth(isWell: boolean): void {
    this.#health = this.#for(isWell ? HEALTH_EVERY_MS : HEALTH_ABSENT_MS);
  }

  /** A server that offers a call no more says so in its health. */
  askHealth(): void {
    this.#health = null;
  }

  /** Asked how it is the server said nothing of use: its other calls are tried before it is asked again. */
  tryBeforeHealth(): void {
    const { books, clock } = this.#options;
    const now = clock.now();
    this.#healthAgain = { from: now, until: books.pauseEnds(now) + HEALTH_AGAIN_MS };
  }

  /** Something answered that said nothing yet: now it may say what it offers. */
  askHealthNow(): void {
    this.#healthAgain = null;
  }

  /** Nothing arrived several times in a row: something between here and the server may be against it. */
  get mayBeBlocked(): boolean {
    return this.#networkFailures >= POLICY_SUSPICION;
  }

  noteNetwork(isWorking: boolean): void {
    this.#networkFailures = isWorking ? 0 : this.#networkFailures + 1;
  }
}
