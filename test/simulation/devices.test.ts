// Looking after devices through the engine, over the real server app.
import { describe, expect, it } from 'vitest';
import { ExchangeWorld, twoDevices, USER } from './exchange-world.ts';

describe('the devices of a user', () => {
  it('are listed with what each holds, and since when that is known', async () => {
    const { world, second, a, b } = await twoDevices();
    const told = world.scheduler.now;
    world.offline.add(second);
    await world.drive(b.sessions.record(world.session(60, 20)));
    await world.run(1000);
    const devices = await world.drive(a.devices.list());
    expect(devices.map(({ deviceId, isThisDevice, sessionsPending }) => ({ deviceId, isThisDevice, sessionsPending }))).toEqual(
      expect.arrayContaining([{ deviceId: a.deviceId, isThisDevice: true, sessionsPending: 0 }, { deviceId: b.deviceId, isThisDevice: false, sessionsPending: 0 }]),
    );
    // What it holds now it could not say; what it said is as old as this.
    expect(devices.find(({ deviceId }) => deviceId === b.deviceId)?.pendingAsOf).toBeLessThanOrEqual(told);
  });

  it('[A12] are told again where what was told of them cannot be read any more', async () => {
    const { world, first, second, a } = await twoDevices();
    for (const { pages } of [first, second]) for (const page of pages) page.kill();
    first.disk.data(first.disk.names()[0] ?? '').commit([{ kind: 'put', table: 'meta', key: 'answer', value: 'rubbish' }], 'strict');
    const again = await world.open(first);
    await world.run(5000);
    expect(again.status.current.total_devices).toBe(a.status.current.total_devices);
  });

  it('can be named, and the name is taken back', async () => {
    const { world, a, b } = await twoDevices();
    const nameOf = async (): Promise<string | null | undefined> => (await world.drive(a.devices.list())).find(({ deviceId }) => deviceId === b.deviceId)?.name;
    await world.drive(a.devices.rename(b.deviceId, 'Study'));
    expect(await nameOf()).toBe('Study');
    await world.drive(a.devices.rename(b.deviceId, null));
    expect(await nameOf()).toBeNull();
    await expect(world.drive(a.devices.rename(b.deviceId, ''))).rejects.toMatchObject({ code: 'invalid_input', details: [{ path: 'name' }] });
  });

  it('can be forgotten: it leaves the status at once, is told so, and keeps what it holds', async () => {
    const { world, second, a, b } = await twoDevices();
    world.offline.add(second);
    await world.run(60_000);
    const one = await world.drive(b.sessions.record(world.session(60, 20)));
    await world.drive(a.devices.forget(b.deviceId));
    await world.run(3000);
    expect(a.status.current.devices?.map(({ device_id: id }) => id)).toEqual([a.deviceId]);
    world.offline.clear();
    second.pages[0]?.lifecycle.emit('online');
    await world.run(60_000);
    expect(b.status.current.local.problems).toContain('gone');
    expect(await world.drive(b.sessions.get(one.id))).toMatchObject({ pending: true });
  });

  it('cannot be the one that asks, when it is about forgetting or signing out', async () => {
    const { world, a } = await twoDevices();
    for (const act of ['forget', 'signOut'] as const) {
      await expect(world.drive(a.devices[act](a.deviceId))).rejects.toMatchObject({ code: 'invalid_input', details: [{ path: 'id', message: 'is this device' }] });
    }
  });

  it('need the server: without a network, a token or a known device the call says so', async () => {
    const { world, first, a } = await twoDevices();
    await expect(world.drive(a.devices.signOut('00000000-0000-4000-8000-00000000ffff'))).rejects.toMatchObject({ code: 'not_found' });
    world.offline.add(first);
    await expect(world.drive(a.devices.list())).rejects.toMatchObject({ code: 'unreachable' });
    const signedOut = await world.open(world.device(), { token: () => '' });
    await expect(world.drive(signedOut.devices.list())).rejects.toMatchObject({ code: 'auth_required' });
    await world.drive(a.close());
    await expect(world.drive(a.devices.list())).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('what one request cannot carry', () => {
  it('[I-05] counts as pending on every device, with all of its session that was sent', async () => {
    const { world, first, a, b } = await twoDevices({ streams: false });
    world.offline.add(first);
    const sessions = await world.drive(Promise.all(Array.from({ length: 500 }, (_, i) => a.sessions.record(world.session(3000 - 2 * i, 1)))));
    await world.drive(a.sessions.amend(sessions[0]?.id ?? '', { category: 'reading' }));
    // Nothing is on its way that fails yet.
    await world.run(2000);
    world.offline.clear();
    // The network is gone again once the first of two requests was answered.
    world.distort = (request, answer) => {
      if (request.body?.includes('"type":"submit"')) world.offline.add(first);
      return answer;
    };
    await world.drive(a.sync());
    await world.drive(b.sync());
    expect(world.server.stored(USER)).toHaveLength(500);
    expect(a.status.current.data_summary.unsynced_sessions).toBe(1);
    expect(b.status.current).toMatchObject({ sync_status: 'delayed', data_summary: { unsynced_sessions: 1 } });
  });

  it('[I-05] counts once on every device, with all of its session that was refused', async () => {
    const world = await ExchangeWorld.create();
    const first = world.device(undefined, { offsetMs: 30 * 60_000 });
    const [a, b] = [await world.open(first), await world.open(world.device())];
    await world.run(5000);
    world.offline.add(first);
    // The last of five hundred ends in the server's future, and what was changed of it is the first of the next request.
    const sessions = await world.drive(Promise.all(Array.from({ length: 500 }, (_, i) => a.sessions.record(world.session(i < 499 ? 3000 - 2 * i : -20, 1)))));
    await world.drive(a.sessions.amend(sessions[499]?.id ?? '', { category: 'reading' }));
    world.offline.clear();
    await world.run(10_000);
    await world.drive(b.sync());
    expect(world.server.stored(USER)).toHaveLength(499);
    for (const { status } of [a, b]) expect(status.current.data_summary.unsynced_sessions).toBe(1);
  });
});

describe('a browser that was wiped whole', () => {
  it('[A11, I-02] says what it had announced and never sent: the server remembers it by the id that the app gives', async () => {
    const world = await ExchangeWorld.create();
    const device = world.device();
    const deviceId = '00000000-0000-4000-8000-00000000beef';
    const before = await world.open(device, { deviceId });
    await world.run(5000);
    world.offline.add(device);
    await world.drive(Promise.all(Array.from({ length: 503 }, (_, i) => before.sessions.record(world.session(3000 - 2 * i, 1)))));
    world.offline.clear();
    // One request carries five hundred.
    world.distort = (request, answer) => {
      if (request.body?.includes('"type":"submit"')) world.offline.add(device);
      return answer;
    };
    await world.drive(before.sync());
    expect(before.status.current.data_summary.unsynced_sessions).toBe(3);
    device.pages[0]?.kill();
    device.disk.wipe();
    world.offline.clear();
    const after = await world.open(device, { deviceId });
    await world.run(70_000);
    expect(after.status.current.local).toMatchObject({ possibly_lost: 3, problems: ['possible_local_loss'] });
  });

  it('[A11] is told of by nobody what a person had read of before the server spoke', async () => {
    const world = await ExchangeWorld.create();
    const device = world.device();
    const before = await world.open(device);
    await world.run(5000);
    world.distort = (request, answer) => {
      if (request.body?.includes('"type":"submit"')) world.offline.add(device);
      return answer;
    };
    await world.drive(Promise.all(Array.from({ length: 503 }, (_, i) => before.sessions.record(world.session(3000 - 2 * i, 1)))));
    await world.run(5000);
    const unsent = before.status.current.data_summary.unsynced_sessions;
    device.pages[0]?.kill();
    device.disk.evict();
    const after = await world.open(device);
    expect(after.status.current.local.possibly_lost).toBe(unsent);
    await world.drive(after.dismiss('possible_local_loss'));
    device.pages[1]?.kill();
    await world.run(2 * 86_400_000);
    const later = await world.open(device);
    world.offline.clear();
    world.distort = (_, answer) => answer;
    await world.run(400_000);
    expect(later.status.current.local).toMatchObject({ connection: 'online', possibly_lost: 0, problems: [] });
  });
});

it('[D03] that its profile was copied a device tells until a person has read it', async () => {
  const world = await ExchangeWorld.create();
  const first = world.device();
  const original = await world.open(first);
  await world.run(1000);
  const second = world.device(first);
  const copy = await world.open(second);
  for (let round = 0; round < 3; round += 1) for (const engine of [original, copy]) await world.drive(engine.sync());
  const problems = (): readonly string[] => [original, copy].flatMap(({ status }) => status.current.local.problems);
  expect(problems()).toEqual(['device_cloned']);
  for (const engine of [original, copy]) await world.drive(engine.dismiss('device_cloned'));
  expect(problems()).toEqual([]);
  for (const { pages } of [first, second]) pages[0]?.kill();
  const again = [await world.open(first), await world.open(second)];
  await world.run(70_000);
  expect(again.map(({ status }) => status.current.local)).toMatchObject([{ connection: 'online', problems: [] }, { connection: 'online', problems: [] }]);
  expect(new Set(again.map(({ deviceId }) => deviceId)).size).toBe(2);
});

describe('an edit that waits behind its session', () => {
  it('[D03] while many others are sent is no sign of a copied profile', async () => {
    const world = await ExchangeWorld.create();
    const device = world.device(undefined, { offsetMs: 30 * 60_000 });
    const a = await world.open(device);
    const { deviceId } = a;
    await world.run(5000);
    const { id } = await world.drive(a.sessions.record(world.session(0, 25)));
    await world.run(5000);
    world.offline.add(device);
    await world.drive(a.sessions.amend(id, { category: 'reading' }));
    await world.drive(Promise.all(Array.from({ length: 70 }, (_, i) => a.sessions.record(world.session(3000 - 2 * i, 1)))));
    world.offline.clear();
    await world.run(30 * 60_000);
    expect(world.server.stored(USER)).toHaveLength(71);
    expect(a.status.current).toMatchObject({ sync_status: 'healthy', total_devices: 1 });
    expect(a.deviceId).toBe(deviceId);
  });
});

it('[D03, I-16] a server that takes every name for that of a clone is left in peace', async () => {
  const { world, a } = await twoDevices({ streams: false });
  const cloned = { status: 409, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: 'Two installations', code: 'device_cloned' }) };
  const names = new Set<unknown>();
  world.distort = (request, answer) => {
    if (request.path !== '/api/sync/exchange') return answer;
    names.add((JSON.parse(request.body ?? '{}') as { device?: { device_id?: unknown } }).device?.device_id);
    return cloned;
  };
  await world.drive(a.sessions.record(world.session(120, 30)));
  world.requests.length = 0;
  await world.run(60_000);
  expect(world.requests.length).toBeLessThan(2 * 12);
  expect(names.size).toBeLessThan(12);
  world.distort = (_, answer) => answer;
  await world.run(400_000);
  expect(a.status.current).toMatchObject({ data_summary: { unsynced_sessions: 0 }, local: { connection: 'online' } });
});
