import { findOverlaps } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { createSettableClock, createSimulatedPorts } from '../testing/simulated-ports.ts';
import { DEMO_DEVICES, demoHistory } from './demo-history.ts';
import { closeDemo, DEMO_PASSWORD, DEMO_USERNAME, seedDemo } from './seed-demo.ts';

const NOW = Date.UTC(2025, 7, 24, 15, 30);
const HOURS = Array.from({ length: 48 }, (_, index) => NOW + index * 3_600_000 + 123);

describe('the demo history', () => {
  it('is the same for the same moment, and whole for any', () => {
    expect(demoHistory(NOW)).toEqual(demoHistory(NOW));
    for (const now of HOURS) {
      const sessions = demoHistory(now);
      expect(sessions.length).toBeGreaterThan(700);
      expect(new Set(sessions.map(({ id }) => id)).size).toBe(sessions.length);
      expect(sessions.every(({ startTime, endTime, duration }) => endTime <= now && endTime - startTime === duration * 60_000)).toBe(true);
      expect(new Set(sessions.map(({ deviceId }) => deviceId))).toEqual(new Set(DEMO_DEVICES.map(({ deviceId }) => deviceId)));
    }
  });

  it('holds one overlap, of two devices, in the last two hours', () => {
    for (const now of HOURS) {
      const sessions = demoHistory(now);
      const pairs = findOverlaps(sessions);
      expect(pairs).toHaveLength(1);
      const pair = sessions.filter(({ id }) => pairs[0]?.includes(id));
      expect(new Set(pair.map(({ source }) => source)).size).toBe(2);
      expect(Math.min(...pair.map(({ startTime }) => startTime))).toBeGreaterThan(now - 2 * 3_600_000);
    }
  });
});

describe('the demo account', () => {
  it('is made once; later starts see its devices again and add nothing', async () => {
    const clock = createSettableClock(NOW);
    const ports = createSimulatedPorts(createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' }), clock);
    expect(await seedDemo(ports)).toBe('made');
    const userId = (await ports.store.accounts.findByUsername(DEMO_USERNAME))?.userId ?? '';
    const overview = () => ports.store.readUser(userId, (tx) => tx.overview());
    const first = await overview();
    clock.set(NOW + 3 * 86_400_000);
    expect(await seedDemo(ports)).toBe('kept');
    const second = await overview();
    expect(second.summary.totalSessions).toBe(first.summary.totalSessions);
    expect(second.summary.openConflicts).toBe(1);
    expect(second.devices.map(({ lastSeen }) => (lastSeen ?? 0) - 3 * 86_400_000).toSorted()).toEqual(first.devices.map(({ lastSeen }) => lastSeen).toSorted());
  });

  it('is whole after a start that was ended while it was made', async () => {
    const store = createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' });
    const ports = createSimulatedPorts(store, createSettableClock(NOW));
    store.crashNext('before-commit');
    await expect(seedDemo(ports)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await seedDemo(ports)).toBe('made');
    const { summary, devices } = await store.overview((await store.accounts.findByUsername(DEMO_USERNAME))?.userId ?? '');
    expect([summary.totalSessions, summary.openConflicts, devices.length]).toEqual([demoHistory(NOW).length, 1, DEMO_DEVICES.length]);
    expect(await seedDemo(ports)).toBe('kept');
  });

  it('leaves an account of that name alone which somebody made for themselves', async () => {
    const ports = createSimulatedPorts(createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' }), createSettableClock(NOW));
    const passwordHash = await ports.passwords.hash('a good long one');
    await ports.store.accounts.create({ userId: ports.ids.uuid(), username: DEMO_USERNAME, email: '', createdAt: NOW, passwordHash, timezone: 'UTC' });
    expect(await seedDemo(ports)).toBe('taken');
    const { summary, devices } = await ports.store.overview((await ports.store.accounts.findByUsername(DEMO_USERNAME))?.userId ?? '');
    expect([summary.totalSessions, devices]).toEqual([0, []]);
  });

  it('[S-16] is shut and opened again by the next demo, and left alone when its password is another', async () => {
    const ports = createSimulatedPorts(createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' }), createSettableClock(NOW));
    const opens = async (password: string): Promise<boolean> =>
      ports.passwords.verify(password, (await ports.store.accounts.findByUsername(DEMO_USERNAME))?.passwordHash ?? null);
    expect(await closeDemo(ports)).toBe(false);
    await seedDemo(ports);
    expect(await closeDemo(ports)).toBe(true);
    expect(await opens(DEMO_PASSWORD)).toBe(false);
    await seedDemo(ports);
    expect(await opens(DEMO_PASSWORD)).toBe(true);
    const userId = (await ports.store.accounts.findByUsername(DEMO_USERNAME))?.userId ?? '';
    await ports.store.accounts.setPassword(userId, await ports.passwords.hash('a good long one'), NOW, null);
    expect(await closeDemo(ports)).toBe(false);
    await seedDemo(ports);
    expect(await opens('a good long one')).toBe(true);
  });
});
