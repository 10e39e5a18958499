// Preferences over the exchange: the real engine and the real server app, told event by event.
import type { PreferencesApi, SyncEngine } from '@syncline/core';
import { appHandler, type SimDevice } from '@syncline/core/testing';
import { describe, expect, it } from 'vitest';
import { ExchangeWorld, tokenOf } from './exchange-world.ts';

interface Device {
  readonly device: SimDevice;
  readonly engine: SyncEngine;
  readonly preferences: PreferencesApi;
}

async function open(world: ExchangeWorld, device: SimDevice, streams = false): Promise<Device> {
  const engine = await world.open(device, { streams, preferences: true });
  return { device, engine, preferences: engine.preferences as PreferencesApi };
}

async function twoDevices(streams = false): Promise<{ world: ExchangeWorld; a: Device; b: Device }> {
  const world = await ExchangeWorld.create();
  const a = await open(world, world.device(), streams);
  const b = await open(world, world.device(), streams);
  await world.run(5000);
  return { world, a, b };
}

const exchanges = (world: ExchangeWorld) => world.requests.filter(({ request }) => request.path === '/api/sync/exchange');
const values = ({ preferences }: Device) => preferences.current.values;

async function call(world: ExchangeWorld, method: 'GET' | 'PUT', path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${tokenOf('good')}`, ...(body && { 'content-type': 'application/json' }) };
  const answer = await appHandler(world.server.app)({ method, path, headers, timeoutMs: 1000, maxBodyChars: 100_000, body: body && JSON.stringify(body) });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body) as Record<string, unknown>;
}

describe('preferences of several devices', () => {
  it('[C02] what one sets shows on the other within three seconds, and in the documented call', async () => {
    const { world, a, b } = await twoDevices(true);
    await world.drive(a.preferences.set({ theme_preference: 'dark', daily_goal: 7 }));
    await world.run(3000);
    expect(values(b)).toMatchObject({ theme_preference: 'dark', daily_goal: 7 });
    expect(b.preferences.current.details.daily_goal).toMatchObject({ deviceId: a.engine.deviceId, pending: false });
    expect((await call(world, 'GET', '/api/user/data'))['preferences']).toMatchObject({ theme_preference: 'dark', daily_goal: 7 });
    expect(world.requests.some(({ request }) => request.method === 'PUT' || request.path === '/api/user/data')).toBe(false);
  });

  it('[I-09] edits made offline converge: different names all survive, one name has one winner, and the loser can be had back', async () => {
    const { world, a, b } = await twoDevices();
    world.offline.add(a.device).add(b.device);
    await world.drive(a.preferences.set({ theme_preference: 'dark', daily_goal: 3 }));
    await world.drive(b.preferences.set({ theme_preference: 'light', focus_mode: 'strict' }));
    await world.run(600_000);
    expect([a.preferences.current.pending, b.engine.status.current.sync_status]).toEqual([true, 'delayed']);
    world.offline.clear();
    await world.run(600_000);
    expect(values(a)).toEqual(values(b));
    expect(values(a)).toMatchObject({ daily_goal: 3, focus_mode: 'strict' });
    const [winner, loser] = values(a).theme_preference === 'dark' ? [a, b] : [b, a];
    expect([winner.preferences.current.lost.length, loser.preferences.current.lost.length]).toEqual([0, 1]);
    const [lost] = loser.preferences.current.lost;
    await world.drive(loser.preferences.restore(lost?.id ?? ''));
    await world.run(130_000);
    for (const one of [a, b]) {
      expect(values(one).theme_preference).toBe(lost?.value);
      expect(one.preferences.current).toMatchObject({ pending: false, lost: [] });
      expect(one.engine.status.current.sync_status).toBe('healthy');
    }
  });

  it('the documented call of an old client is an edit like any other', async () => {
    const { world, a, b } = await twoDevices();
    await world.drive(a.preferences.set({ theme_preference: 'dark', daily_goal: 3 }));
    await world.run(1000);
    await call(world, 'PUT', '/api/user/preferences', { daily_goal: 9, focus_mode: 'relaxed' });
    await world.run(130_000);
    for (const one of [a, b]) {
      expect(values(one)).toMatchObject({ theme_preference: 'dark', daily_goal: 9, focus_mode: 'relaxed' });
      expect(one.preferences.current.lost).toEqual([]);
    }
  });

  it('[I-09] of an old client’s value and one set offline without knowing of it, the loser is offered: an old client has no journal', async () => {
    const { world, a } = await twoDevices();
    for (let goal = 1; goal <= 6; goal += 1) {
      world.offline.add(a.device);
      await world.drive(a.preferences.set('daily_goal', goal));
      await call(world, 'PUT', '/api/user/preferences', { daily_goal: goal + 10 });
      world.offline.clear();
      await world.run(400_000);
      expect(values(a).daily_goal).toBe(goal + 10);
      expect(a.preferences.current.lost.map(({ value }) => value)).toEqual([goal]);
      await world.drive(a.preferences.dismiss(a.preferences.current.lost[0]?.id ?? ''));
    }
  });

  it('[I-09] an old client’s value that came on top of another device’s and lost to a third is offered by who had seen it', async () => {
    const { world, a, b } = await twoDevices();
    const outcomes = new Set<string>();
    // Of the two devices one has the larger author number, and its value beats what came on top of the other's.
    for (const [away, here, goal] of [[a, b, 3], [b, a, 5]] as const) {
      world.offline.add(away.device);
      await world.drive(away.preferences.set('daily_goal', goal));
      await world.drive(here.preferences.set('daily_goal', goal + 1));
      await world.run(1000);
      await call(world, 'PUT', '/api/user/preferences', { daily_goal: goal + 10 });
      await world.run(130_000);
      expect(values(here).daily_goal).toBe(goal + 10);
      world.offline.clear();
      await world.run(400_000);
      const lost = [away, here].flatMap(({ preferences }) => preferences.current.lost);
      expect(new Set([values(away).daily_goal, ...lost.map(({ value }) => value)])).toEqual(new Set([goal, goal + 10]));
      outcomes.add(values(away).daily_goal === goal ? 'the third' : 'the old client');
      for (const { preferences } of [away, here]) for (const { id } of preferences.current.lost) await world.drive(preferences.dismiss(id));
    }
    expect(outcomes.size).toBe(2);
  });

  it('what a server began with was set by nobody, at no time, and is no change of this device', async () => {
    const { world, a } = await twoDevices();
    await world.run(130_000);
    expect(a.preferences.current.details.timezone).toEqual({ deviceId: null, at: null, pending: false, parked: null });
    expect(a.engine.status.current.data_summary.preferences_updated).toBeNull();
  });

  it('an edit of a tab that does not lead is sent as soon as one of the leader', async () => {
    const { world, a, b } = await twoDevices();
    const tab = await open(world, a.device);
    await world.run(1000);
    await world.drive(tab.preferences.set('daily_goal', 5));
    await world.run(500);
    expect([a, tab].map(({ preferences }) => preferences.current.pending)).toEqual([false, false]);
    await world.drive(b.engine.sync());
    expect(values(b)).toMatchObject({ daily_goal: 5 });
  });
});

describe('a server that was restored from a backup', () => {
  it('[D01] has the preferences again that its devices hold', async () => {
    const { world, a, b } = await twoDevices();
    await world.drive(a.preferences.set({ theme_preference: 'dark', daily_goal: 3 }));
    await world.run(130_000);
    world.server.save();
    await world.drive(b.preferences.set({ daily_goal: 8, focus_mode: 'strict' }));
    await world.run(130_000);
    world.server.restore();
    expect((await call(world, 'GET', '/api/user/data'))['preferences']).toMatchObject({ daily_goal: 3 });
    await world.run(400_000);
    expect((await call(world, 'GET', '/api/user/data'))['preferences']).toMatchObject({ theme_preference: 'dark', daily_goal: 8 });
    for (const one of [a, b]) expect(values(one)).toMatchObject({ theme_preference: 'dark', daily_goal: 8, focus_mode: 'strict' });
  });
});

describe('a device whose clock is wrong', () => {
  it('[B11] moves nobody else’s time of the last change', async () => {
    const world = await ExchangeWorld.create();
    const a = await open(world, world.device());
    const b = await open(world, world.device(undefined, { offsetMs: 86_400_000 }));
    await world.run(5000);
    const setAt = world.scheduler.now;
    await world.drive(b.preferences.set('daily_goal', 3));
    await world.run(130_000);
    for (const { engine } of [a, b]) {
      const { preferences_updated: updated } = engine.status.current.data_summary;
      expect(Math.abs(Date.parse(updated ?? '') - setAt)).toBeLessThan(5000);
    }
  });
});

describe('a server that offers the exchange no more', () => {
  it('and later does again: what was on its way holds all the time, and what was set over it afterwards, too', async () => {
    const { world, a, b } = await twoDevices();
    await world.drive(a.preferences.set('theme_preference', 'light'));
    await world.run(70_000);
    const outcomes = new Set<unknown>();
    // Of two devices one has the larger author number, and its value beats one that did not know of it.
    for (const [one, other, theme] of [[a, b, 'dark'], [b, a, 'light']] as const) {
      const { transport } = one.device.pages[0] ?? expect.fail();
      const { policy } = transport;
      transport.policy = (request, tab) => (request.path === '/api/sync/exchange' ? { loseRequest: 'error' } : policy(request, tab));
      await world.drive(one.preferences.set('theme_preference', theme));
      await world.run(10_000);
      world.without.add('exchange').add('stream');
      const stop = one.preferences.subscribe(() => outcomes.add(values(one).theme_preference === theme));
      transport.policy = policy;
      await world.run(400_000);
      stop();
      expect([values(one).theme_preference, values(other).theme_preference, one.preferences.current.pending]).toEqual([theme, theme, false]);
      await world.drive(other.preferences.set('theme_preference', 'auto'));
      await world.run(400_000);
      world.without.clear();
      await world.run(3_900_000);
      for (const { preferences } of [one, other]) expect(preferences.current).toMatchObject({ values: { theme_preference: 'auto' }, pending: false, lost: [] });
    }
    expect([...outcomes]).toEqual([true]);
  });
});

describe('what it costs', () => {
  it('an exchange with nothing new says little, and one change is one exchange on the device that made it', async () => {
    const world = await ExchangeWorld.create();
    const a = await open(world, world.device());
    await world.drive(a.preferences.set({ theme_preference: 'dark' }));
    await world.run(130_000);
    world.requests.length = 0;
    const written = a.device.disk.counts.rowsWritten;
    await world.run(600_000);
    expect(exchanges(world).length).toBeLessThan(13);
    for (const { request, answerChars } of exchanges(world)) {
      expect(Math.max(request.body?.length ?? 0, answerChars)).toBeLessThan(1000);
      expect(request.body).not.toContain('"update"');
    }
    expect(a.device.disk.counts.rowsWritten - written).toBeLessThan(40);
    world.requests.length = 0;
    await world.drive(a.preferences.set({ daily_goal: 5 }));
    await world.run(1000);
    expect(exchanges(world)).toHaveLength(1);
    expect(a.preferences.current.pending).toBe(false);
  });

  it('[D04] stays below a kilobyte after a hundred starts that each changed something', async () => {
    const world = await ExchangeWorld.create();
    const device = world.device();
    for (let i = 0; i < 100; i += 1) {
      const { engine, preferences } = await open(world, device);
      await world.drive(preferences.set('daily_goal', 1 + (i % 20)));
      await world.drive(engine.sync());
      await world.drive(engine.close());
    }
    const { preferences } = await open(world, device);
    await world.run(130_000);
    world.requests.length = 0;
    await world.run(130_000);
    expect(exchanges(world).length).toBeGreaterThan(0);
    for (const { request, answerChars } of exchanges(world)) expect(Math.max(request.body?.length ?? 0, answerChars)).toBeLessThan(1000);
    // Too long to be sent without need, and not needed to hear of a change.
    const other = await open(world, world.device());
    await world.drive(other.preferences.set('daily_goal', 13));
    await world.run(130_000);
    expect(preferences.get('daily_goal')).toBe(13);
    world.server.save();
    await world.drive(preferences.set('daily_goal', 20));
    await world.run(130_000);
    world.offline.add(device);
    world.server.restore();
    await world.run(400_000);
    expect((await call(world, 'GET', '/api/user/data'))['preferences']).toMatchObject({ daily_goal: 20 });
    expect(values(other)).toMatchObject({ daily_goal: 20 });
  });
});

describe('a server, or somebody on the way, that says nonsense of preferences', () => {
  const all = { state_vector: 'AA==' };
  it.each([
    ['nothing', undefined],
    ['no object', 'none'],
    ['no state vector', { update: 'AAA=' }],
    ['a state vector that is none', { state_vector: '////' }],
    ['an update that is no Base64', { ...all, update: '***' }],
    ['an update that is none', { ...all, update: 'AQEB/////w==' }],
    ['an update that is too large', { ...all, update: 'A'.repeat(1_500_000) }],
  ])('[S-22] %s: the rest of the answer counts, nothing is lost, and the server is not asked in a hurry', async (_what, said) => {
    const world = await ExchangeWorld.create();
    world.distort = (request, answer) => {
      if (request.path !== '/api/sync/exchange') return answer;
      const { preferences: _told, ...rest } = JSON.parse(answer.body) as Record<string, unknown>;
      return { ...answer, body: JSON.stringify({ ...rest, ...(said !== undefined && { preferences: said }) }) };
    };
    const { engine, preferences } = await open(world, world.device());
    await world.drive(preferences.set('daily_goal', 4));
    const { id } = await world.drive(engine.sessions.record(world.session(60, 30)));
    await world.run(600_000);
    expect(await world.drive(engine.sessions.get(id))).toMatchObject({ state: 'confirmed' });
    expect(preferences.current).toMatchObject({ values: { daily_goal: 4 }, pending: true });
    expect(exchanges(world).length).toBeLessThan(40);
    world.distort = (_, answer) => answer;
    await world.run(130_000);
    expect(preferences.current).toMatchObject({ values: { daily_goal: 4 }, pending: false });
  });
});
