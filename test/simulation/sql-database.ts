// An embedded PostgreSQL that can be emptied, saved, set back, and whose connections break at a commit.
import { type CrashPoint, openEmbeddedStore, type ServerStore } from '@syncline/server';

type Database = Awaited<ReturnType<typeof openEmbeddedStore>>['database'];

export interface SqlDatabase {
  readonly store: ServerStore;
  empty(epoch: string): Promise<void>;
  /** Keeps a backup in the database itself. */
  save(): Promise<void>;
  restore(epoch: string): Promise<void>;
  /** The connection breaks at the next commit: before it takes place, or when it has and nobody was told. */
  breakAtCommit(point: CrashPoint): void;
}

const TABLES = `
  select table_name as name, string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
  from information_schema.columns join information_schema.tables using (table_schema, table_name)
  where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER' and table_name <> 'server_epoch' and table_name not like 'kysely%'
  group by table_name`;

export async function openSqlDatabase(): Promise<SqlDatabase> {
  const { store, database } = await openEmbeddedStore(null);
  const { rows: tables } = await database.query<{ readonly name: string; readonly columns: string }>(TABLES);
  const forEach = (statement: (name: string, columns: string) => string): string => tables.map(({ name, columns }) => `${statement(name, columns)};`).join('\n');
  const cleared = `truncate ${tables.map(({ name }) => name).join(', ')};`;
  const run = async (...statements: string[]): Promise<void> => void (await database.exec(statements.join('\n')));
  const withEpoch = (epoch: string): string => `update server_epoch set epoch = '${epoch}';`;
  await run('create schema saved;', forEach((name, columns) => `create table saved.${name} as select ${columns} from ${name}`));
  return {
    store,
    empty: (epoch) => run(cleared, withEpoch(epoch)),
    save: () => run(forEach((name, columns) => `truncate saved.${name}; insert into saved.${name} select ${columns} from ${name}`)),
    // As the role that replays: rows of one table may refer to those of a later one.
    restore: (epoch) => run(
      "begin; set local session_replication_role = 'replica';", cleared,
      forEach((name, columns) => `insert into ${name} (${columns}) select ${columns} from saved.${name}`), withEpoch(epoch), 'commit;',
    ),
    breakAtCommit: breakable(database),
  };
}

/** As connections die: what is open is rolled back by the server, and who waits for the answer hears only of the connection. */
function breakable(database: Database): SqlDatabase['breakAtCommit'] {
  let planned: CrashPoint | null = null;
  const run = database.execProtocolStream.bind(database);
  database.execProtocolStream = async (message, options) => {
    if (planned === null || !isCommit(message)) return run(message, options);
    const point = planned;
    planned = null;
    await run(point === 'after-commit' ? message : ROLLBACK, options);
    throw Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' });
  };
  return (point) => void (planned = point);
}

const text = new TextDecoder();
/** A simple query: its letter, its length, the text, a zero. */
const queryOf = (sql: string): Uint8Array => {
  const body = Buffer.from(`Q\0\0\0\0${sql}\0`);
  body.writeInt32BE(body.length - 1, 1);
  return body;
};
const ROLLBACK = queryOf('rollback');
const COMMIT = text.decode(queryOf('commit'));
const isCommit = (message: Uint8Array): boolean => text.decode(message) === COMMIT;
