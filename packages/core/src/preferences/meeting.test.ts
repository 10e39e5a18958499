import { describe, expect, it } from 'vitest';
import { meet, type Moment } from './meeting.ts';
import { FIRST, newEdit, type State } from './state.ts';

const moment: Moment = { now: 100, ownIds: ['here'], idOf: (name) => `lost ${name}` };

describe('the document of a server that forgot', () => {
  it('[I-09] with a newer value has the last one set here offered, and none that this was set over', () => {
    const known = { daily_goal: { value: 3, deviceId: 'here', at: 10 }, default_duration: { value: 20, deviceId: 'here', at: 10 } };
    const edits = [newEdit({ id: 'e', name: 'daily_goal', value: 4, at: 20, base: 3, sent: [] })];
    const state: State = { ...FIRST, known, edits, left: { generation: 1, isBlind: false, isForgotten: true } };
    const theirs = new Map([['daily_goal', { value: 5, deviceId: 'there', at: 30 }], ['default_duration', { value: 50, deviceId: 'there', at: 30 }]] as const);
    const met = meet(state, theirs, 2, moment);
    expect(met.lost.map(({ name, value }) => [name, value]).sort()).toEqual([['daily_goal', 4], ['default_duration', 20]]);
    expect(met.edits).toEqual([]);
  });
});
