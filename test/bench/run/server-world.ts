// A PostgreSQL of its own, the server in a process of its own on it, and users with as long a history as a benchmark wants.
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { jwtTokens } from '../../../packages/server/src/auth/jwt-tokens.ts';
import type { ServerStore } from '../../../packages/server/src/ports.ts';
import { openPostgresStore } from '../../../packages/server/src/store/sql/open.ts';
import { type Cluster, startPostgres } from '../../provision/postgres.mjs';
import { parentOf, processorMs } from './cpu.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const SECRET = 'a key of these benchmarks alone, 32 letters or more';
const YEAR_MS = 365 * 86_400_000;

export interface WorldUser {
  readonly userId: string;
  readonly token: string;
}

export class ServerWorld {
  readonly #cluster: Cluster;
  readonly #store: ServerStore;
  readonly #child: ChildProcess;
  /** Address of the server. */
  readonly origin: string;
  /** A connection of the database's owner, whom row-level security does not bind. */
  readonly owner: pg.Client;

  private constructor(cluster: Cluster, store: ServerStore, child: ChildProcess, origin: string, owner: pg.Client) {
    this.#cluster = cluster;
    this.#store = store;
    this.#child = child;
    this.origin = origin;
    this.owner = owner;
  }

  static async start(): Promise<ServerWorld> {
    const cluster = await startPostgres();
    const store = await openPostgresStore(cluster.url, { connections: 2 });
    const child = fork(fileURLToPath(new URL('server-child.ts', import.meta.url)), [cluster.url, SECRET], {
      cwd: root, execArgv: ['--conditions=@syncline/source', '--import', 'tsx', ...(process.env['BENCH_SERVER_FLAGS']?.split(' ') ?? [])],
    });
    const { port } = await new Promise<{ port: number }>((resolve, reject) => {
      child.once('message', (said) => resolve(said as { port: number }));
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const owner = new pg.Client({ connectionString: cluster.url });
    await owner.connect();
    return new ServerWorld(cluster, store, child, `http://127.0.0.1:${port}`, owner);
  }

  /** Milliseconds of processor that the server and the database have used; null where the system does not tell. */
  async spent(): Promise<{ readonly server: number; readonly database: number } | null> {
    const { rows } = await this.owner.query<{ pid: number }>('select pg_backend_pid() as pid');
    const postmaster = parentOf(rows[0]?.pid ?? 0);
    const [server, database] = [processorMs(this.#child.pid ?? 0), postmaster === null ? null : processorMs(postmaster)];
    return server === null || database === null ? null : { server, database };
  }

  async newUser(): Promise<WorldUser> {
    const userId = randomUUID();
    const now = Date.now();
    await this.#store.accounts.create({ userId, username: `u${userId}`, email: '', createdAt: now, passwordHash: '', timezone: 'UTC' });
    await this.#store.accounts.openLogin({ sid: userId, userId, createdAt: now, expiresAt: now + YEAR_MS, refreshHash: null }, null);
    const token = await jwtTokens(SECRET, null).sign({ userId, sid: userId, tokenId: randomUUID(), issuedAt: now, expiresAt: now + YEAR_MS });
    return { userId, token };
  }

  /** A user with so many sessions of 20 minutes, two hours apart. */
  async userWith(sessions: number): Promise<WorldUser> {
    const user = await this.newUser();
    await this.owner.query(`
      insert into sessions (user_id, id, display_id, state, start_time, end_time, duration, category, project, note, source, version, sequence, created_at, updated_at, tags, trail)
      select $1, gen_random_uuid(), i, 'completed', t, t + interval '20 minutes', 20, 'work', 'p', '', 'mac_app', 1, i, t, t, '[]', '{}'
      from generate_series(1, $2::int) i, lateral (select timestamptz '2025-08-24 12:00Z' - i * interval '2 hours' as t) x`, [user.userId, sessions]);
    await this.owner.query(
      "update user_summaries set total_sessions = $2, sequence = $2, last_display_id = $2, last_session = '2025-08-24 10:20Z' where user_id = $1", [user.userId, sessions],
    );
    return user;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => void this.#child.once('exit', resolve));
    // A process that is profiled writes its profile only when it ends by itself.
    if (this.#child.connected) this.#child.disconnect();
    await ended;
    await Promise.all([this.owner.end(), this.#store.close()]);
    await this.#cluster.remove();
  }
}
