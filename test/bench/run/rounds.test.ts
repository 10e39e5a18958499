import { expect, it } from 'vitest';
import { inTurns, spreadOf } from './rounds.ts';

it.each([
  [[5, 1, 4, 2, 3], { median: 3, low: 2, high: 4, rounds: 5 }],
  [[12, 10, 17], { median: 12, low: 11, high: 14.5, rounds: 3 }],
  [[1, 2], { median: 1.5, low: 1.25, high: 1.75, rounds: 2 }],
  [[7], { median: 7, low: 7, high: 7, rounds: 1 }],
])('of %j the middle and the middle half lie as far from one end as from the other', (values, spread) => {
  expect(spreadOf(values)).toEqual(spread);
});

it('everybody takes a turn in each round, and each is first now and then', async () => {
  const turns: string[] = [];
  await inTurns(['a', 'b', 'c'], 3, (name, round) => Promise.resolve(void turns.push(`${round}${name}`)));
  expect(turns).toEqual(['0a', '0b', '0c', '1b', '1c', '1a', '2c', '2a', '2b']);
});
