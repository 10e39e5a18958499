// Word of commits between the server processes on one PostgreSQL, by LISTEN and NOTIFY over one connection of each process.
//
// A commit is told after it happened and not from within its transaction: PostgreSQL lets transactions that notify commit one at a time
// only. Word may so be lost with a process that dies in between, or while a connection is down. The latter is made good here: who
// reconnects tells everybody to look. The former a stream makes good by looking now and then all the same.
import pg from 'pg';
import { NewsDesk } from '../news-desk.ts';
import type { NewsLine } from './news-line.ts';

const CHANNEL = 'syncline_news';
const EVERYBODY = '*';
/** Ids in one message; PostgreSQL takes 8,000 bytes. */
const BATCH = 200;
const HEARTBEAT_MS = 15_000;
const ANSWER_MS = 10_000;
const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 10_000;

class PostgresNews implements NewsLine {
  readonly desk: NewsDesk = new NewsDesk();
  readonly #url: string;
  #client: pg.Client | null = null;
  #waiting = new Set<string>();
  #isSending = false;
  #isClosed = false;
  #retryMs = RETRY_MS_MIN;
  #timer: NodeJS.Timeout | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  announce(userId: string): void {
    this.desk.tell(userId);
    if (this.#client === null) return;
    this.#waiting.add(userId);
    void this.#send();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url, application_name: 'syncline-news', keepAlive: true, connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS,
    });
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    // What this process said it knows already.
    client.on('notification', ({ processId, payload }) => processId === ownId(client) || this.#hear(payload ?? ''));
    this.#client = client;
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#retryMs = RETRY_MS_MIN;
      // What happened while nobody listened is unknown, here and to others of what happened here.
      await client.query('select pg_notify($1, $2)', [CHANNEL, EVERYBODY]);
      this.desk.tellAll();
      this.#beat(client);
    } catch {
      this.#lost(client);
    }
  }

  #hear(payload: string): void {
    if (payload === EVERYBODY) this.desk.tellAll();
    else for (const userId of payload.split(' ')) this.desk.tell(userId);
  }

  /** One message under way; what is announced meanwhile goes with the next. */
  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#waiting.size > 0 && this.#client !== null) {
      const client = this.#client;
      const batch = [...this.#waiting].slice(0, BATCH);
      for (const userId of batch) this.#waiting.delete(userId);
      await client.query('select pg_notify($1, $2)', [CHANNEL, batch.join(' ')]).catch(() => this.#lost(client));
    }
    this.#isSending = false;
  }

  /** Finds a connection that died without a word. */
  #beat(client: pg.Client): void {
    this.#timer = setTimeout(() => {
      client.query('select 1').then(() => this.#client === client && this.#beat(client), () => this.#lost(client));
    }, HEARTBEAT_MS).unref();
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client || this.#isClosed) return;
    this.#client = null;
    this.#waiting.clear();
    clearTimeout(this.#timer);
    client.end().catch(() => undefined);
    this.#timer = setTimeout(() => void this.connect(), this.#retryMs).unref();
    this.#retryMs = Math.min(RETRY_MS_MAX, this.#retryMs * 2);
  }
}

/** The backend's id, which the driver has and its types leave out. */
function ownId(client: pg.Client): unknown {
  return Reflect.get(client, 'processID');
}

/** Listens, and goes on trying for as long as the database cannot be reached. */
export async function openPostgresNews(url: string): Promise<NewsLine> {
  const news = new PostgresNews(url);
  await news.connect();
  return news;
}
