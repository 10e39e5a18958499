import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryThrottle } from './memory-throttle.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

describe('sign-in', () => {
  it('[S-17] is slowed by a wait that doubles after five failures, and never shut', async () => {
    const throttle = memoryThrottle();
    for (let tries = 0; tries < 5; tries += 1) expect(await throttle.beforeLogin('jane', '10.0.0.1')).toBeNull();
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
      expect(await throttle.beforeLogin('jane', '10.0.0.1')).toBeNull();
      expect(await throttle.beforeLogin('jane', '10.0.0.1')).toBe(seconds);
      vi.advanceTimersByTime(seconds * 1000);
    }
  });

  it('[S-17] counts tries before they are answered, so that many at once are not all the first', async () => {
    const throttle = memoryThrottle();
    const answers = await Promise.all(Array.from({ length: 40 }, () => throttle.beforeLogin('jane', '10.0.0.1')));
    expect(answers.filter((wait) => wait === null).length).toBeLessThanOrEqual(6);
  });

  it('[S-17] is not slowed by tries that nobody came to look at, nor by the wait of one', async () => {
    const throttle = memoryThrottle();
    for (let tries = 0; tries < 6; tries += 1) await throttle.beforeLogin('jane', '10.0.0.1');
    vi.advanceTimersByTime(1_000);
    for (let tries = 0; tries < 50; tries += 1) {
      expect(await throttle.beforeLogin('jane', '10.0.0.1')).toBeNull();
      await throttle.withoutLogin('jane', '10.0.0.1');
    }
    expect([await throttle.beforeLogin('jane', '10.0.0.1'), await throttle.beforeLogin('jane', '10.0.0.1')]).toEqual([null, 2]);
  });

  it('[S-17] of strangers whom nobody came to look at shuts out no other', async () => {
    const throttle = memoryThrottle();
    for (let stranger = 0; stranger < 150; stranger += 1) {
      expect(await throttle.beforeLogin('jane', `10.1.0.${stranger}`)).toBeNull();
      await throttle.withoutLogin('jane', `10.1.0.${stranger}`);
    }
  });

  it('[S-17] starts afresh after a success', async () => {
    const throttle = memoryThrottle();
    for (let tries = 0; tries < 4; tries += 1) await throttle.beforeLogin('jane', '10.0.0.1');
    await throttle.afterLogin('jane', '10.0.0.1');
    for (let tries = 0; tries < 5; tries += 1) expect(await throttle.beforeLogin('jane', '10.0.0.1')).toBeNull();
  });

  it('[S-17] cannot be shut by strangers where its owner signed in before', async () => {
    const throttle = memoryThrottle();
    await throttle.beforeLogin('jane', '10.0.0.1');
    await throttle.afterLogin('jane', '10.0.0.1');
    for (let stranger = 0; stranger < 150; stranger += 1) await throttle.beforeLogin('jane', `10.1.0.${stranger}`);
    expect(await throttle.beforeLogin('jane', '10.2.0.1')).toBeGreaterThan(0);
    expect(await throttle.beforeLogin('jane', '10.0.0.1')).toBeNull();
    expect(await throttle.beforeLogin('amir', '10.2.0.1')).toBeNull();
  });

  it('[S-17] is limited per address whatever the names', async () => {
    const throttle = memoryThrottle();
    for (let tries = 0; tries < 60; tries += 1) expect(await throttle.beforeLogin(`name-${tries}`, '10.0.0.1')).toBeNull();
    expect(await throttle.beforeLogin('another', '10.0.0.1')).toBe(60);
    vi.advanceTimersByTime(60_000);
    expect(await throttle.beforeLogin('another', '10.0.0.1')).toBeNull();
  });
});

describe('an address', () => {
  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', true], ['2001:db8:1:2::', '2001:db8:1:2:ffff::', true], ['2001:db8::1', '2001:db8:0:0:1::', true], ['fe80::1%eth0', 'fe80::2%eth0', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false], ['::ffff:10.0.0.1', '10.0.0.1', true], ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false], ['10.0.0.1', '10.0.0.2', false],
  ])('[S-15, S-17] %s and %s are of one line: %s', async (one, other, isSame) => {
    const throttle = memoryThrottle();
    for (let tries = 0; tries < 60; tries += 1) await throttle.beforeLogin(`name-${tries}`, one);
    expect(await throttle.beforeLogin('another', other)).toBe(isSame ? 60 : null);
    for (let calls = 0; calls < 12_000; calls += 1) await throttle.beforeCall(one);
    expect(await throttle.beforeCall(other)).toBe(isSame ? 60 : null);
  });
});

describe('calls', () => {
  it('[S-15] of one address and of one user are limited by the minute', async () => {
    const throttle = memoryThrottle();
    for (let calls = 0; calls < 12_000; calls += 1) await throttle.beforeCall('10.0.0.1');
    expect(await throttle.beforeCall('10.0.0.1')).toBe(60);
    expect(await throttle.beforeCall('10.0.0.2')).toBeNull();
    for (let calls = 0; calls < 6_000; calls += 1) await throttle.beforeUserCall('u-1');
    expect(await throttle.beforeUserCall('u-1')).toBe(60);
    expect(await throttle.beforeUserCall('u-2')).toBeNull();
  });
});
