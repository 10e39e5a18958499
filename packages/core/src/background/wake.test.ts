import { describe, expect, it } from 'vitest';
import type { EngineStatus, LocalStatus } from '../api.ts';
import type { LifecycleEvent } from '../ports.ts';
import { createEmitter } from '../source.ts';
import { createEngineWorld } from '../testing/engine-world.ts';
import { guardClosing } from './close-guard.ts';
import { tagOfUser, userOfTag } from './tag.ts';
import { type WakingRegistration, wakeInBackground } from './wake.ts';

const SENT = { word: 'all_sent', sessions: 0, others: false } as const;
const WAITS = { word: 'sent_later', sessions: 2, others: false } as const;

/** A page whose status and life the test tells, and the tags that were asked for. */
function page(first: Partial<LocalStatus>, register?: (tag: string) => Promise<unknown>) {
  const statusOf = (local: Partial<LocalStatus>) => ({ local: { connection: 'online', phase: 'idle', parked: 0, closing: SENT, ...local } }) as EngineStatus;
  const status = createEmitter(statusOf(first), Object.is);
  const tags: string[] = [];
  const listeners = new Set<(event: LifecycleEvent) => void>();
  let isOnline = true;
  const timers: (() => void)[] = [];
  const clock = { setTimer: (_: number, run: () => void) => (timers.push(run), () => void timers.splice(timers.indexOf(run), 1)) };
  const lifecycle = {
    visible: () => true, online: () => isOnline,
    subscribe: (listener: (event: LifecycleEvent) => void) => (listeners.add(listener), () => void listeners.delete(listener)),
  };
  const sync = { register: (tag: string) => (tags.push(tag), register === undefined ? Promise.resolve() : register(tag)) };
  const registration: WakingRegistration = { scope: '/', sync };
  return {
    engine: { user: 'jane', status: status.source }, registration, options: { lifecycle, clock }, tags, listeners,
    passes: () => { for (const run of timers.splice(0)) run(); },
    says: (local: Partial<LocalStatus>) => void status.emit(statusOf(local)),
    lives: (event: LifecycleEvent) => {
      if (event === 'online' || event === 'offline') isOnline = event === 'online';
      for (const listener of [...listeners]) listener(event);
    },
  };
}

const settled = async (): Promise<void> => void (await Promise.resolve(), await Promise.resolve(), await Promise.resolve(), await Promise.resolve());

describe('asking for a wake-up', () => {
  it('[B06] is done under the account’s tag at once where work does not move, once a failure, and again when there is more', async () => {
    const { engine, registration, options, tags, says } = page({});
    const waking = wakeInBackground(engine, registration, options);
    says({ closing: WAITS, phase: 'backing_off' });
    says({ closing: { ...WAITS, sessions: 1 }, phase: 'backing_off' });
    await settled();
    expect([waking.current, tags]).toEqual(['registered', ['syncline:jane']]);
    says({ closing: { ...WAITS, sessions: 3 }, phase: 'backing_off' });
    expect(tags).toHaveLength(2);
    says({ closing: { ...WAITS, sessions: 3 }, phase: 'syncing' });
    expect(tags).toHaveLength(2);
    says({ closing: { ...WAITS, sessions: 3 }, phase: 'backing_off' });
    expect(tags).toHaveLength(3);
    says({});
    expect(waking.current).toBe('idle');
    waking.stop();
  });

  it('[B06] is left out for what is sent in a moment, and done early enough for what takes longer', async () => {
    const { engine, registration, options, tags, says, passes } = page({});
    const waking = wakeInBackground(engine, registration, options);
    says({ closing: WAITS, phase: 'syncing' });
    says({});
    passes();
    expect([waking.current, tags]).toEqual(['idle', []]);
    for (let i = 0; i < 2; i += 1) {
      says({ closing: { word: 'sent_later', sessions: 0, others: true }, phase: 'syncing' });
      passes();
    }
    says({ closing: WAITS, phase: 'syncing' });
    passes();
    await settled();
    expect([waking.current, tags]).toEqual(['registered', ['syncline:jane', 'syncline:jane']]);
    says({});
    says({ closing: WAITS, phase: 'syncing' });
    says({ closing: WAITS, phase: 'backing_off' });
    passes();
    expect(tags).toHaveLength(3);
    says({ closing: { ...WAITS, sessions: 3 }, phase: 'syncing' });
    passes();
    says({ closing: { ...WAITS, sessions: 3 }, phase: 'syncing' });
    passes();
    expect(tags).toHaveLength(4);
    says({});
    says({ closing: WAITS, phase: 'syncing' });
    waking.stop();
    passes();
    expect(tags).toHaveLength(4);
  });

  it('is done when the network goes, and whenever the page is hidden or left while work waits', () => {
    const { engine, registration, options, tags, says, lives, listeners } = page({ closing: WAITS });
    const waking = wakeInBackground(engine, registration, options);
    expect(tags).toHaveLength(0);
    lives('offline');
    expect(tags).toHaveLength(1);
    lives('hidden');
    lives('pagehide');
    expect(tags).toHaveLength(3);
    says({});
    lives('hidden');
    expect(tags).toHaveLength(3);
    waking.stop();
    expect(listeners.size).toBe(0);
  });

  it.each<[string, Partial<LocalStatus>]>([
    ['the store is volatile', { closing: { ...WAITS, word: 'lost' } }], ['everything was refused', { closing: WAITS, parked: 2 }],
    ['nobody is signed in', { closing: WAITS, connection: 'auth_required' }], ['sending has stopped', { closing: WAITS, phase: 'paused' }],
  ])('is not done where a worker cannot help: %s', (_, local) => {
    const { engine, registration, options, tags, lives, passes } = page(local);
    wakeInBackground(engine, registration, options);
    passes();
    lives('offline');
    lives('hidden');
    expect(tags).toEqual([]);
  });

  it.each([
    ['rejects', () => Promise.reject(new DOMException('denied', 'NotAllowedError'))],
    ['throws', () => { throw new TypeError('no'); }],
  ])('that the browser refuses is said and breaks nothing: it %s', async (_, register) => {
    const { engine, registration, options, lives } = page({ closing: WAITS }, register);
    const waking = wakeInBackground(engine, registration, options);
    let told = 0;
    waking.subscribe(() => (told += 1));
    lives('hidden');
    await settled();
    expect([waking.current, told]).toEqual(['refused', 1]);
  });

  it('[B06] where there is no Background Sync does nothing, and says so', () => {
    const { engine, options, listeners } = page({ closing: WAITS });
    const waking = wakeInBackground(engine, { scope: '/' }, options);
    expect([waking.current, listeners.size]).toEqual(['absent', 0]);
    waking.stop();
  });

  it('names the account in a way that can be read back, and no other tag', () => {
    expect(userOfTag(tagOfUser('a:b ü'))).toBe('a:b ü');
    expect(['syncline:', 'workbox:x', ''].map(userOfTag)).toEqual([null, null, null]);
  });
});

describe('status.local.closing', () => {
  it('says whether closing now leaves work unsent, and that a volatile store loses it', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    await world.run(1000);
    expect(engine.status.current.local.closing).toEqual(SENT);
    world.isOffline = true;
    await world.drive(engine.sessions.record(world.session(60, 25)));
    expect(engine.status.current.local.closing).toEqual({ ...WAITS, sessions: 1 });
    expect(engine.explain().find(({ of }) => of === 'closing')).toMatchObject({ state: 'sent_later', cause: 'unsent', value: 1, action: 'sync' });
    world.isOffline = false;
    await world.run(60_000);
    expect(engine.status.current.local.closing).toEqual(SENT);

    const bare = world.addDevice();
    bare.disk.failNext('open', { kind: 'fail', code: 'unavailable' }, 100);
    world.isOffline = true;
    const { engine: volatile } = await world.open({ device: bare });
    expect(volatile.status.current.local.closing).toEqual(SENT);
    await world.drive(volatile.sessions.record(world.session(90, 25)));
    expect(volatile.status.current.local.closing).toEqual({ word: 'lost', sessions: 1, others: false });
    // A timer that runs is in memory alone, too; in a real store it goes on.
    await world.drive(volatile.sessions.start({ plannedDuration: 25, category: 'work' }));
    expect(volatile.status.current.local.closing).toEqual({ word: 'lost', sessions: 2, others: false });
    await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work' }));
    expect(engine.status.current.local.closing).toEqual(SENT);
  });
});

describe('the close guard', () => {
  const closes = (target: EventTarget): boolean => target.dispatchEvent(new Event('beforeunload', { cancelable: true }));

  it('lets the browser ask while something is unsent, and listens to nothing otherwise', () => {
    const { engine, says } = page({});
    const target = new EventTarget();
    const stop = guardClosing(engine, { target });
    expect(closes(target)).toBe(true);
    says({ closing: WAITS });
    expect(closes(target)).toBe(false);
    says({});
    expect(closes(target)).toBe(true);
    says({ closing: WAITS });
    stop();
    expect(closes(target)).toBe(true);
  });

  it('asks, too, where a browser goes by the older sign of it', () => {
    const { engine } = page({ closing: WAITS });
    const target = new EventTarget();
    const event = Object.defineProperty(new Event('beforeunload'), 'returnValue', { value: '', writable: true });
    guardClosing(engine, { target });
    target.dispatchEvent(event);
    expect(event.returnValue).toBeTruthy();
  });

  it('asks when the app says so', () => {
    const { engine, says } = page({ closing: WAITS });
    const target = new EventTarget();
    guardClosing(engine, { target, when: ({ word }) => word === 'lost' });
    expect(closes(target)).toBe(true);
    says({ closing: { ...WAITS, word: 'lost' } });
    expect(closes(target)).toBe(false);
  });
});
