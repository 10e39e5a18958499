// One client's stream of server-sent events. It holds no queue of news: a piece of news is only a reason to look, and what it then
// says is how everything stands. Whoever misses an event misses nothing that the next one, or the next exchange, does not say.
import { formatInstant, type RunningSession, type StreamEvent } from '@syncline/protocol';
import type { Clock, Overview, ServerStore } from '../ports.ts';
import { readCursor } from '../sync/cursor.ts';
import { toRunningSession } from '../sync/session-records.ts';
import { statusTag } from '../sync/status-tag.ts';
import { runningAfter } from '../sync/working-set.ts';

/** A comment goes out, and the stream looks by itself, this often. Shorter than proxies wait. */
const KEEP_ALIVE_MS = 20_000;
/** Events and comments the client has not read yet, a large one counted as several. One more, and it is told to come again. */
const UNREAD_MAX = 32;
const UNREAD_BYTES = 2_048;

/** `auth`: the token or its login ended · `restart`: the server stops or cannot read · `slow`: the client does not read. */
export type ByeReason = 'auth' | 'restart' | 'slow';

export interface UserStreamOptions {
  readonly store: ServerStore;
  readonly clock: Clock;
  readonly userId: string;
  /** The calling device, or empty: the status tag leaves out its own last contact. */
  readonly deviceId: string;
  readonly cursor: string | null;
  /** End of the access token. */
  readonly expiresAt: number;
  /** Whether the login still stands. */
  readonly stands: () => Promise<boolean>;
  readonly onEnd: () => void;
}

/** What the client was told last. */
interface Told {
  readonly epoch: string;
  readonly head: number;
  readonly tag: string;
  readonly running: string;
}

interface Seen {
  readonly overview: Overview;
  readonly tag: string;
  readonly running: readonly RunningSession[];
}

export class UserStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: UserStreamOptions;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #told: Told | null = null;
  #isLooking = false;
  #isNewsWaiting = false;
  #unwatch: () => void = () => undefined;
  #callOff: () => void = () => undefined;

  constructor(options: UserStreamOptions) {
    this.#options = options;
    this.body = new ReadableStream<Uint8Array>(
      { start: (controller) => void (this.#controller = controller), cancel: () => this.#end() },
      { highWaterMark: UNREAD_MAX, size: (chunk) => Math.max(1, chunk.byteLength / UNREAD_BYTES) },
    );
  }

  /** Says hello. Rejects as the store does; then there is no stream. */
  async open(): Promise<void> {
    // Watching comes before reading: what is committed in between is news, and is looked at again.
    this.#unwatch = this.#options.store.watch(this.#options.userId, () => this.#onNews());
    this.#isLooking = true;
    try {
      this.#sayHello(await this.#read());
    } catch (error) {
      this.#end();
      throw error;
    }
    this.#isLooking = false;
    this.#scheduleTick();
    if (this.#isNewsWaiting) this.#onNews();
  }

  /** Says why, and ends. Doing so twice is harmless. */
  bye(reason: ByeReason): void {
    if (this.#controller === null) return;
    this.#enqueue({ type: 'bye', reason });
    this.#controller.close();
    this.#end();
  }

  #end(): void {
    if (this.#controller === null) return;
    this.#controller = null;
    this.#unwatch();
    this.#callOff();
    this.#options.onEnd();
  }

  #onNews(): void {
    this.#isNewsWaiting = true;
    if (!this.#isLooking) void this.#look();
  }

  /** Looks until nothing came in between. Many commits at once cost one look. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      while (this.#isNewsWaiting && this.#controller !== null) {
        this.#isNewsWaiting = false;
        this.#tell(await this.#read());
      }
    } catch {
      // The client comes again, to a server that can read.
      this.bye('restart');
    }
    this.#isLooking = false;
  }

  async #read(): Promise<Seen> {
    const { store, clock, userId, deviceId } = this.#options;
    return store.readUser(userId, async (tx) => {
      const overview = await tx.overview();
      const running = overview.summary.running > 0 ? await tx.running(runningAfter(clock.now())) : [];
      return {
        overview,
        tag: statusTag(overview.summary, overview.devices, deviceId),
        running: running.map((session) => toRunningSession(session, overview.devices)),
      };
    });
  }

  #sayHello(seen: Seen): void {
    const { overview: { epoch, summary: { sequence: head } }, tag, running } = seen;
    this.#send({ type: 'hello', epoch, head, status_tag: tag, server_time: this.#time(), running });
    const { cursor } = this.#options;
    if (cursor !== null) {
      const { after, reset } = readCursor(cursor, null, epoch, head);
      if (reset !== undefined || after < head) this.#send({ type: 'changed', head, status_tag: tag, server_time: this.#time() });
    }
    this.#told = toldOf(seen);
  }

  #tell(seen: Seen): void {
    const { overview: { epoch, summary: { sequence: head } }, tag, running } = seen;
    const before = this.#told;
    const now = toldOf(seen);
    this.#told = now;
    // Another history: what the client knows of positions means nothing any longer.
    if (before?.epoch !== epoch) return this.#sayHello(seen);
    if (before.head !== head || before.tag !== tag) this.#send({ type: 'changed', head, status_tag: tag, server_time: this.#time() });
    if (before.running !== now.running) this.#send({ type: 'running', running, server_time: this.#time() });
  }

  #scheduleTick(): void {
    if (this.#controller === null) return;
    const { clock, expiresAt } = this.#options;
    this.#callOff = clock.after(Math.max(0, Math.min(KEEP_ALIVE_MS, expiresAt - clock.now())), () => void this.#tick());
  }

  async #tick(): Promise<void> {
    const { clock, expiresAt, stands } = this.#options;
    if (clock.now() >= expiresAt || !(await stands().catch(() => true))) return this.bye('auth');
    this.#write(': \n\n');
    this.#onNews();
    this.#scheduleTick();
  }

  #time(): string {
    return formatInstant(this.#options.clock.now());
  }

  #send(event: StreamEvent): void {
    if (this.#hasRoom()) this.#enqueue(event);
  }

  #write(text: string): void {
    if (this.#hasRoom()) this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #hasRoom(): boolean {
    if (this.#controller === null) return false;
    if ((this.#controller.desiredSize ?? 0) > 0) return true;
    this.bye('slow');
    return false;
  }

  #enqueue(event: StreamEvent): void {
    const id = 'head' in event ? `id: ${event.head}\n` : '';
    this.#controller?.enqueue(this.#encoder.encode(`event: ${event.type}\n${id}data: ${JSON.stringify(event)}\n\n`));
  }
}

function toldOf({ overview, tag, running }: Seen): Told {
  return { epoch: overview.epoch, head: overview.summary.sequence, tag, running: JSON.stringify(running) };
}
