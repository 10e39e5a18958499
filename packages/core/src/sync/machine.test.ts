import { describe, expect, it } from 'vitest';
import { type MachineFacts, nextStep } from './machine.ts';

const facts = (more: Partial<MachineFacts> = {}, state: Partial<MachineFacts['state']> = {}): MachineFacts => ({
  now: 1000, isOffline: false, offlineTryAt: 0, sendable: 0, waitingAt: null, pauseEnds: 1000, pollAt: 5000, preferencesAt: Number.POSITIVE_INFINITY, healthAt: 9000, needsHealth: false, tokenAt: 3000,
  ...more,
  state: { stopped: null, connection: 'online', capabilities: [], ...state },
});

describe('the next step', () => {
  it.each([
    ['nothing to do: until the next poll', facts(), { kind: 'wait', until: 5000 }],
    ['something waits for its time', facts({ waitingAt: 2000 }), { kind: 'wait', until: 2000 }],
    ['something to send', facts({ sendable: 1, pollAt: 0 }), { kind: 'drain' }],
    ['time to poll', facts({ pollAt: 1000 }), { kind: 'poll' }],
    ['preferences to send, before polling', facts({ preferencesAt: 1000, pollAt: 0 }), { kind: 'preferences' }],
    ['preferences to send, after sessions', facts({ preferencesAt: 0, sendable: 1 }), { kind: 'drain' }],
    ['preferences that wait', facts({ preferencesAt: 1500 }), { kind: 'wait', until: 1500 }],
    ['the server is not known yet', facts({ healthAt: 0, sendable: 1 }), { kind: 'health' }],
    ['a server that said nothing yet, not even what it offers', facts({ sendable: 1, pollAt: 0 }, { connection: 'offline', capabilities: null }), { kind: 'poll' }],
    ['a fault waits for proof', facts({ needsHealth: true, sendable: 1 }), { kind: 'health' }],
    ['a pause', facts({ sendable: 9, pollAt: 0, healthAt: 0, pauseEnds: 2500 }), { kind: 'wait', until: 2500 }],
    ['a pause that is over', facts({ sendable: 9, pauseEnds: 1000 }), { kind: 'drain' }],
    ['no network, surely', facts({ sendable: 9, isOffline: true, offlineTryAt: 8000 }), { kind: 'wait', until: 8000 }],
    ['no network, but a long time since the last try', facts({ sendable: 9, isOffline: true, offlineTryAt: 1000 }), { kind: 'drain' }],
    ['no token', facts({ sendable: 9 }, { connection: 'auth_required' }), { kind: 'wait', until: 3000 }],
    ['no token, time to ask again', facts({ sendable: 9, tokenAt: 1000 }, { connection: 'auth_required' }), { kind: 'token' }],
    ['stopped', facts({ sendable: 9, pollAt: 0 }, { stopped: 'gone', connection: 'auth_required' }), { kind: 'wait', until: null }],
  ])('%s', (_, given, expected) => {
    expect(nextStep(given)).toEqual(expected);
  });
});
