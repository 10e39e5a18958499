import { describe, expect, it } from 'vitest';
import type { Session, Settlement } from '@syncline/core';
import { aboutWords, canUndo, deciderWords, outcomeOf, settledWords, undoProblem } from './journal-words.ts';

const settlement: Settlement = { id: 's', kind: 'keep_one', sessionIds: ['a', 'b'], settledAt: 0, undoneAt: null, deviceId: 'x', outcome: 'applied' };

describe('a settlement in words', () => {
  it('says what was done, also of a kind it does not know', () => {
    expect(settledWords(settlement)).toBe('Kept one of 2 sessions');
    expect(settledWords({ ...settlement, kind: 'keep_all' })).toBe('Kept both sessions');
    expect(settledWords({ ...settlement, kind: 'keep_all', sessionIds: ['a', 'b', 'c'] })).toBe('Kept all 3 sessions');
    for (const kind of ['swap', 'constructor']) expect(settledWords({ ...settlement, kind })).toBe('Settled 2 sessions');
  });

  it('says what it was about, once each', () => {
    const session = (category: string): Session => ({ category }) as Session;
    expect(aboutWords(settlement, new Map([['a', session('writing')], ['b', session('reading')]]))).toBe('writing and reading');
    expect(aboutWords(settlement, new Map([['a', session('writing')], ['b', session('writing')]]))).toBe('writing');
    expect(aboutWords(settlement, new Map())).toBe('');
  });

  it('names the device that decided', () => {
    const devices = [{ device_id: 'x', device_type: 'mac_app' }, { device_id: 'y', device_type: 'web_timer' }];
    expect(deciderWords('own', 'own', devices)).toBe('this device');
    expect(deciderWords('x', 'own', devices)).toBe('Mac app');
    expect(deciderWords('y', 'own', devices)).toBe('another web timer');
    expect(deciderWords(null, 'own', devices)).toBe('another device');
  });

  it('says what came of it, and offers undo only where there is something to undo', () => {
    expect([outcomeOf(settlement), canUndo(settlement)]).toEqual(['On every device', true]);
    expect([outcomeOf({ ...settlement, outcome: 'pending' }), canUndo({ ...settlement, outcome: 'pending' })]).toEqual(['Waiting to send', true]);
    expect([outcomeOf({ ...settlement, outcome: 'superseded' }), canUndo({ ...settlement, outcome: 'superseded' })]).toEqual(['Not applied: another decision was first', false]);
    const stands: Settlement = { ...settlement, undoSuperseded: true };
    expect([outcomeOf(stands), canUndo(stands)]).toEqual(['Not undone. A session of it has changed since: edit or restore the sessions one by one.', true]);
    const changed = Object.assign(new Error('x'), { name: 'EngineError', code: 'changed', retry: 'now', details: [] });
    expect([undoProblem(changed), undoProblem(new TypeError('x'))]).toEqual([
      'A session of it has changed since: edit or restore the sessions one by one.', 'Something went wrong. Nothing was changed.',
    ]);
    const undone = { ...settlement, undoneAt: new Date(2026, 5, 10, 9, 5).getTime() };
    expect([outcomeOf(undone), canUndo(undone)]).toEqual(['Undone on Wed 10 Jun 2026 at 09:05', false]);
  });
});
