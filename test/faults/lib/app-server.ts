// The real server app behind a real listener, on a clock of the test's choice. Its store is in memory, so that a test can see at any
// moment what has been committed.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type App, createApp, createMemoryStore, type MemoryServerStore } from '@syncline/server';
import { createSimulatedPorts, SILENT_LOG } from '../../../packages/server/src/testing/index.ts';
import { jwtTokens } from '../../../packages/server/src/auth/jwt-tokens.ts';

const CONFIG = {
  version: '0.0.0-faults', supportContact: 'support@example.test', tokenLifetimeMs: 86_400_000, loginLifetimeMs: 400 * 86_400_000,
  corsOrigins: [], publicOrigin: null, trustedProxies: 0,
} as const;

/** A session as the server has it, in the terms of a test. */
export interface TrueSession {
  readonly id: string;
  readonly displayId: number;
  readonly state: string;
  readonly content: string;
}

/** One account on a server of its own. */
export interface AccountServer {
  readonly userId: string;
  /** Everything committed, by id; the same object until the next commit. */
  stored(): ReadonlyMap<string, TrueSession>;
  /** How many sessions the server counts. */
  total(): number;
  /** The preferences committed there. */
  preferences(): Readonly<Record<string, unknown>>;
  /** A token that was not handed out before. */
  newToken(): Promise<string>;
}

/** What a session is, whoever prints it. */
export function contentOf(session: { startTime: number | null; endTime: number | null; category: string; project: string; note: string }): string {
  return JSON.stringify([session.startTime, session.endTime, session.category, session.project, session.note]);
}

function trueSessions(store: MemoryServerStore, userId: string): Map<string, TrueSession> {
  const sessions = [...(store.look(userId)?.sessions.values() ?? [])];
  return new Map(sessions.filter(({ state }) => state !== 'running').map((session) => [
    session.id, { id: session.id, displayId: session.displayId, state: session.state, content: contentOf(session) },
  ]));
}

async function withoutExchange(health: Response): Promise<Response> {
  const body = (await health.json()) as { readonly capabilities: readonly string[] };
  const capabilities = body.capabilities.filter((name) => name !== 'exchange' && name !== 'stream');
  return Response.json({ ...body, capabilities }, { status: health.status });
}

/** What it serves beside the API. */
export type Pages = Readonly<Record<string, { readonly type: string; readonly body: string }>>;

export class AppServer {
  /** While down it turns every call away. */
  isDown = false;
  /** Told of every call of the API before the app sees it, which waits for it. */
  onCall: (path: string) => void | Promise<void> = () => undefined;
  readonly #pages: Pages;
  readonly #server: Server;
  #app: App | null = null;
  #now: () => number = () => 0;
  #isBasic = false;

  constructor(pages: Pages = {}) {
    this.#pages = pages;
    const listener = getRequestListener((request) => this.#answer(request));
    this.#server = createServer((request, response) => {
      response.sendDate = false;
      void listener(request, response);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const page = this.#pages[pathname];
    if (page !== undefined) return new Response(page.body, { headers: { 'Content-Type': page.type } });
    if (this.isDown) return new Response(null, { status: 503 });
    await this.onCall(pathname);
    const whole = await (this.#app as App)(request);
    const answer = this.#isBasic && pathname === '/api/health' ? await withoutExchange(whole) : whole;
    answer.headers.set('Date', new Date(this.#now()).toUTCString());
    return answer;
  }

  /**
   * From now on the listener is a new server with one account and nothing stored.
   * @param isBasic it offers the documented calls only.
   */
  async renew(now: () => number, isBasic: boolean): Promise<AccountServer> {
    this.#isBasic = isBasic;
    const userId = crypto.randomUUID();
    const stored = { sessions: new Map<string, TrueSession>(), isOld: false };
    const store = createMemoryStore({ epoch: crypto.randomUUID(), onCommit: () => void (stored.isOld = true) });
    await store.accounts.create({ userId, username: 'ann', email: '', createdAt: now(), passwordHash: '', timezone: 'UTC' });
    await store.accounts.openLogin({ sid: userId, userId, createdAt: now(), expiresAt: Number.MAX_SAFE_INTEGER, refreshHash: null }, null);
    const ids = { uuid: () => crypto.randomUUID(), secret: () => crypto.randomUUID() };
    const tokens = jwtTokens('a key of this test alone, 32 letters or more', null);
    this.#app = createApp({ ...createSimulatedPorts(store, { now }, ids), tokens, log: SILENT_LOG }, CONFIG);
    this.#now = now;
    return {
      userId,
      stored: () => {
        if (stored.isOld) stored.sessions = trueSessions(store, userId);
        stored.isOld = false;
        return stored.sessions;
      },
      total: () => store.look(userId)?.summary.totalSessions ?? 0,
      preferences: () => ({ ...store.look(userId)?.preferences.values }),
      newToken: () => tokens.sign({ userId, sid: userId, tokenId: crypto.randomUUID(), issuedAt: now(), expiresAt: now() + 400 * 86_400_000 }),
    };
  }
}
