// A page that is nothing but the engine over its real ports: tests drive it from outside and kill it.
import { browserPorts, type Clock, createSyncEngine, type EngineStatus, isEngineError, type SyncEngine } from '@syncline/core';
import { createDexieStores } from '../../../packages/core/src/adapters/dexie-store.ts';

export interface EngineSetup {
  readonly user: string;
  readonly token: string;
  /** Time runs so much faster, from that instant on, the same in every tab. */
  readonly speed: number;
  readonly since: number;
}

export interface Seen {
  readonly status: EngineStatus;
  /** Recorded and not acknowledged. */
  readonly unsent: readonly string[];
}

/** A session that this page has, in the terms of the test: its number gives its time. */
type Heard = (id: string) => void;

const HALF_HOUR = 1_800_000;
const FIRST = Date.UTC(2004, 0, 1);
const LANES = 3;
const OPEN_TIMEOUT_MS = 5000;
/** News of what was just sent are read at once; the next exchange is seconds away. */
const REST_MS = 200;

/** The deadlines of the engine in a fraction of the time. */
function hurried({ speed, since }: EngineSetup): Clock {
  return {
    now: () => Math.floor(since + (Date.now() - since) * speed),
    monotonic: () => performance.now() * speed,
    setTimer(delayMs, run) {
      const id = setTimeout(run, Math.min(delayMs / speed, 2 ** 31 - 1));
      return () => clearTimeout(id);
    },
  };
}

/** Which transactions of this page are open. */
class OpenTransactions {
  readonly #open = new Set<IDBTransaction>();
  #changed = performance.now();

  watch(): void {
    const note = (change: () => unknown): void => {
      change();
      this.#changed = performance.now();
    };
    const open = this.#open;
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (...given) {
      const transaction = begin.apply(this, given);
      note(() => open.add(transaction));
      for (const end of ['complete', 'abort']) transaction.addEventListener(end, () => note(() => open.delete(transaction)));
      return transaction;
    };
  }

  /** Resolves, in the same task, when none has been open for so long. */
  async none(forMs: number): Promise<void> {
    for (;;) {
      const left = this.#open.size > 0 ? forMs : this.#changed + forMs - performance.now();
      if (left <= 0) return;
      await new Promise((resolve) => void setTimeout(resolve, left));
    }
  }
}

const transactions = new OpenTransactions();
transactions.watch();

class EnginePage {
  #engine: SyncEngine | null = null;

  get #open(): SyncEngine {
    if (this.#engine === null) throw new Error('no engine is open');
    return this.#engine;
  }

  async open(setup: EngineSetup): Promise<Seen> {
    const ports = { ...browserPorts(location.origin), clock: hurried(setup), stores: createDexieStores({ openTimeoutMs: OPEN_TIMEOUT_MS / setup.speed }) };
    this.#engine = await createSyncEngine({
      user: setup.user, device: { type: 'web_timer', version: '1' }, server: { url: location.origin, token: () => setup.token }, ports,
    });
    return this.look();
  }

  async look(): Promise<Seen> {
    const unsent = await this.#open.sessions.list({ states: ['queued', 'sending', 'parked'], limit: 1000 });
    return { status: this.#open.status.current, unsent: unsent.map(({ id }) => id) };
  }

  /** Records the session of that number. Resolves to its id, or to the code of the refusal. */
  async record(number: number, note = ''): Promise<{ readonly id: string } | { readonly refused: string }> {
    const startTime = FIRST + number * HALF_HOUR;
    try {
      return { id: (await this.#open.sessions.record({ startTime, endTime: startTime + HALF_HOUR - 60_000, category: 'writing', project: 'book', note })).id };
    } catch (error) {
      return { refused: isEngineError(error) ? error.code : String(error) };
    }
  }

  /** Records without end, a few at once, and tells of each that is durable. */
  burst(from: number, to: number): void {
    let next = from;
    const lane = async (): Promise<void> => {
      while (next < to) {
        const done = await this.record((next += 1));
        if ('id' in done) (globalThis as unknown as { readonly heard: Heard }).heard(done.id);
      }
    };
    for (let lanes = 0; lanes < LANES; lanes += 1) void lane();
  }

  /**
   * Resolves when the page is at rest: stopped inside a transaction it would keep everybody from the database, and no page can do
   * anything about that; browsers do not freeze such a page.
   */
  atRest(): Promise<void> {
    return transactions.none(REST_MS);
  }

  async sync(): Promise<void> {
    await this.#open.sync();
  }

  async close(): Promise<void> {
    await this.#engine?.close();
  }
}

declare global {
  interface Window {
    syncline: EnginePage;
  }
}

window.syncline = new EnginePage();
