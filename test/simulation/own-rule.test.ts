// An app tests a rule of its own while the network parts, a tab dies and a clock jumps.
import { createSyncEngine, type SyncEngine } from '@syncline/core';
import { createBasicServer, createSimDevice, createSimIds, createSimScheduler } from '@syncline/core/testing';
import { expect, it } from 'vitest';

const MINUTE = 60_000;

/** The app's own rule: its screen shows the minutes of everything that was finished, sent or not, each session once. */
async function minutesShown(engine: SyncEngine): Promise<number> {
  const list = await engine.sessions.list({ limit: 100 });
  return list.reduce((sum, { startTime, endTime }) => sum + ((endTime ?? startTime) - startTime) / MINUTE, 0);
}

it('[C05, A16, B11] shows every minute once: A1 | A2, the tab dies, the clock jumps, the network heals', async () => {
  // One scheduler is the whole world's time.
  const scheduler = createSimScheduler();
  const server = createBasicServer({ now: () => scheduler.now });
  const phone = createSimDevice(scheduler);
  let isCut = false;
  const open = (seed: number) => {
    const page = phone.openPage({
      ids: createSimIds(seed), server: server.handle,
      // Requests arrive and are acted on; their answers are lost. The cruellest kind of partition.
      network: () => (isCut ? { loseResponse: 'error' } : { requestDelayMs: 20, responseDelayMs: 20 }),
    });
    const engine = createSyncEngine({
      user: 'user-1', device: { type: 'web_timer', version: '1.0.0' }, server: { url: 'http://server.test', token: () => 'token' }, ports: page.ports,
    });
    return { page, engine: scheduler.drive(engine) };
  };
  const finish = (engine: SyncEngine, minutesAgo: number, minutes: number) => {
    const startTime = scheduler.now - minutesAgo * MINUTE;
    return scheduler.drive(engine.sessions.record({ startTime, endTime: startTime + minutes * MINUTE, category: 'work', project: 'Book' }));
  };

  const first = open(1);
  await finish(await first.engine, 120, 25);
  await scheduler.runFor(5000);

  isCut = true;
  await finish(await first.engine, 60, 30);
  await scheduler.runFor(5000);
  first.page.kill();
  phone.clock.step(-3 * MINUTE);

  const second = await open(2).engine;
  expect(await scheduler.drive(minutesShown(second))).toBe(55);
  expect(second.status.current.sync_status).not.toBe('healthy');

  isCut = false;
  await scheduler.runFor(10 * MINUTE);
  expect(second.status.current.sync_status).toBe('healthy');
  expect(await scheduler.drive(minutesShown(second))).toBe(55);
  expect(server.records().size).toBe(2);
});
