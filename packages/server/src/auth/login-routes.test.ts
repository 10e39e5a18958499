import { describe, expect, it } from 'vitest';
import { memoryThrottle } from '../process/memory-throttle.ts';
import { QueueFull } from './work-queue.ts';
import { cookieOf, createTestApp, NOW, ORIGIN, type Sent, type TestApp } from '../http/test-app.test-support.ts';

const login = (body: unknown): Sent => ({ method: 'POST', body });
const post = (cookie: string, headers: Readonly<Record<string, string>> = {}): Sent =>
  ({ method: 'POST', body: {}, headers: { Origin: ORIGIN, 'X-Syncline-Refresh': '1', ...(cookie === '' ? {} : { Cookie: cookie }), ...headers } });
const refresh = (app: TestApp, cookie: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> => app.send('/api/auth/refresh', post(cookie, headers));
const status = async (app: TestApp, token: string): Promise<number> => (await app.send('/api/sync/status', { headers: { Authorization: `Bearer ${token}` } })).status;
const tokenOf = async (answer: Response): Promise<string> => ((await answer.json()) as { access_token: string }).access_token;

describe('signing in', () => {
  it('gives a token for the page and a cookie no script can read, and no token that nothing accepts', async () => {
    const app = await createTestApp();
    const answer = await app.send('/api/login', login({ username: 'JANE', password: 'right' }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Set-Cookie')).toMatch(/^syncline_refresh=[^;]+; Max-Age=86400; Path=\/api\/auth; HttpOnly; SameSite=Strict$/);
    const body = await answer.json();
    expect(body).toMatchObject({ message: 'Login successful', user: { username: 'Jane' } });
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('[S-01] binds the cookie to the host where the connection is encrypted', async () => {
    const app = await createTestApp({ publicOrigin: 'https://timer.example' });
    const answer = await app.send('/api/login', login({ username: 'jane', password: 'right' }));
    expect(answer.headers.get('Set-Cookie')).toMatch(/^__Host-syncline_refresh=[^;]+; Max-Age=86400; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  });

  it('works with the longest life that a login may be given: a cookie of it lasts as long as browsers keep one', async () => {
    const app = await createTestApp({ loginLifetimeMs: 3_650 * 86_400_000 });
    const answer = await app.send('/api/login', login({ username: 'jane', password: 'right' }));
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([200, expect.stringContaining(`Max-Age=${400 * 86_400};`)]);
    expect((await refresh(app, cookieOf(answer))).status).toBe(200);
  });

  it('[S-18] answers a wrong password and an unknown name alike', async () => {
    const app = await createTestApp();
    const bodies = await Promise.all([{ username: 'jane', password: 'wrong' }, { username: 'nobody', password: 'wrong' }].map(async (body) => {
      const answer = await app.send('/api/login', login(body));
      const { request_id: _, ...rest } = (await answer.json()) as Record<string, unknown>;
      return { status: answer.status, rest, cookie: answer.headers.get('Set-Cookie') };
    }));
    expect(bodies[0]).toEqual({ status: 401, rest: { error: 'Invalid credentials', code: 'invalid_credentials' }, cookie: null });
    expect(bodies[1]).toEqual(bodies[0]);
  });

  it('[S-18] hashes once for unknown names too', async () => {
    const seen: (string | null)[] = [];
    const app = await createTestApp({}, ({ passwords }) => ({
      passwords: { ...passwords, verify: (password, stored) => (seen.push(stored), passwords.verify(password, stored)) },
    }));
    await app.send('/api/login', login({ username: 'nobody', password: 'wrong' }));
    expect(seen).toEqual([null]);
  });

  it('[S-17] stops before any hashing when tries come too fast', async () => {
    let hashed = 0;
    const app = await createTestApp({}, ({ passwords }) => ({
      passwords: { ...passwords, verify: async () => ((hashed += 1), false) },
      throttle: { ...memoryThrottle(), beforeLogin: async () => 7 },
    }));
    const answer = await app.send('/api/login', login({ username: 'jane', password: 'right' }));
    expect([answer.status, answer.headers.get('Retry-After'), hashed]).toEqual([429, '7', 0]);
  });

  it('[S-17] counts tries for one account as one, however its name is written', async () => {
    const tried = new Set<string>();
    const app = await createTestApp({}, () => ({
      throttle: { ...memoryThrottle(), beforeLogin: async (name) => (tried.add(name), null) },
    }));
    for (const username of ['Zoë', 'zoë', 'ZOË', 'zoe\u0308']) await app.send('/api/login', login({ username, password: 'wrong' }));
    expect([...tried]).toEqual(['zoë']);
  });

  it('[S-17] counts no try whose password nobody came to look at: a storm of sign-ins shuts out none of those it turns away', async () => {
    let isStorm = true;
    const app = await createTestApp({}, ({ passwords }) => ({
      passwords: { ...passwords, verify: async (password, stored) => (isStorm ? Promise.reject(new QueueFull('too many')) : passwords.verify(password, stored)) },
      throttle: memoryThrottle(),
    }));
    const tries = async (password: string, count: number): Promise<number[]> => {
      const statuses: number[] = [];
      while (statuses.length < count) statuses.push((await app.send('/api/login', login({ username: 'jane', password }))).status);
      return statuses;
    };
    expect(await tries('right', 20)).toEqual(Array<number>(20).fill(503));
    isStorm = false;
    expect(await tries('wrong', 7)).toEqual([401, 401, 401, 401, 401, 401, 429]);
    isStorm = true;
    expect(await tries('right', 1)).toEqual([429]);
  });

  it('[S-16] stores a new hash when the old one is weak', async () => {
    const app = await createTestApp({}, ({ passwords }) => ({ passwords: { ...passwords, needsRehash: () => true, hash: async (password) => `plain:${password}` } }));
    expect((await app.send('/api/login', login({ username: 'jane', password: 'right' }))).status).toBe(200);
    expect((await app.ports.store.accounts.findByUsername('jane'))?.passwordHash).toBe('plain:right');
  });

  it.each([['', false], [', also where its hash is to be made again', true]])('[S-03] a password that is replaced while it is looked at opens nothing, and replaces nothing%s', async (_, isWeak) => {
    const app = await createTestApp({}, ({ passwords, store }) => ({
      passwords: {
        ...passwords,
        needsRehash: () => isWeak,
        async verify(password, stored) {
          const matches = await passwords.verify(password, stored);
          await store.accounts.setPassword('00000000-0000-4000-8000-0000000000aa', 'plain:another', NOW, null);
          return matches;
        },
      },
    }));
    const late = await app.send('/api/login', login({ username: 'jane', password: 'right' }));
    expect([late.status, late.headers.get('Set-Cookie'), late.headers.get('Retry-After')]).toEqual([503, null, '1']);
    expect((await app.ports.store.accounts.findByUsername('jane'))?.passwordHash).toBe('plain:another');
    expect((await app.send('/api/login', login({ username: 'jane', password: 'right' }))).status).toBe(401);
    expect((await app.send('/api/login', login({ username: 'jane', password: 'another' }))).status).toBe(200);
  });
});

describe('coming back by the cookie', () => {
  it('gives a new token and another cookie each time', async () => {
    const app = await createTestApp();
    const { cookie } = await app.signIn();
    const answer = await refresh(app, cookie);
    expect(answer.status).toBe(200);
    expect(cookieOf(answer)).not.toBe(cookie);
    expect(await status(app, await tokenOf(answer))).toBe(200);
    expect((await refresh(app, cookieOf(answer))).status).toBe(200);
  });

  it('[B14] lets two tabs use the same cookie within 30 s', async () => {
    const app = await createTestApp();
    const { cookie } = await app.signIn();
    const answers = await Promise.all([refresh(app, cookie), refresh(app, cookie)]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    for (const answer of answers) expect((await refresh(app, cookieOf(answer))).status).toBe(200);
  });

  it('[S-03] ends the whole login when a spent cookie comes back later: somebody copied it', async () => {
    const app = await createTestApp();
    const { cookie } = await app.signIn();
    const next = await refresh(app, cookie);
    const token = await tokenOf(next);
    app.clock.set(NOW + 30_001);
    expect(await status(app, token)).toBe(200);
    const reused = await refresh(app, cookie);
    expect([reused.status, cookieOf(reused)]).toEqual([401, 'syncline_refresh=']);
    expect((await refresh(app, cookieOf(next))).status).toBe(401);
    expect(await status(app, token)).toBe(401);
  });

  it('does not outlive its login', async () => {
    const app = await createTestApp();
    const { cookie } = await app.signIn();
    app.clock.set(NOW + 86_400_000);
    expect((await refresh(app, cookie)).status).toBe(401);
  });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['without its own header', { 'X-Syncline-Refresh': '' }, 403],
    ['from another site', { Origin: 'https://evil.example' }, 403],
    ['from a sandboxed frame', { Origin: 'null' }, 403],
    ['from another port', { Origin: 'http://127.0.0.1:4001' }, 403],
    ['as a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
    ['as text', { 'Content-Type': 'text/plain' }, 415],
  ])('[S-14] is refused %s', async (_, headers, expected) => {
    const app = await createTestApp();
    const { cookie } = await app.signIn();
    const answer = await refresh(app, cookie, headers);
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([expected, null]);
    expect((await refresh(app, cookie)).status).toBe(200);
  });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['is taken', {}, 200],
    ['and without its own header is refused', { 'X-Syncline-Refresh': '' }, 403],
    ['and as a form is refused', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
  ])('[S-14] without an origin, as programs send it, %s', async (_, headers, expected) => {
    for (const path of ['/api/auth/refresh', '/api/auth/logout']) {
      const app = await createTestApp();
      const { cookie } = await app.signIn();
      const sent = post(cookie, headers);
      const { Origin: _origin, ...rest } = sent.headers ?? {};
      expect((await app.send(path, { ...sent, headers: rest })).status).toBe(expected);
    }
  });

  it.each(['', 'syncline_refresh=', 'syncline_refresh=made-up', 'other=1'])('is refused with the cookie "%s"', async (cookie) => {
    const app = await createTestApp();
    expect((await refresh(app, cookie)).status).toBe(401);
  });

  it('[D17] is refused to a forgotten device as to anybody whose login ended: the page asks to sign in', async () => {
    const app = await createTestApp();
    const { token, cookie } = await app.signIn();
    expect((await app.send('/api/sync/status', { headers: { Authorization: `Bearer ${token}`, 'X-Device-Id': 'lost' } })).status).toBe(200);
    await app.ports.store.accounts.revokeDevice('00000000-0000-4000-8000-0000000000aa', 'lost', NOW, true);
    const answer = await refresh(app, cookie);
    expect([answer.status, cookieOf(answer)]).toEqual([401, 'syncline_refresh=']);
  });

  it('[S-14] is the only call that a cookie alone opens', async () => {
    const app = await createTestApp();
    const { cookie } = await app.signIn();
    expect((await app.send('/api/sync/status', { headers: { Cookie: cookie } })).status).toBe(403);
  });
});

describe('signing out', () => {
  it('[S-03] ends the login, its cookie and its tokens at once', async () => {
    const app = await createTestApp();
    const { token, cookie } = await app.signIn();
    expect(await status(app, token)).toBe(200);
    const answer = await app.send('/api/auth/logout', post(cookie));
    expect([answer.status, cookieOf(answer)]).toEqual([200, 'syncline_refresh=']);
    expect(await status(app, token)).toBe(401);
    expect((await refresh(app, cookie)).status).toBe(401);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['without its own header', { 'X-Syncline-Refresh': '' }], ['from another site', { Origin: 'https://evil.example' }], ['from a sandboxed frame', { Origin: 'null' }],
  ])('[S-14] is refused %s, and the login stands', async (_, headers) => {
    const app = await createTestApp();
    const { token, cookie } = await app.signIn();
    expect((await app.send('/api/auth/logout', post(cookie, headers))).status).toBe(403);
    expect(await status(app, token)).toBe(200);
  });

  it('[S-03] of one login leaves the others', async () => {
    const app = await createTestApp();
    const [first, second] = [await app.signIn(), await app.signIn()];
    await app.send('/api/auth/logout', post(first.cookie));
    expect(await status(app, second.token)).toBe(200);
  });

  it('[S-03] elsewhere is noticed within 10 s', async () => {
    const app = await createTestApp();
    const { token } = await app.signIn();
    expect(await status(app, token)).toBe(200);
    await app.ports.store.accounts.revokeLogins('00000000-0000-4000-8000-0000000000aa', NOW, null);
    app.clock.set(NOW + 10_000);
    expect(await status(app, token)).toBe(401);
  });
});
