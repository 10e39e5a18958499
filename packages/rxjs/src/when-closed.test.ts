import { describe, expect, it } from 'vitest';
import { whenClosed } from './when-closed.ts';

describe('whenClosed', () => {
  it('runs each callback once, a function handed in twice twice', async () => {
    const closed = Promise.resolve();
    let runs = 0;
    const run = (): void => void runs++;
    whenClosed(closed, run);
    whenClosed(closed, run);
    await closed;
    expect(runs).toBe(2);
  });

  it('forgets a callback that was taken back, and only that one', async () => {
    const closed = Promise.resolve();
    const ran: string[] = [];
    const forget = whenClosed(closed, () => ran.push('first'));
    whenClosed(closed, () => ran.push('second'));
    forget();
    forget();
    await closed;
    expect(ran).toEqual(['second']);
  });
});
