import { describe, expect, it } from 'vitest';
import type { HttpRequest, Ports } from '../ports.ts';
import { createSimDevice, type SimDeviceOptions, type SimPage } from './sim-device.ts';
import { createSimIds } from './sim-ids.ts';
import { createSimScheduler } from './sim-scheduler.ts';

const request: HttpRequest = { method: 'GET', path: '/api/x', headers: {}, timeoutMs: 1000, maxBodyChars: 1000 };

function world(options: SimDeviceOptions = {}) {
  const scheduler = createSimScheduler();
  const device = createSimDevice(scheduler, { name: 'A', ...options });
  const open = (): SimPage => device.openPage({ ids: createSimIds(1), server: () => ({ status: 200, headers: {}, body: '{}' }) });
  return { scheduler, device, open };
}

async function put(ports: Ports, durability: 'strict' | 'relaxed', key: string): Promise<void> {
  const store = await ports.stores.open('s');
  await store.update([], () => ({ writes: [{ kind: 'put', table: 'meta', key, value: 1 }], result: undefined }), durability);
}

describe('a simulated device', () => {
  it('loses relaxed writes when the machine dies, and keeps strict ones and all before them', async () => {
    const { scheduler, device, open } = world();
    const page = open();
    await scheduler.drive(put(page.ports, 'relaxed', 'a'));
    await scheduler.drive(put(page.ports, 'strict', 'b'));
    await scheduler.drive(put(page.ports, 'relaxed', 'c'));
    await scheduler.drive(put(page.ports, 'relaxed', 'd'));
    device.crash(1);
    expect(device.disk.rows('s', 'meta').map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(device.pages).toEqual([]);
  });

  it('runs a transaction again whose database was taken away before it was committed', async () => {
    const { scheduler, device, open } = world({ latencyMs: (phase) => (phase === 'commit' ? 10 : 0) });
    const page = open();
    await scheduler.drive(put(page.ports, 'strict', 'a'));
    const store = await scheduler.drive(page.ports.stores.open('s'));
    const seen: number[] = [];
    const written = store.update([{ table: 'meta' }], ([rows = []]) => {
      seen.push(rows.length);
      return { writes: [{ kind: 'put', table: 'meta', key: 'b', value: rows.length }], result: undefined };
    }, 'strict');
    scheduler.schedule(scheduler.now + 5, () => device.disk.evict());
    await scheduler.drive(written);
    expect(seen).toEqual([1, 0]);
    expect(device.disk.rows('s', 'meta')).toEqual([{ key: 'b', value: 0 }]);
  });

  it('keeps relaxed writes when only the tab dies', async () => {
    const { scheduler, device, open } = world();
    const page = open();
    await scheduler.drive(put(page.ports, 'relaxed', 'a'));
    page.kill();
    expect(device.disk.rows('s', 'meta')).toHaveLength(1);
  });

  it.each([
    ['before-commit', 0],
    ['committed', 1],
  ] as const)('a tab that dies %s leaves %i rows and never hears of it', async (at, rows) => {
    const { scheduler, device, open } = world();
    const page = open();
    device.disk.atPoint = (point) => void (point === at && page.kill());
    let heard = false;
    void put(page.ports, 'strict', 'a').finally(() => void (heard = true));
    await scheduler.runFor(1000);
    expect([device.disk.rows('s', 'meta').length, heard]).toEqual([rows, false]);
    // The next tab is not held up.
    device.disk.atPoint = null;
    await scheduler.drive(put(open().ports, 'strict', 'b'));
  });

  it('lets a frozen tab hear nothing until it thaws', async () => {
    const { scheduler, open } = world();
    const page = open();
    const heard: string[] = [];
    page.ports.clock.setTimer(10, () => heard.push('timer'));
    void page.ports.transport.send(request, new AbortController().signal).then(() => heard.push('answer'));
    page.freeze();
    await scheduler.runFor(5000);
    expect(heard).toEqual([]);
    page.thaw();
    await scheduler.runFor(0);
    expect(heard.toSorted()).toEqual(['answer', 'timer']);
  });

  it('tells a page nothing that is frozen while its device sleeps but that it goes on', async () => {
    const { scheduler, device, open } = world();
    const page = open();
    const heard: string[] = [];
    page.ports.lifecycle.subscribe((event) => heard.push(event));
    device.sleep();
    page.freeze();
    device.wake();
    page.thaw();
    await scheduler.runFor(0);
    expect(heard).toEqual(['resume']);
  });

  it('stops the monotonic clock and not the wall clock while it sleeps', async () => {
    const { scheduler, device } = world();
    const wall = device.clock.now();
    device.sleep();
    await scheduler.runFor(60_000);
    device.wake();
    await scheduler.runFor(5);
    expect([device.clock.now() - wall, device.clock.monotonic()]).toEqual([60_005, 5]);
  });

  it('copies a profile that then lives on its own', async () => {
    const { scheduler, device, open } = world();
    const page = open();
    await scheduler.drive(put(page.ports, 'strict', 'a'));
    const clone = createSimDevice(scheduler, { disk: device.disk.copy() });
    await scheduler.drive(put(page.ports, 'strict', 'b'));
    expect([clone.disk.rows('s', 'meta').length, device.disk.rows('s', 'meta').length]).toEqual([1, 2]);
  });

  it('runs decide again when the handle died after an unheard commit', async () => {
    const { scheduler, device, open } = world();
    device.disk.failNext('update', { kind: 'rerun', committed: true });
    const store = await scheduler.drive(open().ports.stores.open('s'));
    const seen: number[] = [];
    await scheduler.drive(store.update([{ table: 'meta' }], ([rows]) => {
      seen.push(rows?.length ?? -1);
      return { writes: [{ kind: 'put', table: 'meta', key: 'a', value: 1 }], result: null };
    }, 'strict'));
    expect(seen).toEqual([0, 1]);
  });
});

it('a scheduler refuses times that never come, instead of standing still for ever', async () => {
  const scheduler = createSimScheduler();
  let happened = 0;
  scheduler.schedule(scheduler.now + 10, () => void (happened += 1));
  expect(() => scheduler.schedule(Number.NaN, () => undefined)).toThrow('nothing can happen at NaN');
  await expect(scheduler.runFor(Number.NaN)).rejects.toThrow('no world ever stands at NaN');
  await expect(scheduler.runUntil(Number.POSITIVE_INFINITY)).rejects.toThrow('no world ever stands at Infinity');
  await scheduler.runFor(10);
  expect(happened).toBe(1);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])('a clock is not set by %s, after which it would tell no time at all', (by) => {
  const { clock } = createSimDevice(createSimScheduler());
  expect(() => clock.step(by)).toThrow(`no clock is set by ${by} ms`);
  expect(() => clock.setDrift(by)).toThrow(`no clock drifts by ${by} ppm`);
  expect(Number.isFinite(clock.now())).toBe(true);
});
