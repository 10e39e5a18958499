// The server's SQL store, on an embedded PostgreSQL, as the store of simulated servers. One database for all worlds, emptied before
// each: making one takes longer than most worlds.
import type { AccountStore, CrashPoint, ServerStore } from '@syncline/server';
import type { Change, StoredSession, UserReader, UserTransaction } from '../../packages/server/src/ports.ts';
import { storeError } from '../../packages/server/src/store/store-error.ts';
import type { Outside } from './outside.ts';
import { type SimStore, type SimStoreFactory, trueContent, type TrueContent } from './real-server.ts';
import { openSqlDatabase, type SqlDatabase } from './sql-database.ts';

const EMPTY: TrueContent = { sessions: [], preferences: { values: {}, document: null } };
const ALL = 1_000_000;

/** The database in one world. What oracles read is what was found in it after each transaction. */
class SqlSimStore implements SimStore {
  readonly store: ServerStore;
  readonly #database: SqlDatabase;
  readonly #during: Outside['during'];
  /** Listeners, and what ends each. */
  readonly #watching = new Map<() => void, () => void>();
  #content = new Map<string, TrueContent>();
  #backup: ReadonlyMap<string, TrueContent> = new Map();
  #crash: CrashPoint | null = null;
  #isAvailable = true;

  constructor(database: SqlDatabase, during: Outside['during']) {
    this.#database = database;
    this.#during = during;
    const { store } = database;
    this.store = {
      accounts: this.#accounts(),
      ping: () => this.#reach(() => store.ping()),
      epoch: () => this.#reach(() => store.epoch()),
      overview: (userId) => this.#reach(() => store.overview(userId)),
      readUser: (userId, work) => this.#reach(() => store.readUser(userId, work)),
      withUser: (userId, work) => this.#reach(() => this.#write(userId, work)),
      watch: (userId, listener) => this.#watch(userId, listener),
      close: async () => this.end(),
    };
  }

  content(userId: string): TrueContent {
    return this.#content.get(userId) ?? EMPTY;
  }

  crashNext(point: CrashPoint): void {
    this.#crash = point;
  }

  setAvailable(available: boolean): void {
    this.#isAvailable = available;
  }

  save(): void {
    this.#backup = new Map(this.#content);
    void this.#during(this.#database.save());
  }

  restore(epoch: string): void {
    this.#content = new Map(this.#backup);
    void this.#during(this.#database.restore(epoch).then(() => this.#tellAll()));
  }

  /** Whatever of this world still runs finds no database any more. */
  end(): void {
    this.#isAvailable = false;
    for (const cancel of this.#watching.values()) cancel();
    this.#watching.clear();
  }

  #reach<T>(work: () => Promise<T>): Promise<T> {
    return this.#isAvailable ? this.#during(work()) : Promise.reject(storeError('unavailable'));
  }

  /** The same accounts, any call of which may find no database. */
  #accounts(): AccountStore {
    const { accounts } = this.#database.store;
    const create: AccountStore['create'] = (account) => this.#reach(async () => {
      const isNew = await accounts.create(account);
      await this.#look(account.userId);
      return isNew;
    });
    return new Proxy(accounts, {
      get: (_, name) => (name === 'create' ? create : (...given: unknown[]) =>
        this.#reach(() => Reflect.apply(Reflect.get(accounts, name) as () => Promise<unknown>, accounts, given))),
    });
  }

  async #write<T>(userId: string, work: (tx: UserTransaction) => Promise<T>): Promise<T> {
    const crash = this.#crash;
    this.#crash = null;
    const { store } = this.#database;
    try {
      return await store.withUser(userId, async (tx) => {
        const result = await work(tx);
        if (crash !== null) this.#database.breakAtCommit(crash);
        return result;
      });
    } finally {
      await this.#look(userId);
    }
  }

  async #look(userId: string): Promise<void> {
    const [sessions, preferences] = await this.#database.store.readUser(userId, (reader) => Promise.all([sessionsOf(reader), reader.preferences()]));
    this.#content.set(userId, trueContent(sessions, preferences));
  }

  #watch(userId: string, listener: () => void): () => void {
    const cancel = this.#database.store.watch(userId, listener);
    this.#watching.set(listener, cancel);
    return () => {
      this.#watching.delete(listener);
      cancel();
    };
  }

  #tellAll(): void {
    for (const listener of [...this.#watching.keys()]) listener();
  }
}

/** A read gives as many changes as it likes, and none only at the end. */
async function sessionsOf(reader: UserReader): Promise<readonly StoredSession[]> {
  const sessions: StoredSession[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const changes: readonly Change[] = await reader.changes(after, ALL);
    sessions.push(...changes.flatMap((change) => (change.kind === 'session' ? [change.session] : [])));
    after = changes.at(-1)?.sequence;
  }
  return sessions;
}

/** Stores of one world after the other. */
export async function createSqlStores({ during }: Outside): Promise<SimStoreFactory> {
  const database = await openSqlDatabase();
  let last: SqlSimStore | null = null;
  return async (epoch) => {
    last?.end();
    await database.empty(epoch);
    last = new SqlSimStore(database, during);
    return last;
  };
}
