import { describe, expect, it } from 'vitest';
import { discardWords, needsNewId } from './discard-words.ts';

const refused = (code: string) => ({ code, message: 'no', details: [], at: 0 });

describe('what is said before something is discarded', () => {
  it('is that nobody else has a session, where the server took nothing of it', () => {
    for (const parked of [refused('invalid_request'), null]) {
      expect(discardWords({ parked, displayId: null })).toEqual({ title: 'Discard this session?', text: 'The server does not have it; discarded, it is gone from this device too.' });
    }
  });

  it('is that the server holds another one under its id, where that is so', () => {
    const { title, text } = discardWords({ parked: refused('session_id_reused'), displayId: null });
    expect([title, text]).toEqual(['Discard this session?', expect.stringContaining('another session under its id')]);
    expect(text).not.toContain('does not have it');
  });

  it('is that what the server has stays, where it has the session', () => {
    for (const parked of [refused('limit_reached'), refused('session_id_reused'), null]) {
      const { title, text } = discardWords({ parked, displayId: '451' });
      expect([title, text]).toEqual(['Discard what the server has not taken?', expect.stringContaining('What the server has of this session stays')]);
    }
  });
});

it('only a session that the server never had, and has another one in its place, needs a new id', () => {
  const needs = (code: string, displayId: string | null): boolean => needsNewId({ parked: refused(code), displayId });
  expect([needs('session_id_reused', null), needs('session_id_reused', '451'), needs('limit_reached', null), needsNewId({ parked: null, displayId: null })]).toEqual([true, false, false, false]);
});
