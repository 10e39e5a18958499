import { afterEach, describe, expect, it, vi } from 'vitest';
import { knownNames, learnNames } from './device-names.ts';

afterEach(() => void vi.unstubAllGlobals());

function stored(text: string | null): { readonly text: string | null } {
  const kept = { text };
  vi.stubGlobal('localStorage', { getItem: () => kept.text, setItem: (_: string, value: string) => void (kept.text = value) });
  return kept;
}

describe('names of devices', () => {
  it('are those that the web timer keeps, of this user only, whatever lies there', () => {
    stored(JSON.stringify({ user: 'u1', names: [['a', 'Study'], ['b'], 'c'] }));
    expect([knownNames('u1'), knownNames('u2')]).toEqual([new Map([['a', 'Study']]), new Map()]);
    for (const text of [null, '{', '[]', '{"user":"u1","names":3}']) {
      stored(text);
      expect(knownNames('u1')).toEqual(new Map());
    }
  });

  it('are what the server says now; a device that is not listed any more keeps its name', () => {
    const kept = stored(JSON.stringify({ user: 'u1', names: [['gone', 'Attic'], ['a', 'Study']] }));
    learnNames('u1', [{ deviceId: 'a', name: null }, { deviceId: 'b', name: 'Hall' }]);
    expect(JSON.parse(kept.text ?? '')).toEqual({ user: 'u1', names: [['gone', 'Attic'], ['b', 'Hall']] });
  });

  it('are known to this page where nothing can be stored', () => {
    const refuse = (): never => {
      throw new Error('no storage');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
    expect(learnNames('u1', [{ deviceId: 'b', name: 'Hall' }])).toEqual(new Map([['b', 'Hall']]));
  });
});
