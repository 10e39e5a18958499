// Opens the two kinds of database behind one code path: PostgreSQL by its address, and the embedded one in a folder or in memory.
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import { PGlite, protocol } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { MIGRATIONS } from '../../migrations/index.ts';
import type { ServerStore } from '../../ports.ts';
import { storeError } from '../store-error.ts';
import { inProcessNews, type NewsLine } from './news-line.ts';
import { openPostgresNews } from './postgres-news.ts';
import { createSqlStore } from './sql-store.ts';
import type { StatementListener } from './statement-listener.ts';
import { toStoreError } from './store-error.ts';

/** Types whose text the driver would hand over as text or as a `Date`: int8 and timestamptz become numbers. */
const INT8 = 20;
const TIMESTAMPTZ = 1184;

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return Number;
    const parse = pg.types.getTypeParser(oid, format as 'text');
    return oid === TIMESTAMPTZ ? (text: string) => Number(parse(text)) : parse;
  },
} as pg.CustomTypesConfig;

export interface OpenOptions {
  /** Told of each statement before it is sent. */
  readonly onStatement?: StatementListener | undefined;
  /** Told of a connection that broke while nobody used it. It is replaced by itself. */
  readonly onIdleError?: ((error: Error) => void) | undefined;
}

export interface PostgresOptions extends OpenOptions {
  /** Most connections at once. Default 10. */
  readonly connections?: number | undefined;
  /** How long a statement may stay without an answer before its connection is given up, in milliseconds. Default 25,000. */
  readonly answerMs?: number | undefined;
}

/** Connects, migrates, and gives the store. Rejects with a `ServerStoreError`. */
export async function openPostgresStore(databaseUrl: string, options: PostgresOptions = {}): Promise<ServerStore> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.connections ?? 10,
    pipeline: true,
    types,
    // Below the limit of a whole request, so that a burst waits for its turn rather than being turned away.
    connectionTimeoutMillis: 15_000,
    idle_in_transaction_session_timeout: 30_000,
    statement_timeout: 20_000,
    lock_timeout: 10_000,
    // The database ends what takes too long by itself. One that says nothing at all went away without a word, as with a cut cable.
    query_timeout: options.answerMs ?? 25_000,
    keepAlive: true,
    application_name: 'syncline-server',
  } as pg.PoolConfig);
  return openOver(pool, { ...options, isPipelined: true, openNews: () => openPostgresNews(databaseUrl) });
}

/** Options of the embedded database. */
export interface EmbeddedOptions extends OpenOptions {
  /** A dump to begin with (`dumpDataDir` of another one): starts several times quicker. */
  readonly loadDataDir?: Blob | undefined;
  /** Told, once, that the database ended by itself, for example as its disk was full. From then on everything is `unavailable`. */
  readonly onEnd?: ((error: Error) => void) | undefined;
}

/** An embedded database and the store on it. */
export interface EmbeddedStore {
  readonly store: ServerStore;
  /** For backups and tests; the store owns it. */
  readonly database: PGlite;
}

/**
 * Opens the embedded database in a folder (null: in memory), migrates, and gives the store.
 * One process at a time: a second one on the same folder destroys it silently, so the caller holds a lock on it first.
 */
export async function openEmbeddedStore(folder: string | null, options: EmbeddedOptions = {}): Promise<EmbeddedStore> {
  const { loadDataDir, onEnd = () => undefined } = options;
  const database = await PGlite.create({
    ...(folder === null ? {} : { dataDir: folder }),
    ...(loadDataDir === undefined ? {} : { loadDataDir }),
    extensions: { btree_gist },
  }).catch((error: unknown) => {
    throw toStoreError(error);
  });
  const pool = new pg.Pool({ ...createPgConfig(untilPanic(database, onEnd)), max: 1, idleTimeoutMillis: 0, types } as pg.PoolConfig);
  const store = await openOver(pool, { ...options, isPipelined: false, openNews: async () => inProcessNews(), afterClose: () => database.close() });
  return { store, database };
}

/** A panic ends PostgreSQL, which begins anew as another process. The embedded one says nothing any more after it: whoever asks would wait for ever. */
function untilPanic(database: PGlite, onEnd: (error: Error) => void): PGlite {
  let panic: Error | null = null;
  const asked: Pick<PGlite, 'waitReady' | 'execProtocolStream'> = {
    waitReady: database.waitReady,
    execProtocolStream: async (message, options) => {
      if (panic !== null) throw panic;
      const answer = await database.execProtocolStream(message, options);
      for (const one of answer) if (one instanceof protocol.messages.DatabaseError && one.severity === 'PANIC') panic = one;
      if (panic === null) return answer;
      onEnd(panic);
      throw panic;
    },
  };
  return asked as PGlite;
}

interface OverOptions extends OpenOptions {
  readonly isPipelined: boolean;
  readonly openNews: () => Promise<NewsLine>;
  readonly afterClose?: () => Promise<void>;
}

async function openOver(pool: pg.Pool, options: OverOptions): Promise<ServerStore> {
  pool.on('error', (error) => options.onIdleError?.(error));
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    await options.afterClose?.();
    throw toStoreError(error);
  }
  return createSqlStore({ pool, news: await options.openNews(), ...options });
}

async function migrate(pool: pg.Pool): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: borrowed(pool) }) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error, results } = await migrator.migrateToLatest();
  await db.destroy();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  const known = toStoreError(error);
  throw known.code === 'failed' ? storeError('failed', error, `migration ${failed ?? ''} failed`) : known;
}

/** The pool without its end: whoever borrowed it may not close it. */
function borrowed(pool: pg.Pool): { connect(): Promise<pg.PoolClient>; end(): Promise<void> } {
  return { connect: () => pool.connect(), end: async () => undefined };
}
