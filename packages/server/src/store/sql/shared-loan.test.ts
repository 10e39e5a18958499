import { describe, expect, it } from 'vitest';
import { SharedLoan } from './shared-loan.ts';

/** Things that are numbered as they are lent, and what became of each. */
function shelf() {
  const lent: number[] = [];
  const back: number[] = [];
  const lend = async (use: (thing: number) => Promise<void>): Promise<void> => {
    const thing = lent.length + 1;
    lent.push(thing);
    await use(thing);
    back.push(thing);
  };
  return { lent, back, lend };
}

/** A user that keeps its thing until it is told. */
function user(loan: SharedLoan<number>) {
  let end: (how: 'well' | 'ill') => void = () => undefined;
  const told = new Promise<'well' | 'ill'>((resolve) => (end = resolve));
  const done = loan.use(async (thing) => {
    if ((await told) === 'ill') throw new Error(`ill ${thing}`);
    return thing;
  });
  return { end, done };
}

describe('a loan to several', () => {
  it('is one thing for those who come together, and goes back with the last of them', async () => {
    const { lent, back, lend } = shelf();
    const loan = new SharedLoan(lend, 4);
    const [a, b] = [user(loan), user(loan)];
    a.end('well');
    expect([await a.done, lent, back]).toEqual([1, [1], []]);
    b.end('well');
    expect([await b.done, lent, back]).toEqual([1, [1], [1]]);
    const c = user(loan);
    c.end('well');
    expect(await c.done).toBe(2);
  });

  it('is another thing for one too many', async () => {
    const { lent, lend } = shelf();
    const loan = new SharedLoan(lend, 2);
    const users = [user(loan), user(loan), user(loan)];
    for (const { end } of users) end('well');
    expect(await Promise.all(users.map(({ done }) => done))).toEqual([1, 1, 2]);
    expect(lent).toEqual([1, 2]);
  });

  it('is joined by nobody after it failed one, though others have it still', async () => {
    const { lend } = shelf();
    const loan = new SharedLoan(lend, 4);
    const [a, b] = [user(loan), user(loan)];
    a.end('ill');
    await expect(a.done).rejects.toThrow('ill 1');
    const c = user(loan);
    b.end('well');
    c.end('well');
    expect([await b.done, await c.done]).toEqual([1, 2]);
  });

  it('that cannot be had fails all who wait for it, and the next tries anew', async () => {
    const { lend } = shelf();
    let isThere = false;
    const loan = new SharedLoan<number>((use) => (isThere ? lend(use) : Promise.reject(new Error('none'))), 4);
    const waiting = [user(loan), user(loan)];
    for (const { done } of waiting) await expect(done).rejects.toThrow('none');
    isThere = true;
    const c = user(loan);
    c.end('well');
    expect(await c.done).toBe(1);
  });
});
