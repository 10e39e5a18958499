import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextLagChange, syncLagWords } from './sync-lag.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The words by plain division: the largest unit that fits once, rounded down. */
function wordsByHand(ms: number): string {
  const units = [['day', DAY], ['hour', HOUR], ['minute', MINUTE], ['second', 1000]] as const;
  const [name, size] = units.find(([, length]) => ms >= length) ?? ['second', 1000];
  const count = Math.floor(ms / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

describe('syncLagWords', () => {
  it.each([
    [-5, '0 seconds'], [0, '0 seconds'], [999, '0 seconds'], [1000, '1 second'], [59_999, '59 seconds'], [MINUTE, '1 minute'],
    [2 * MINUTE, '2 minutes'], [HOUR - 1, '59 minutes'], [HOUR, '1 hour'], [DAY - 1, '23 hours'], [DAY, '1 day'],
    [2 * DAY - 1, '1 day'], [3 * DAY, '3 days'], [45 * DAY, '45 days'], [400 * DAY, '400 days'],
  ])('%i ms is %s', (ms, words) => {
    expect(syncLagWords(ms)).toBe(words);
  });

  it('is plain division for every lag', () => {
    const anyLag = fc.oneof(fc.nat(2 * HOUR), fc.nat(3 * DAY), fc.nat({ max: 1_000 }).map((days) => days * DAY - 1), fc.maxSafeNat().map((n) => n % (400 * DAY)));
    fc.assert(
      fc.property(anyLag.filter((ms) => ms >= 0), (ms) => {
        expect(syncLagWords(ms)).toBe(wordsByHand(ms));
      }),
      { numRuns: 2000 },
    );
  });

  it('says the same under every time zone, also where clocks changed near 1970', () => {
    const probe = [
      `import { syncLagWords } from ${JSON.stringify(new URL('./sync-lag.ts', import.meta.url).href)};`,
      'const words = [];',
      'for (let ms = 0; ms < 3 * 86400000; ms += 1234567) words.push(syncLagWords(ms));',
      'for (let day = 3; day < 400; day += 1) words.push(syncLagWords(day * 86400000));',
      'console.log(words.join());',
    ].join('\n');
    const expected: string[] = [];
    for (let ms = 0; ms < 3 * DAY; ms += 1_234_567) expected.push(wordsByHand(ms));
    for (let day = 3; day < 400; day += 1) expected.push(wordsByHand(day * DAY));
    const cwd = fileURLToPath(new URL('../../../..', import.meta.url));
    for (const zone of ['UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Monrovia']) {
      const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', probe], {
        cwd, encoding: 'utf8', env: { ...process.env, TZ: zone },
      });
      expect(out.trim(), zone).toBe(expected.join());
    }
  });
});

describe('nextLagChange', () => {
  it('is the first later lag with other words, seconds left out', () => {
    const coarse = (ms: number) => (ms < MINUTE ? 'under a minute' : wordsByHand(ms));
    fc.assert(
      fc.property(fc.oneof(fc.nat(3 * HOUR), fc.nat(5 * DAY)), (ms) => {
        const next = nextLagChange(ms);
        expect(coarse(next)).not.toBe(coarse(ms));
        expect(coarse(next - 1)).toBe(coarse(ms));
        expect(next).toBeGreaterThan(ms);
      }),
      { numRuns: 1000 },
    );
  });
});
