// One connection at work: queries in order, errors in our words, the transaction around them.
//
// Kysely builds the statements; they run here and not through its driver, because a real PostgreSQL connection can then take
// several at once: BEGIN, the switch of role and the first read of a request travel together and cost one round trip.
import type { CompiledQuery, Kysely } from 'kysely';
import type { PoolClient } from 'pg';
import type { StatementListener } from './statement-listener.ts';
import { toStoreError } from './store-error.ts';
import type { Tables } from './tables.ts';

/** Anything Kysely can turn into a statement whose rows are `T`. */
export interface Statement<T> {
  compile(db: Kysely<Tables>): CompiledQuery<T>;
}

export class SqlSession {
  readonly #client: PoolClient;
  readonly #db: Kysely<Tables>;
  readonly #isPipelined: boolean;
  readonly #listener: StatementListener | undefined;
  /** Statements sent and not answered yet; without pipelining the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: PoolClient, db: Kysely<Tables>, isPipelined: boolean, listener?: StatementListener) {
    this.#client = client;
    this.#db = db;
    this.#isPipelined = isPipelined;
    this.#listener = listener;
  }

  /**
   * Rows of one statement. Rejects with a `ServerStoreError`. Statements keep the order of the calls.
   * @param name under which the connection keeps its plan. Only for a statement whose best plan never depends on its parameters, and which
   * names its columns: a column that a newer server adds must not change what it gives.
   */
  run<T>(statement: Statement<T>, name?: string): Promise<readonly T[]> {
    const { sql: text, parameters } = statement.compile(this.#db);
    const send = (): Promise<readonly T[]> => {
      this.#listener?.(text, parameters);
      return this.#client.query<T & object>({ text, values: [...parameters], ...(name === undefined ? {} : { name }) }).then(({ rows }) => rows as readonly T[]);
    };
    const sent = this.#isPipelined ? send() : this.#last.then(send);
    this.#last = sent.catch(() => undefined);
    return sent.catch((error: unknown) => {
      throw toStoreError(error);
    });
  }

  /** The first row, or null. */
  async first<T>(statement: Statement<T>, name?: string): Promise<T | null> {
    return (await this.run(statement, name))[0] ?? null;
  }
}
