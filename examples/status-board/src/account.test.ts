import { afterEach, describe, expect, it, vi } from 'vitest';
import { Tokens } from './account.ts';

afterEach(() => void vi.unstubAllGlobals());

describe('tokens of the board', () => {
  it('are asked for no longer than the engine waits: what hangs would take the connections from every other page of this browser', async () => {
    const asked: AbortSignal[] = [];
    vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => {
      asked.push(signal);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    });
    const engine = new AbortController();
    const answer = new Tokens('u1').current(engine.signal);
    engine.abort();
    await expect(answer).rejects.toThrow('aborted');
    expect(asked).toHaveLength(1);
  });

  it('are one user’s, and the same until one is dropped', async () => {
    const users = ['u1', 'u2', 'u1'];
    vi.stubGlobal('fetch', async () => Response.json({ access_token: `of ${users[0]}`, user: { id: users.shift() } }));
    const { signal } = new AbortController();
    const tokens = new Tokens('u1');
    expect([await tokens.current(signal), await tokens.current(signal)]).toEqual(['of u1', 'of u1']);
    tokens.drop();
    expect([await tokens.current(signal), await tokens.current(signal)]).toEqual([null, 'of u1']);
  });
});
