// A server in memory for tests of the app itself: one account, simulated tokens, a clock that stands.
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { createSettableClock, createSimulatedPorts, type SettableClock } from '../testing/simulated-ports.ts';
import type { AppConfig } from '../config.ts';
import type { ServerPorts } from '../ports.ts';
import { createApp } from './app.ts';

export const NOW: number = Date.UTC(2025, 7, 24, 15, 30);
export const ORIGIN = 'http://127.0.0.1:4000';

const CONFIG: AppConfig = {
  version: '1.0.0', supportContact: 'api-support@regardingwork.com', tokenLifetimeMs: 600_000, loginLifetimeMs: 86_400_000,
  corsOrigins: [], publicOrigin: null, trustedProxies: 0,
};

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text or a stream already. */
  readonly body?: unknown;
}

export interface TestApp {
  readonly ports: ServerPorts;
  readonly clock: SettableClock;
  send(path: string, sent?: Sent, address?: string): Promise<Response>;
  /** Signs in and gives the access token and the refresh cookie. */
  signIn(): Promise<{ readonly token: string; readonly cookie: string }>;
}

export async function createTestApp(config: Partial<AppConfig> = {}, change: (ports: ServerPorts) => Partial<ServerPorts> = () => ({})): Promise<TestApp> {
  const clock = createSettableClock(NOW);
  const plain = createSimulatedPorts(createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' }), clock);
  const ports: ServerPorts = { ...plain, ...change(plain) };
  const userId = '00000000-0000-4000-8000-0000000000aa';
  await plain.store.accounts.create({ userId, username: 'Jane', email: 'jane@example.org', createdAt: NOW, passwordHash: 'plain:right', timezone: 'UTC' });
  const app = createApp(ports, { ...CONFIG, ...config });
  const send: TestApp['send'] = (path, { method = 'GET', headers = {}, body } = {}, address = '10.0.0.1') => {
    const isRaw = body === undefined || typeof body === 'string' || body instanceof ReadableStream || body instanceof Uint8Array;
    const init = {
      method, duplex: 'half', headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    };
    return app(new Request(`${ORIGIN}${path}`, init as RequestInit), { address });
  };
  const signIn = async () => {
    const answer = await send('/api/login', { method: 'POST', body: { username: 'jane', password: 'right' } });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return { token, cookie: cookieOf(answer) };
  };
  return { ports, clock, send, signIn };
}

/** Name and value of the cookie an answer sets, as a browser would send it back. */
export function cookieOf(answer: Response): string {
  return (answer.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
}
