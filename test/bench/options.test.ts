// What `pnpm bench` refuses, and what of it may stand in results.json.
import { describe, expect, it } from 'vitest';
import { GROUPS } from './groups/index.ts';
import { chosenOf, readOptions, usage } from './options.ts';

const read = (...args: string[]) => readOptions(args, GROUPS, 1000);

describe('the words of pnpm bench', () => {
  it.each([
    [['--rounds', '0'], '--rounds must be a whole number from 1 on, and is 0'],
    [['--rounds', 'x'], '--rounds must be a whole number from 1 on, and is x'],
    [['--rounds', '1.5'], '--rounds must be a whole number from 1 on, and is 1.5'],
    [['--rounds', ''], '--rounds must be a whole number from 1 on, and is '],
    [['--stored', '10', '--groups', 'store'], '--stored must be a whole number from 1000 on, and is 10'],
    [['--stored', '2000', '--groups', 'peers'], '--stored means nothing to peers'],
    [['--groups', 'store,typo'], 'there is no group typo'],
    [['--groups', 'toString'], 'there is no group toString'],
    [['--groups', ''], '--groups names nothing in “”'],
    [['--groups', 'store', '--contenders', 'syncline,rax'], 'store has no contender rax'],
    [['--groups', 'overlaps', '--contenders', 'syncline'], '--contenders means nothing to overlaps'],
    [['--contenders', 'syncline'], '--contenders means nothing to overlaps'],
    [['--what'], "Unknown option '--what'"],
    [['store'], 'store'],
  ])('%j is refused before anything is measured', (args, reason) => {
    expect(() => read(...args)).toThrow(reason);
  });

  it('whoever chooses contenders or another history measures what the budgets do not compare', () => {
    expect(read()).toMatchObject({ rounds: 5, stored: 100_000, groups: Object.keys(GROUPS), isWhole: true });
    expect(read('--groups', 'store', '--rounds', '2')).toMatchObject({ rounds: 2, isWhole: true });
    expect(read('--groups', 'store', '--contenders', 'syncline, raw')).toMatchObject({ contenders: ['syncline', 'raw'], isWhole: false });
    expect(read('--groups', 'store', '--stored', '2000')).toMatchObject({ isWhole: false });
  });

  it('a name means one contender, or all whose name goes on behind a comma, or all that begin so', () => {
    const { store, drain, server } = GROUPS as Record<'store' | 'drain' | 'server', (typeof GROUPS)[string]>;
    expect(chosenOf(store, ['raw'])).toEqual(['raw']);
    expect(chosenOf(drain, ['syncline', 'raw'])).toEqual(['syncline', 'raw, one request', 'raw, 10 batches']);
    expect(chosenOf(server, ['exchange', 'status'])).toEqual(['status, 100 sessions', 'status, 100,000 sessions', 'exchange of 1,000']);
  });

  it('the usage names every group, and is what --help wants', () => {
    expect(read('--help')).toBeNull();
    for (const name of Object.keys(GROUPS)) expect(usage(GROUPS)).toContain(name);
  });
});
