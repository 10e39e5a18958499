import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { createPageLocks } from './page-locks.ts';

it('listens to whoever waits no longer than that waits', async () => {
  const locks = createPageLocks();
  const { signal } = new AbortController();
  const listening = (): number => getEventListeners(signal, 'abort').length;
  let next: Promise<void> | null = null;
  await locks.request('one', { signal }, async () => {
    expect(listening()).toBe(0);
    next = locks.request('one', { signal }, () => Promise.resolve());
    expect(listening()).toBe(1);
  });
  await next;
  expect(listening()).toBe(0);
});
