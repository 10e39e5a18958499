// Draining written by hand: an outbox and a history in IndexedDB, emptied by exchanges of so many operations each. And the least it can
// cost to bring sessions to a server one by one: a loop of fetches with no store at all.
import type { BenchSession } from './contender.ts';
import { OWN_DEVICE } from './data.ts';
import { type Account, type Drainer, post, submitOf } from './drain.ts';
import { committed, once, openRaw } from './raw.ts';

interface Waiting {
  readonly seq: number;
  readonly opId: string;
  readonly session: BenchSession;
}

interface Answer {
  readonly cursor: string;
  readonly epoch: string;
  readonly results: readonly { readonly op_id: string; readonly status: string; readonly display_id: string; readonly version: number }[];
}

class RawDrainer implements Drainer {
  readonly #atOnce: number;
  readonly #incarnation = crypto.randomUUID();
  #db: IDBDatabase | null = null;
  #account: Account | null = null;
  #cursor: string | null = null;
  #epoch: string | null = null;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  get db(): IDBDatabase {
    if (this.#db === null) throw new Error('not open');
    return this.#db;
  }

  async hold(account: Account, sessions: readonly BenchSession[]): Promise<void> {
    this.#account = account;
    this.#db = await openRaw('bench-drain', (db) => {
      db.createObjectStore('outbox', { keyPath: 'seq' });
      db.createObjectStore('sessions', { keyPath: 'id' }).createIndex('start', 'startTime');
    });
    await this.#exchange([]);
    const tx = this.db.transaction('outbox', 'readwrite', { durability: 'strict' });
    sessions.forEach((session, n) => void tx.objectStore('outbox').put({ seq: n + 1, opId: crypto.randomUUID(), session } satisfies Waiting));
    await committed(tx);
  }

  async drain(): Promise<void> {
    for (;;) {
      const waiting: Waiting[] = await once(this.db.transaction('outbox').objectStore('outbox').getAll(null, this.#atOnce));
      if (waiting.length === 0) return;
      await this.#settle(waiting, await this.#exchange(waiting));
    }
  }

  async #exchange(waiting: readonly Waiting[]): Promise<Answer> {
    const device = { device_id: OWN_DEVICE, device_type: 'web_timer', version: '1.0', sessions_pending: waiting.length, incarnation: this.#incarnation, run: this.#incarnation };
    const operations = waiting.map(({ seq, opId, session }) => ({ type: 'submit', op_id: opId, seq, session: submitOf(session) }));
    const answer = (await post(this.#account as Account, '/api/sync/exchange', {
      protocol: 1, device, cursor: this.#cursor, epoch: this.#epoch, operations, status_tag: null, limit: 1000,
    })) as Answer;
    this.#cursor = answer.cursor;
    this.#epoch = answer.epoch;
    return answer;
  }

  async #settle(waiting: readonly Waiting[], { results }: Answer): Promise<void> {
    const byId = new Map(results.map((result) => [result.op_id, result]));
    const tx = this.db.transaction(['outbox', 'sessions'], 'readwrite', { durability: 'relaxed' });
    const history = tx.objectStore('sessions');
    for (const { opId, session } of waiting) {
      const result = byId.get(opId);
      if (result?.status !== 'applied') throw new Error(`the server said ${result?.status}`);
      history.put({ ...session, displayId: result.display_id, version: result.version });
    }
    // They are numbered without gaps, so one request takes them all away.
    tx.objectStore('outbox').delete(IDBKeyRange.bound(waiting[0]?.seq, waiting.at(-1)?.seq));
    await committed(tx);
  }

  async left(): Promise<{ waiting: number; confirmed: number }> {
    const tx = this.db.transaction(['outbox', 'sessions']);
    const [waiting, confirmed] = await Promise.all([once(tx.objectStore('outbox').count()), once(tx.objectStore('sessions').count())]);
    return { waiting, confirmed };
  }
}

/** @param atOnce operations in one request. */
export function createRawDrainer(atOnce: number): Drainer {
  return new RawDrainer(atOnce);
}

/** Sends the documented submits from memory, so many at once, and remembers nothing. */
export function createFetchLoop(lanes: number): Drainer {
  let account: Account | null = null;
  let sessions: readonly BenchSession[] = [];
  return {
    hold(of, held) {
      account = of;
      sessions = held;
      return Promise.resolve();
    },
    async drain() {
      let next = 0;
      const lane = async (): Promise<void> => {
        for (let session = sessions[next]; session !== undefined; session = sessions[next]) {
          next += 1;
          await post(account as Account, '/api/pomodoro/submit', submitOf(session));
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
    },
    left: () => Promise.resolve(null),
  };
}
