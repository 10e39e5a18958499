import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Account } from './account.ts';

// A browser of three parts: what it keeps, what other tabs tell it, and a server that answers as the test says.
const kept = new Map<string, string>();
let storageListeners: ((event: { key: string | null }) => void)[] = [];
let onlineListeners: (() => void)[] = [];
let answers: (() => Response | Promise<Response>)[] = [];
let asked: string[] = [];

const signedIn = (id: string, token: string): Response => Response.json({ access_token: token, user: { id, username: `name-${id}`, email: 'not kept' } });

beforeEach(() => {
  kept.clear();
  storageListeners = [];
  onlineListeners = [];
  answers = [];
  asked = [];
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  vi.stubGlobal('addEventListener', (type: string, run: () => void) => void (type === 'online' ? onlineListeners : storageListeners).push(run));
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError('Failed to fetch');
    return answer();
  });
});
afterEach(() => void vi.unstubAllGlobals());

async function signedInAccount(): Promise<Account> {
  const account = new Account();
  answers.push(() => signedIn('u1', 'token-1'));
  expect(await account.signIn('jane', 'secret')).toEqual({ ok: true });
  return account;
}

describe('Account', () => {
  it('keeps the user and never the token', async () => {
    const account = await signedInAccount();
    expect(await account.token()).toBe('token-1');
    expect(JSON.stringify([...kept])).toContain('u1');
    expect(JSON.stringify([...kept])).not.toContain('token-1');
  });

  it('opens the last user at once, without asking anybody', () => {
    kept.set('syncline.lastUser', '{"id":"u1","username":"jane"}');
    expect(new Account().current).toEqual({ id: 'u1', username: 'jane' });
    expect(asked).toEqual([]);
  });

  it.each(['{', '7', '{"id":7}', 'null'])('reads damaged memory %s as nobody', (text) => {
    kept.set('syncline.lastUser', text);
    expect(new Account().current).toBeNull();
  });

  it('asks the cookie once, however many ask for a token', async () => {
    kept.set('syncline.lastUser', '{"id":"u1","username":"jane"}');
    const account = new Account();
    answers.push(() => signedIn('u1', 'token-2'));
    expect(await Promise.all([account.token(), account.token()])).toEqual(['token-2', 'token-2']);
    expect(asked).toEqual(['/api/auth/refresh']);
  });

  it('a server that never answers keeps nobody from asking again', async () => {
    kept.set('syncline.lastUser', '{"id":"u1","username":"jane"}');
    const account = new Account();
    const late = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
    vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) => new Promise((_resolve, reject) => {
      asked.push('in vain');
      signal?.addEventListener('abort', () => reject(new TypeError('too late')));
    }));
    const [token, signIn] = [account.token(), account.signIn('jane', 'secret')];
    await expect.poll(() => asked).toHaveLength(2);
    late.abort();
    await expect(token).rejects.toThrow('too late');
    expect(await signIn).toMatchObject({ ok: false });
    timeout.mockRestore();
    vi.stubGlobal('fetch', async () => signedIn('u1', 'token-2'));
    expect(await account.token()).toBe('token-2');
  });

  it('tells a refused cookie from a server that cannot be asked', async () => {
    kept.set('syncline.lastUser', '{"id":"u1","username":"jane"}');
    const account = new Account();
    answers.push(() => new Response(null, { status: 401 }));
    expect(await account.token()).toBeNull();
    await expect(account.token()).rejects.toThrow('Failed to fetch');
    answers.push(() => new Response(null, { status: 503 }));
    await expect(account.token()).rejects.toThrow('503');
    expect(account.current).not.toBeNull();
  });

  it('takes no token of another account that signed in beside it', async () => {
    kept.set('syncline.lastUser', '{"id":"u1","username":"jane"}');
    const account = new Account();
    answers.push(() => signedIn('u2', 'token-of-u2'));
    expect(await account.token()).toBeNull();
  });

  it('asks the cookie again after its token was refused', async () => {
    const account = await signedInAccount();
    account.dropToken();
    answers.push(() => signedIn('u1', 'token-3'));
    expect(await account.token()).toBe('token-3');
  });

  it('follows what another tab does', async () => {
    const account = await signedInAccount();
    const seen: (string | undefined)[] = [];
    account.subscribe(() => seen.push(account.current?.id));
    kept.set('syncline.lastUser', '{"id":"u2","username":"max"}');
    for (const listener of storageListeners) listener({ key: 'syncline.lastUser' });
    kept.delete('syncline.lastUser');
    for (const listener of storageListeners) listener({ key: 'syncline.lastUser' });
    expect(seen).toEqual(['u2', undefined]);
  });

  it('does not carry a token over to the account of another tab', async () => {
    const account = await signedInAccount();
    kept.set('syncline.lastUser', '{"id":"u2","username":"max"}');
    for (const listener of storageListeners) listener({ key: 'syncline.lastUser' });
    answers.push(() => signedIn('u2', 'token-of-u2'));
    expect(await account.token()).toBe('token-of-u2');
  });

  it('ends a login that was left offline when the server is found again', async () => {
    const account = await signedInAccount();
    await account.signOut();
    expect(account.current).toBeNull();
    expect(kept.get('syncline.signOutOwed')).toBe('1');
    answers.push(() => Response.json({ success: true }));
    asked = [];
    expect(new Account().current).toBeNull();
    await vi.waitFor(() => expect(kept.has('syncline.signOutOwed')).toBe(false));
    expect(asked).toEqual(['/api/auth/logout']);
  });

  it('signs out when the server agrees, and owes nothing', async () => {
    const account = await signedInAccount();
    answers.push(() => Response.json({ success: true }));
    await account.signOut();
    expect([account.current, kept.size]).toEqual([null, 0]);
  });

  it('pays what it owes as soon as the network is back, without being opened again', async () => {
    const account = await signedInAccount();
    await account.signOut();
    answers.push(() => Response.json({ success: true }));
    for (const listener of onlineListeners) listener();
    await vi.waitFor(() => expect(kept.size).toBe(0));
  });

  it('[D07] waits for no server to show that nobody is signed in, and lets nobody sign in before the server has heard of it', async () => {
    const account = await signedInAccount();
    let answer: (response: Response) => void = () => undefined;
    answers.push(() => new Promise((resolve) => (answer = resolve)), () => signedIn('u2', 'token-2'));
    const left = account.signOut();
    expect(account.current).toBeNull();
    const next = account.signIn('max', 'secret');
    await vi.waitFor(() => expect(asked.at(-1)).toBe('/api/auth/logout'));
    answer(Response.json({ success: true }));
    await left;
    expect(await next).toEqual({ ok: true });
    expect(asked.slice(-2)).toEqual(['/api/auth/logout', '/api/login']);
    expect([account.current?.id, kept.has('syncline.signOutOwed')]).toEqual(['u2', false]);
  });

  it('says why signing in failed', async () => {
    const account = new Account();
    answers.push(() => Response.json({ error: 'Invalid credentials' }, { status: 401 }));
    expect(await account.signIn('jane', 'x')).toMatchObject({ message: expect.stringContaining('do not belong together') });
    answers.push(() => Response.json({ error: 'Too many' }, { status: 429, headers: { 'Retry-After': '7' } }));
    expect(await account.signIn('jane', 'x')).toMatchObject({ message: 'Too many tries. Try again in 7 seconds.' });
    answers.push(() => Response.json({ error: 'Too many' }, { status: 429, headers: { 'Retry-After': '1' } }));
    expect(await account.signIn('jane', 'x')).toMatchObject({ message: 'Too many tries. Try again in 1 second.' });
    expect(await account.signIn('jane', 'x')).toMatchObject({ message: expect.stringContaining('cannot be reached') });
  });
});
