import { describe, expect, it } from 'vitest';
import type { ClosingStatus, EngineStatus, LocalStatus, ProblemCode } from '@syncline/core';
import type { WakingWord } from '@syncline/core/background';
import { announcement, attemptWords, closingWords, contactWords, errorWords, notices, outcomeWords, overallMeaning, partingWords, pendingHere, phaseWords, waitingWords } from './status-words.ts';

interface Change {
  readonly word?: EngineStatus['sync_status'];
  readonly waiting?: number;
  readonly here?: number;
  readonly active?: number;
  readonly local?: Partial<LocalStatus>;
}

function status({ word = 'healthy', waiting = 0, here = 0, active = 1, local = {} }: Change = {}): EngineStatus {
  return {
    sync_status: word, active_devices: active,
    data_summary: { unsynced_sessions: waiting },
    devices: [{ device_id: 'other', sessions_pending: 9 }, { device_id: 'own', sessions_pending: here }],
    local: { device_id: 'own', connection: 'online', phase: 'idle', progress: null, last_error: null, parked: 0, possibly_lost: 0, problems: [], ...local },
  } as unknown as EngineStatus;
}

describe('status words', () => {
  it('keeps words it does not know apart from those it does', () => {
    expect(overallMeaning(status())).toContain('active device');
    expect(overallMeaning(status({ word: 'resting' as EngineStatus['sync_status'] }))).toContain('does not know');
  });

  it('says what is late: sessions, something else, or all devices', () => {
    const late = (change: Change): string => overallMeaning(status({ word: 'delayed', ...change }));
    expect(late({ waiting: 1 })).toBe('Some sessions have not reached the server yet.');
    expect(late({ active: 1 })).toBe('A change has not reached the server yet.');
    expect(late({ active: 0 })).toBe('No device has reached the server in the last hour.');
  });

  it('says what waits, and whether it is here or elsewhere', () => {
    expect(waitingWords(status())).toBe('Nothing waiting');
    expect(waitingWords(status({ waiting: 1, here: 1 }))).toBe('1 session waiting here');
    expect(waitingWords(status({ waiting: 2 }))).toBe('2 sessions waiting on other devices');
    expect(waitingWords(status({ waiting: 4, here: 1 }))).toBe('1 session waiting here, 3 on other devices');
  });

  it('says the activity with its progress', () => {
    const words = (local: Partial<LocalStatus>): string => phaseWords(status({ local }).local);
    expect(words({ phase: 'syncing', progress: { done: 2, total: 10 } })).toBe('Sending 3 of 10');
    expect(words({ phase: 'syncing', progress: { done: 10, total: 10 } })).toBe('Sending 10 of 10');
    expect(['idle', 'backing_off', 'paused'].map((phase) => words({ phase: phase as LocalStatus['phase'] }))).toEqual(['Nothing to do', 'Waiting to try again', 'Paused']);
  });

  it('says when it is tried again', () => {
    const now = new Date(2026, 5, 10, 14, 0).getTime();
    const at = (ms: number): string => new Date(now + ms).toISOString();
    expect([attemptWords(null, now), attemptWords(at(-5), now), attemptWords(at(1_000), now), attemptWords(at(40_000), now), attemptWords(at(300_000), now)]).toEqual(
      [null, 'now', 'in 1 second', 'in 40 seconds', 'at 14:05'],
    );
  });

  it('has words of its own for every problem that the engine knows', () => {
    const known: Readonly<Record<ProblemCode, true>> = {
      storage_full: true, storage_unavailable: true, volatile_storage: true, upgrade_blocked: true, damaged_rows: true, possible_local_loss: true, blocked_by_policy: true,
      forbidden: true, clock_skew: true, gone: true, update_needed: true, incoherent_answer: true, device_cloned: true,
    };
    const problems = Object.keys(known);
    expect(notices(status({ local: { problems } }), true).filter(({ text }) => text.startsWith('Something needs attention')).map(({ code }) => code)).toEqual([]);
  });

  it('does not say of what cannot be read that it is set aside, nor that all else is fine while history is missing', () => {
    const [notice] = notices(status({ local: { problems: ['damaged_rows'] } }), true);
    expect(notice?.text).toBe('Some of what this browser stored cannot be read and is not shown. What the server has of it is safe there, and is fetched again where the server can.');
  });

  it('puts what is serious first and shows codes it does not know', () => {
    const found = notices(status({ local: { connection: 'offline', problems: ['new_code', 'possible_local_loss'], possibly_lost: 2 } }), false);
    expect(found.map(({ code }) => code)).toEqual(['possible_local_loss', 'offline', 'new_code']);
    expect(found[0]?.text).toContain('2 sessions');
    expect(found[2]?.text).toContain('new code');
  });

  it('makes no banner of a missing sign-in: that one has a button of its own', () => {
    expect(notices(status({ local: { connection: 'auth_required' } }), true)).toEqual([]);
  });

  it('counts what this device holds, not others', () => {
    expect(pendingHere(status({ here: 2 }))).toBe(2);
  });

  it('says whether the page may be closed', () => {
    const words = (sessions: number, waking: WakingWord, local: Partial<LocalStatus> = {}, closing: Partial<ClosingStatus> = {}) =>
      closingWords(status({ local: { ...local, closing: { word: 'sent_later', sessions, others: false, ...closing } } }), waking);
    expect(words(0, 'idle', {}, { word: 'all_sent' })).toContain('everything of this device is on the server');
    expect(words(3, 'absent')).toBe('3 sessions are not sent yet. They are kept on this device; closing now sends them later, when you come back.');
    expect(words(1, 'registered')).toBe('1 session is not sent yet. It is kept on this device; if you close this page now, the browser sends it when there is a network, or this page when you come back.');
    expect(words(0, 'refused', {}, { others: true })).toBe('A change is not sent yet. It is kept on this device; closing now sends it later, when you come back.');
    expect(words(2, 'idle', { parked: 2 })).toContain('until you decide');
    expect(words(2, 'idle', {}, { word: 'lost' })).toBe('Do not close this page yet: 2 sessions would be lost.');
    for (const local of [{ connection: 'auth_required' }, { phase: 'paused' }] as const) expect(words(2, 'registered', local)).toContain('when you come back');
    for (const local of [{ connection: 'auth_required' }, { phase: 'paused' }] as const) expect(words(2, 'registered', local)).not.toContain('the browser');
  });

  it('says in one and in many what stays when somebody signs out, and what does not', () => {
    const words = (sessions: number, word: ClosingStatus['word'] = 'sent_later') => partingWords({ word, sessions, others: sessions === 0 });
    expect(words(1)).toMatchObject({ title: '1 session not sent yet', text: expect.stringMatching(/^It stays in this browser, .* and is sent/), leave: 'Sign out and keep it here' });
    expect(words(2)).toMatchObject({ title: '2 sessions not sent yet', text: expect.stringMatching(/^They stay in this browser, .* and are sent/), leave: 'Sign out and keep them here' });
    expect(words(0).title).toBe('Changes not sent yet');
    expect(words(2, 'lost')).toMatchObject({ text: expect.stringContaining('loses them'), leave: 'Sign out and lose them' });
    expect(words(0, 'all_sent').leave).toBe('Sign out');
  });

  it('says how the device reaches the server, and why it did not, in plain words', () => {
    const failed = { code: 'network', message: 'Failed to fetch', at: '' };
    expect(contactWords(status().local, true)).toBe('Connected');
    expect(contactWords(status({ local: { phase: 'syncing', progress: { done: 1, total: 5 } } }).local, true)).toBe('Connected · Sending 2 of 5');
    expect(contactWords(status({ local: { connection: 'offline' } }).local, false)).toBe('No network');
    expect(contactWords(status({ local: { connection: 'unreachable', phase: 'backing_off' } }).local, true)).toBe('Server does not answer · Waiting to try again');
    expect(errorWords(status({ local: { connection: 'unreachable', last_error: failed } }).local)).toBe('The connection failed.');
    for (const code of ['internal', 'constructor']) expect(errorWords(status({ local: { connection: 'unreachable', last_error: { ...failed, code } } }).local)).toBe('Failed to fetch');
    expect(errorWords(status({ local: { connection: 'online', last_error: failed } }).local)).toBeNull();
  });

  it('does not call a device offline that has a network and only waits for its first answer', () => {
    const first = status({ local: { connection: 'offline' } });
    expect(notices(first, true)).toEqual([]);
    expect(contactWords(first.local, true)).toBe('Connecting');
    expect(notices(first, false).map(({ code }) => code)).toEqual(['offline']);
  });

  it('says what a sync achieved', () => {
    expect(outcomeWords({ ok: true, sent: 0, pending: 0, reason: 'done' }, 0)).toBe('Everything is sent.');
    // Two operations of one session, and one of none: a settlement.
    expect(outcomeWords({ ok: true, sent: 3, pending: 0, reason: 'done' }, 1)).toBe('1 session sent.');
    expect(outcomeWords({ ok: true, sent: 1, pending: 0, reason: 'done' }, 0)).toBe('Everything is sent.');
    expect(outcomeWords({ ok: false, sent: 2, pending: 1, reason: 'unreachable' }, 3)).toMatch(/^2 sessions sent\. The server does not answer/);
    expect(outcomeWords({ ok: false, sent: 0, pending: 2, reason: 'offline' }, 1)).toMatch(/^No network/);
    // A pause of the engine's own, or a session whose time has not come: nobody asked for that.
    expect(outcomeWords({ ok: false, sent: 0, pending: 1, reason: 'backing_off' }, 1)).toBe('Not all could be sent now. It is tried again by itself.');
  });

  it('announces what changed and nothing else', () => {
    const said = (change: Change, hasNetwork = true): string | null => announcement(status(), status(change), hasNetwork);
    expect(said({ local: { phase: 'syncing' } })).toBeNull();
    expect(said({ local: { connection: 'offline' } }, false)).toBe('No network.');
    expect(said({ word: 'delayed', waiting: 1, here: 1 })).toBe('Catching up. 1 session waiting here.');
    expect(said({ local: { parked: 1 } })).toBe('1 session needs a decision.');
  });

  it('announces no missing network where there is one and only an answer is waited for', () => {
    expect(announcement(status({ local: { connection: 'auth_required' } }), status({ local: { connection: 'offline' } }), true)).toBe('Connecting.');
  });

  it('announces a problem that turns up, once', () => {
    const old = status({ local: { problems: ['update_needed'] } });
    expect(announcement(status(), old, true)).toBe('This version is too old for the server. Reload the page; nothing is lost.');
    expect(announcement(old, status({ local: { problems: ['update_needed', 'clock_skew'] } }), true)).toMatch(/^The clock of this device differs/);
    expect(announcement(old, status(), true)).toBeNull();
  });
});
