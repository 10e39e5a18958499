import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { drainInBackground } from '@syncline/core/background';
import { tellWorker, userForWorker } from './last-user.ts';
import { sendLater } from './send-later.ts';

vi.mock('@syncline/core/background', () => ({ drainInBackground: vi.fn() }));
const drain = vi.mocked(drainInBackground);

/** What the page and its worker share: one cache. Its writes take a while, the first the longest. */
const kept = new Map<string, string>();
let writes = 0;
const slowly = async (write: () => void): Promise<void> => {
  for (let left = 8 - (writes += 1); left > 0; left -= 1) await Promise.resolve();
  write();
};
const cache = {
  put: (key: string, response: Response) => response.text().then((text) => slowly(() => kept.set(key, text))),
  delete: (key: string) => slowly(() => kept.delete(key)),
};
let asked = 0;

beforeEach(() => {
  kept.clear();
  writes = asked = 0;
  drain.mockReset();
  vi.stubGlobal('navigator', { userAgent: 'a browser' });
  vi.stubGlobal('location', { origin: 'http://timer.test' });
  vi.stubGlobal('caches', { open: () => Promise.resolve(cache), match: (key: string) => Promise.resolve(kept.has(key) ? new Response(kept.get(key)) : undefined) });
  vi.stubGlobal('fetch', () => ((asked += 1), Promise.resolve(Response.json({ access_token: 'token-1', user: { id: 'u1', username: 'jane' } }))));
});
afterEach(() => void vi.unstubAllGlobals());

const tokensOf = async (times: number): Promise<readonly (string | null)[]> => {
  const [options] = drain.mock.calls[0] ?? [];
  if (options === undefined) throw new Error('nothing was drained');
  const tokens: (string | null)[] = [];
  for (let i = 0; i < times; i += 1) tokens.push(await options.server.token(new AbortController().signal));
  return tokens;
};

describe('sending after the last page was closed', () => {
  it('[B06] is done for the user who was signed in last, with one use of the cookie', async () => {
    tellWorker('u1');
    await vi.waitFor(async () => expect(await userForWorker()).toBe('u1'));
    await sendLater('u1', true);
    expect(drain).toHaveBeenCalledWith(expect.objectContaining({ user: 'u1', lastChance: true }));
    expect(await tokensOf(3)).toEqual(['token-1', 'token-1', 'token-1']);
    expect(asked).toBe(1);
  });

  it('is not done for anybody else, nor for who signed out, also right after signing in', async () => {
    await sendLater('u1', false);
    tellWorker('u1');
    tellWorker(null);
    tellWorker('u2');
    await vi.waitFor(async () => expect(await userForWorker()).toBe('u2'));
    expect(writes).toBe(3);
    await sendLater('u1', false);
    expect(drain).not.toHaveBeenCalled();
  });

  it('carries no token of another account', async () => {
    tellWorker('u2');
    await vi.waitFor(async () => expect(await userForWorker()).toBe('u2'));
    await sendLater('u2', false);
    expect(await tokensOf(1)).toEqual([null]);
  });

  it('rejects when the browser is to try again', async () => {
    tellWorker('u1');
    await vi.waitFor(async () => expect(await userForWorker()).toBe('u1'));
    drain.mockRejectedValueOnce(new Error('left'));
    await expect(sendLater('u1', false)).rejects.toThrow('left');
  });

  it('is not done where the browser keeps nothing', async () => {
    vi.stubGlobal('caches', { open: () => Promise.reject(new DOMException('no', 'SecurityError')), match: () => Promise.resolve(undefined) });
    tellWorker('u1');
    await sendLater('u1', false);
    expect(drain).not.toHaveBeenCalled();
  });
});
