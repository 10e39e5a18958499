// The store on a database that speaks PostgreSQL. Transactions only; statements live beside it.
//
// Every transaction switches to a role that row-level security binds, and names the user for as long as it lasts. A connection
// that goes back to the pool therefore remembers nothing, and a forgotten switch would find no privileges to misuse.
import { canonicalUuid } from '@syncline/protocol';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type RawBuilder, sql } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import type { AccountStore, Overview, ServerStore, UserReader, UserTransaction, WorkPace } from '../../ports.ts';
import type { NewsLine } from './news-line.ts';
import { isStoreError, storeError } from '../store-error.ts';
import { SharedLoan } from './shared-loan.ts';
import { SqlAccounts } from './sql-accounts.ts';
import { SqlSession } from './sql-session.ts';
import type { StatementListener } from './statement-listener.ts';
import { toStoreError } from './store-error.ts';
import type { Tables } from './tables.ts';
import { Turns } from './turns.ts';
import { SqlUserReader } from './user-reader.ts';
import { SqlUserTransaction } from './user-transaction.ts';

/** The roles of the first migration. */
export type StoreRole = 'syncline_data' | 'syncline_accounts';

export interface SqlStoreOptions {
  /** An open pool whose database is migrated; the store ends it when it closes. */
  readonly pool: Pool;
  /** Whether the pool's connections take several statements at once (`pipeline: true`). The embedded database does not. */
  readonly isPipelined: boolean;
  /** Where commits are told of. */
  readonly news: NewsLine;
  /** Runs after the pool has ended, for example to close an embedded database. */
  readonly afterClose?: (() => Promise<void>) | undefined;
  /** Told of each statement before it is sent. */
  readonly onStatement?: StatementListener | undefined;
}

/** Builds statements; never runs them. */
function createCompiler(): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

/** Reads under way on one connection: few enough that one which waits for a disk holds up few others. */
const READS_AT_ONCE = 4;

/** Reads of one user at once, each on a connection of its own. */
const USER_READS_AT_ONCE = 4;
/** As long as the database lets a writer wait for the one before it. */
const TURN_MS = 10_000;

// A writer waits for the one before it, and then reads what that wrote.
const WRITING: RawBuilder<unknown> = sql`begin isolation level read committed`;
const READING: RawBuilder<unknown> = sql`begin isolation level repeatable read read only`;

class SqlStore implements ServerStore {
  readonly accounts: AccountStore;
  readonly #options: SqlStoreOptions;
  readonly #db: Kysely<Tables> = createCompiler();
  /** For reads of one statement, which is a transaction by itself. */
  readonly #reading: SharedLoan<SqlSession>;
  /** Writers of one user wait for each other in any case: here they do so without a connection. */
  readonly #writers = new Turns(1, TURN_MS);
  readonly #readers = new Turns(USER_READS_AT_ONCE, TURN_MS);
  /** Works that wait for something else while they have a connection: half of the connections stay for the others. */
  readonly #waiters: Turns;
  #closing: Promise<void> | null = null;

  constructor(options: SqlStoreOptions) {
    this.#options = options;
    this.#waiters = new Turns(Math.max(1, Math.floor(options.pool.options.max / 2)), TURN_MS);
    this.#reading = new SharedLoan((use) => this.#connected(use), options.isPipelined ? READS_AT_ONCE : 1);
    this.accounts = new SqlAccounts((work) => this.#transaction('syncline_accounts', null, WRITING, work));
  }

  async ping(): Promise<void> {
    await this.#connected((session) => session.run(sql`select 1`));
  }

  async epoch(): Promise<string> {
    const row = await this.#connected((session) => session.first(sql<{ epoch: string }>`select epoch from server_epoch`));
    if (row === null) throw storeError('failed', undefined, 'the database has no epoch');
    return row.epoch;
  }

  withUser<T>(userId: string, work: (tx: UserTransaction) => Promise<T>, pace?: WorkPace): Promise<T> {
    return this.#writers.run(userId, () => this.#atPace(pace, () => this.#write(userId, work)));
  }

  watch(userId: string, listener: () => void): () => void {
    return this.#options.news.desk.watch(userId, listener);
  }

  overview(userId: string): Promise<Overview> {
    return this.#reading.use((session) => new SqlUserReader(session, userId).overview());
  }

  readUser<T>(userId: string, work: (tx: UserReader) => Promise<T>, pace?: WorkPace): Promise<T> {
    const read = (): Promise<T> => this.#transaction('syncline_data', userId, READING, (session) => work(new SqlUserReader(session, userId)));
    return this.#readers.run(userId, () => this.#atPace(pace, read));
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([this.#options.pool.end(), this.#options.news.close()]).then(() => this.#options.afterClose?.());
    return this.#closing;
  }

  #atPace<T>(pace: WorkPace = 'quick', work: () => Promise<T>): Promise<T> {
    return pace === 'quick' ? work() : this.#waiters.run(pace, work);
  }

  async #write<T>(userId: string, work: (tx: UserTransaction) => Promise<T>): Promise<T> {
    let hasWritten = false;
    const done = await this.#transaction('syncline_data', userId, WRITING, async (session) => {
      const locked = await session.first(sql`select user_id from user_summaries where user_id = ${userId}::uuid for no key update`);
      if (locked === null) throw storeError('failed', undefined, 'no such user');
      const tx = new SqlUserTransaction(session, userId);
      const result = await work(tx);
      hasWritten = tx.hasWritten;
      return result;
    }).catch((error: unknown) => {
      // The connection may have died after the commit: then there is news, and looking in vain costs one read.
      if (hasWritten) this.#options.news.announce(userId);
      throw error;
    });
    if (hasWritten) this.#options.news.announce(userId);
    return done;
  }

  /** Runs `work` between BEGIN and COMMIT. Statements of `work` may travel with BEGIN; if that fails, they fail too. */
  async #transaction<T>(role: StoreRole, userId: string | null, begin: RawBuilder<unknown>, work: (session: SqlSession) => Promise<T>): Promise<T> {
    const opening = openingOf(role, userId, begin);
    return this.#connected(async (session) => {
      const opened = session.run(opening);
      try {
        const [result] = await Promise.all([work(session), opened]);
        await session.run(sql`commit`);
        return result;
      } catch (error) {
        const [cause] = await Promise.allSettled([opened]);
        await session.run(sql`rollback`);
        throw cause.status === 'rejected' ? cause.reason : error;
      }
    });
  }

  /** Lends a connection. One that broke, or is within a transaction still because its end failed, is thrown away. */
  async #connected<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const { pool, isPipelined, onStatement } = this.#options;
    if (this.#closing !== null) throw storeError('unavailable', undefined, 'the store is closed');
    let client: PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw toStoreError(error);
    }
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      return await work(new SqlSession(client, this.#db, isPipelined, onStatement));
    } catch (error) {
      if (isStoreError(error) && error.code === 'unavailable') broken ??= error;
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken ?? client.getTransactionStatus() !== 'I');
    }
  }
}

/**
 * BEGIN and what holds until its end, in one message. Such a message cannot have parameters: the user's id is written into it, and is nothing but a UUID.
 * enable_seqscan: every statement is meant for an index, and a plan made while a table was small must not stay for ever.
 * jit: statements are short, and compiling one whose cost was guessed too high takes a quarter of a second.
 * datestyle: times are read in this form only.
 */
function openingOf(role: StoreRole, userId: string | null, begin: RawBuilder<unknown>): RawBuilder<unknown> {
  const id = userId === null ? '' : canonicalUuid(userId);
  if (id === null) throw storeError('failed', undefined, 'no such user');
  return sql`${begin}; set local role ${sql.id(role)}; set local app.user_id = ${sql.lit(id)}; set local enable_seqscan = off; set local jit = off; set local datestyle = iso`;
}

/** The store over an open pool. */
export function createSqlStore(options: SqlStoreOptions): ServerStore {
  return new SqlStore(options);
}
