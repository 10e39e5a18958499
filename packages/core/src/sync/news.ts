// The server's stream of news: one long answer, in the leading tab alone. An event is a hint that there is something to fetch; what the
// stream misses, the cursor of the next exchange finds, so its loss costs time and never data.
import { createParser } from 'eventsource-parser';
import type { RunningElsewhere } from '../api.ts';
import type { Clock, Ids } from '../ports.ts';
import { readCommon } from './answer.ts';
import { BACK_OFF_MIN_MS, backOffMs } from './backoff.ts';
import type { Books } from './books.ts';
import { isEqualValue } from './equal.ts';
import type { Local } from './local.ts';
import { type NewsEvent, parseNewsEvent } from './news-event.ts';
import type { Sent, ServerCalls } from './server-calls.ts';
import { endOf, isOver, type Span, spanOf } from './span.ts';
import { offers } from './sync-state.ts';

/** A stream that ended sooner was of no use, and the next one waits longer. */
const WORTH_MS = 30_000;
/** A server without the call is asked for it again with its health. */
const ABSENT_MS = 3_600_000;
/** Other devices' last contacts are not worth an exchange each. */
const TAG_DELAY_MS = 2000;
/** The server sends something every 20 s; after so long a silence the connection may be dead. */
const STALE_MS = 30_000;
const EVENT_CHARS_MAX = 1_000_000;
const NEVER = Number.POSITIVE_INFINITY;

export interface NewsOptions {
  readonly local: Local;
  readonly calls: ServerCalls;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly books: Books;
  /** There may be something to do. */
  readonly onNews: () => void;
  /** It broke: perhaps the server cannot be reached at all, or nobody is signed in any more. */
  readonly onLost: () => void;
}

/** What the server said it has. */
interface Told {
  /** Null when only a change was told, within the epoch of the stream. */
  readonly epoch: string | null;
  readonly head: number;
  readonly tag: string | null;
  readonly at: Span;
}

interface Connection {
  readonly abort: AbortController;
  readonly term: number;
  /** When it was asked for, by the monotonic clock. */
  readonly since: number;
  heardAt: number;
  isOpen: boolean;
}

export class News {
  readonly #options: NewsOptions;
  #connection: Connection | null = null;
  #pause: Span | null = null;
  #failures = 0;
  #told: Told | null = null;

  constructor(options: NewsOptions) {
    this.#options = options;
  }

  /** Whether news arrive by themselves now. */
  get isLive(): boolean {
    return this.#connection?.isOpen === true;
  }

  /** What an exchange that begins now will have answered; for `settle`. */
  get told(): unknown {
    return this.#told;
  }

  /** An exchange that began when this was the news has succeeded. */
  settle(told: unknown): void {
    if (this.#told === told) this.#told = null;
  }

  /** When to exchange because of the news; never without any. */
  dueAt(now: number): number {
    const { sync } = this.#options.local.view;
    const { exchange } = sync;
    if (this.#told === null || exchange === null || !offers(sync, 'exchange')) return NEVER;
    const { epoch, head, tag, at } = this.#told;
    if ((epoch !== null && epoch !== exchange.epoch) || head > exchange.head) return now;
    return tag !== null && tag !== exchange.tag ? endOf(at, now) : NEVER;
  }

  /** When a stream that cannot be had now is asked for again; never when there is one, or none can be had. */
  nextTryAt(now: number): number {
    return this.#connection === null && this.#isOffered && !isOver(this.#pause, now) ? endOf(this.#pause, now) : NEVER;
  }

  get #isOffered(): boolean {
    const { local: { view: { sync } }, calls } = this.#options;
    return calls.canStream && sync.exchange !== null && offers(sync, 'stream') && offers(sync, 'exchange');
  }

  /** Asks for the stream when there is none and all is well. */
  follow(term: number): void {
    const { clock, local, books } = this.#options;
    const now = clock.now();
    const { connection, stopped, failures } = local.view.sync;
    // After a failure one request shows whether the server is back, and that is the next exchange.
    const isWell = connection === 'online' && stopped === null && failures === 0 && !books.isPausing;
    if (this.#connection !== null || !this.#isOffered || !isWell || !isOver(this.#pause, now)) return;
    void this.#listen(term);
  }

  /** This tab leads no longer. */
  stop(): void {
    this.#connection?.abort.abort();
    this.#connection = this.#pause = this.#told = null;
    this.#failures = 0;
  }

  /** The machine slept, or the network changed: a connection that looks open may be dead. */
  refresh(): void {
    this.#pause = null;
    const silence = this.#options.clock.monotonic() - (this.#connection?.heardAt ?? 0);
    if (silence > STALE_MS) this.#connection?.abort.abort();
  }

  async #listen(term: number): Promise<void> {
    const { clock, calls, local } = this.#options;
    const at = clock.monotonic();
    const connection: Connection = { abort: new AbortController(), term, since: at, heardAt: at, isOpen: false };
    this.#connection = connection;
    const parser = createParser({ onEvent: ({ data }) => this.#hear(connection, parseNewsEvent(data)), maxBufferSize: EVENT_CHARS_MAX });
    const onText = (text: string): void => {
      connection.heardAt = clock.monotonic();
      try {
        parser.feed(text);
      } catch {
        // An event without end.
        connection.abort.abort();
      }
    };
    const sent = await calls.stream(local.view.sync.exchange?.cursor ?? null, onText, connection.abort.signal);
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#end(connection, sent);
  }

  #end({ since, isOpen, abort }: Connection, sent: Sent): void {
    const { clock, ids, books, onNews, onLost } = this.#options;
    const now = clock.now();
    const response = sent.kind === 'answered' && sent.result.ok ? sent.result.response : null;
    if (isOpen && clock.monotonic() - since >= WORTH_MS) this.#failures = 0;
    else this.#failures += 1;
    if (!isOpen && sent.kind === 'answered') books.breathe();
    const outcome = response === null || response.status < 300 || sent.kind !== 'answered' ? null : readCommon(sent.result, now);
    const asked = outcome?.kind === 'failed' ? outcome.retryAfterMs : null;
    // A pause that the server asks for holds for everything.
    if (outcome?.kind === 'failed' && asked !== null) void books.fail(outcome, false).catch(() => undefined);
    const own = response?.status === 404 ? ABSENT_MS : this.#failures === 0 ? BACK_OFF_MIN_MS : backOffMs(this.#failures, ids.random());
    const until = Math.max(now + Math.max(own, asked ?? 0), books.freeAt(now));
    this.#pause = { from: now, until };
    if (isOpen && !abort.signal.aborted) onLost();
    onNews();
  }

  #hear(connection: Connection, event: NewsEvent | null): void {
    if (event === null || connection !== this.#connection) return;
    const { clock, onNews, onLost } = this.#options;
    if (event.type === 'bye') {
      connection.abort.abort();
      // It stops, or this login has ended: the next exchange says which.
      return onLost();
    }
    if (event.type === 'hello' || event.type === 'changed') {
      connection.isOpen ||= event.type === 'hello';
      const epoch = event.type === 'hello' ? event.epoch : (this.#told?.epoch ?? null);
      this.#told = { epoch, head: event.head, tag: event.tag, at: spanOf(clock.now(), TAG_DELAY_MS) };
      onNews();
    }
    if (event.type !== 'changed') void this.#keepRunning(event.running, connection.term).catch(() => undefined);
  }

  async #keepRunning(running: readonly RunningElsewhere[], term: number): Promise<void> {
    const { local } = this.#options;
    if (isEqualValue(local.view.answer?.running, running)) return;
    await local.commit((draft) => {
      const { answer, head } = draft.view;
      if (head.term === term && answer !== null) draft.putMeta('answer', { ...answer, running });
    }, 'relaxed');
  }
}
