import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

/** A work that goes on until it is told to end. */
function held(): { readonly work: () => Promise<void>; readonly begun: Promise<void>; readonly end: () => void } {
  let begin: () => void = () => undefined;
  let end: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { begun, end, work: () => (begin(), ended) };
}

it('[S-26] works of one user run so many at once and in their order, and nobody else waits for them', async () => {
  const turns = new Turns(2, 60_000);
  const [first, second] = [held(), held()];
  const order: string[] = [];
  const note = (what: string) => async (): Promise<void> => void order.push(what);
  const running = [turns.run('ann', first.work), turns.run('ann', second.work)];
  await Promise.all([first.begun, second.begun]);
  const waiting = [turns.run('ann', note('third')), turns.run('ann', note('fourth'))];
  await turns.run('bo', note('bo'));
  expect(order).toEqual(['bo']);
  second.end();
  await Promise.all(waiting);
  expect(order).toEqual(['bo', 'third', 'fourth']);
  first.end();
  await Promise.all(running);
});

it('a work that fails leaves its turn to the next', async () => {
  const turns = new Turns(1, 60_000);
  const failed = turns.run('ann', () => Promise.reject(new Error('no')));
  const next = turns.run('ann', async () => 'done');
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('done');
});

it('whoever waits for too long is turned away, and takes nobody its turn', async () => {
  const turns = new Turns(1, 1);
  const slow = held();
  const running = turns.run('ann', slow.work);
  await expect(turns.run('ann', async () => 'late')).rejects.toMatchObject({ name: 'ServerStoreError', code: 'conflict' });
  slow.end();
  await running;
  expect(await turns.run('ann', async () => 'done')).toBe('done');
});
