// A whole server over one store, and users who call it.
import { type CallName, CALLS } from '@syncline/protocol';
import type { AppConfig } from '../config.ts';
import { type App, createApp } from '../http/app.ts';
import type { ServerStore } from '../ports.ts';
import { createCountingIds, createSettableClock, createSimulatedPorts, type SettableClock } from './simulated-ports.ts';
import { createStoreWorld, type StoreWorld } from './store-world.ts';

/** Parsed JSON whose shape the case asserts. */
export interface AnyJson {
  readonly [key: string]: AnyJson;
}

export interface ApiAnswer {
  readonly status: number;
  /** The parsed JSON body. */
  readonly body: AnyJson;
  readonly text: string;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One signed-in user. */
export interface ApiUser {
  readonly userId: string;
  call(name: CallName, options?: CallOptions): Promise<ApiAnswer>;
}

export interface ApiWorld extends StoreWorld {
  readonly app: App;
  readonly clock: SettableClock;
  signIn(timezone?: string): Promise<ApiUser>;
}

const CONFIG: AppConfig = {
  version: '0.0.0-test', supportContact: 'api-support@regardingwork.com', tokenLifetimeMs: 30 * 86_400_000, loginLifetimeMs: 90 * 86_400_000,
  corsOrigins: [], publicOrigin: null, trustedProxies: 0,
};

/** @param now where the clock stands at first. */
export function createApiWorld(store: ServerStore, now: number, firstId: number = 1_000_000): ApiWorld {
  const clock = createSettableClock(now);
  const ports = createSimulatedPorts(store, clock, createCountingIds(firstId * 1000));
  const app = createApp(ports, CONFIG);
  const world = createStoreWorld(store, firstId);
  return {
    ...world,
    app,
    clock,
    async signIn(timezone) {
      const userId = await world.newUser(timezone);
      const sid = world.newId();
      const login = { sid, userId, createdAt: 0, expiresAt: Date.UTC(9999, 0, 1), refreshHash: null };
      await store.accounts.openLogin(login);
      const token = await ports.tokens.sign({ userId, sid, tokenId: sid, issuedAt: 0, expiresAt: Number.MAX_SAFE_INTEGER });
      return { userId, call: (name, options = {}) => send(app, token, name, options) };
    },
  };
}

async function send(app: App, token: string, name: CallName, { body, query, headers }: CallOptions): Promise<ApiAnswer> {
  const { method, path } = CALLS[name];
  const response = await app(new Request(`http://server.test${path}${query === undefined ? '' : `?${query}`}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }));
  const text = await response.text();
  const isJson = (response.headers.get('Content-Type') ?? '').startsWith('application/json');
  return { status: response.status, body: isJson ? JSON.parse(text) : {}, text };
}
