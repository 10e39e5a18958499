// A whole server over one store, and users who call it.
import { type CallName, CALLS, COMMON_ERRORS, isErrorCode } from '@syncline/protocol';
import type { AppConfig } from '../config.ts';
import { inlineDocuments } from '../documents/inline-documents.ts';
import { type App, createApp } from '../http/app.ts';
import type { Documents, ServerStore } from '../ports.ts';
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
  /** For the parts in braces of the call's path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One signed-in user. */
export interface ApiUser {
  readonly userId: string;
  /** The login of its token. */
  readonly sid: string;
  readonly token: string;
  call(name: CallName, options?: CallOptions): Promise<ApiAnswer>;
  /** The same, with the answer as it comes. */
  request(name: CallName, options?: CallOptions): Promise<Response>;
}

export interface ApiWorld extends StoreWorld {
  readonly app: App;
  readonly clock: SettableClock;
  signIn(timezone?: string): Promise<ApiUser>;
  /** Another login of a user, for example on another device. */
  signInAgain(userId: string, expiresAt?: number): Promise<ApiUser>;
  /** The same user with the same token at this server, another one on the same database having signed it. */
  here(user: Pick<ApiUser, 'userId' | 'sid' | 'token'>): ApiUser;
}

const CONFIG: AppConfig = {
  version: '0.0.0-test', supportContact: 'api-support@regardingwork.com', tokenLifetimeMs: 30 * 86_400_000, loginLifetimeMs: 90 * 86_400_000,
  corsOrigins: [], publicOrigin: null, trustedProxies: 0,
};

/** @param now where the clock stands at first. */
export function createApiWorld(store: ServerStore, now: number, firstId: number = 1_000_000, documents: Documents = inlineDocuments()): ApiWorld {
  const clock = createSettableClock(now);
  const ports = { ...createSimulatedPorts(store, clock, createCountingIds(firstId * 1000)), documents };
  const app = createApp(ports, CONFIG);
  const world = createStoreWorld(store, firstId);
  const here: ApiWorld['here'] = ({ userId, sid, token }) => {
    const request: ApiUser['request'] = (name, options = {}) => app(requestOf(token, name, options));
    return { userId, sid, token, request, call: async (name, options) => told(name, await answerOf(await request(name, options))) };
  };
  const signInAgain: ApiWorld['signInAgain'] = async (userId, expiresAt = Number.MAX_SAFE_INTEGER) => {
    const sid = world.newId();
    await store.accounts.openLogin({ sid, userId, createdAt: 0, expiresAt: Date.UTC(9999, 0, 1), refreshHash: null }, null);
    const token = await ports.tokens.sign({ userId, sid, tokenId: sid, issuedAt: 0, expiresAt });
    return here({ userId, sid, token });
  };
  return { ...world, app, clock, here, signInAgain, signIn: async (timezone) => signInAgain(await world.newUser(timezone)) };
}

function requestOf(token: string, name: CallName, { body, query, headers, params = {} }: CallOptions): Request {
  const { method, path: pattern } = CALLS[name];
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(params[part] ?? 'device-0'));
  return new Request(`http://server.test${path}${query === undefined ? '' : `?${query}`}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Holds each refusal to the table of calls, from which the API's description is made. */
function told(name: CallName, answer: ApiAnswer): ApiAnswer {
  const code = String(answer.body['code']);
  const isListed = answer.status < 400 || (isErrorCode(code) && [...CALLS[name].errors, ...COMMON_ERRORS].includes(code));
  if (!isListed) throw new Error(`${name} answered ${code}, which its description leaves out`);
  return answer;
}

async function answerOf(response: Response): Promise<ApiAnswer> {
  const text = await response.text();
  const isJson = (response.headers.get('Content-Type') ?? '').startsWith('application/json');
  return { status: response.status, body: isJson ? JSON.parse(text) : {}, text };
}
