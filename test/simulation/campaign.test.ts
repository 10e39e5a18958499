// A long campaign goes on where it was interrupted, and what it found is kept with the commit it ran at.
import { execFile, execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { allMarks } from '@syncline/core/testing';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type Campaign, campaignTable, demandedMarks, documentWithCampaign, type Failure, marksOf, readCampaign, sourcesOf, type Summary, Tally, withPart, writeSummary,
} from './campaign.ts';
import { unreachableMarks } from './seeds.ts';

const folder = mkdtempSync(join(tmpdir(), 'syncline-campaign-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function simulate(...words: string[]): Promise<{ stdout: string }> {
  const cli = join(import.meta.dirname, 'cli.ts');
  return promisify(execFile)(process.execPath, ['--import', 'tsx', '--conditions=@syncline/source', cli, '--jobs', '1', ...words]);
}

function summary(from: number, next: number, marks: Record<string, number> = {}): Summary {
  return { commit: 'abc1234', from, next, seeds: next - from, violations: 0, marks, worlds: {}, failures: [] };
}

const EMPTY: Campaign = { parts: [], marks: {}, worlds: {} };
const failure = (seed: number): Failure => ({ seed, id: 'I-01', what: 'at 5 ms: lost' });

describe('a campaign', () => {
  it('goes on behind the seeds that its summary counts', async () => {
    const file = join(folder, 'summary.json');
    const read = (): Summary => JSON.parse(readFileSync(file, 'utf8')) as Summary;
    await simulate('--from', '5', '--seeds', '3', '--summary', file);
    const first = read();
    expect(first).toMatchObject({ from: 5, next: 8, seeds: 3, violations: 0 });
    // Nothing but what was kept can know of so many, nor of a violation that was told before.
    writeFileSync(file, JSON.stringify({ ...first, violations: 1, failures: [failure(6)], marks: { ...first.marks, 'tab.killed': 1_000_000 } }));
    const again = simulate('--from', '5', '--seeds', '5', '--summary', file, '--no-shrink');
    // How it is replayed is said again: where it was said first may be gone.
    await expect(again).rejects.toMatchObject({ stdout: expect.stringMatching(/^seed 6: I-01 at 5 ms: lost\n {2}pnpm sim --seed 6\n[^]*^5 seeds, 1 violations$/m) as string });
    expect(read()).toMatchObject({ from: 5, next: 10, seeds: 5 });
    expect(read().marks['tab.killed']).toBeGreaterThanOrEqual(1_000_000);
  }, 60_000);

  it('is another one at another commit, and says so', async () => {
    const file = join(folder, 'other.json');
    writeFileSync(file, JSON.stringify(summary(5, 8, { 'tab.killed': 1_000_000 })));
    const { stdout } = await simulate('--from', '5', '--seeds', '2', '--summary', file);
    expect(stdout).toContain('other.json holds 3 seeds from 5 on at abc1234, and is begun anew');
    const now = JSON.parse(readFileSync(file, 'utf8')) as Summary;
    expect(now).toMatchObject({ from: 5, next: 7, seeds: 2 });
    expect(now.marks['tab.killed']).toBeLessThan(1_000_000);
  }, 60_000);

  it('is another one where the sources were changed since the commit, each time in another way', () => {
    const sources = join(folder, 'sources');
    const write = (name: string, text: string): string => {
      mkdirSync(join(sources, dirname(name)), { recursive: true });
      writeFileSync(join(sources, name), text);
      return sourcesOf(sources);
    };
    write('packages/one.ts', '1');
    write('test/simulation/campaign.json', '{}');
    for (const words of [['init'], ['add', '.'], ['-c', 'user.name=a', '-c', 'user.email=a@example.test', 'commit', '-m', 'one']]) execFileSync('git', words, { cwd: sources, stdio: 'ignore' });
    const committed = sourcesOf(sources);
    expect(committed).toMatch(/^[\da-f]{7,}$/);
    const changed = [write('packages/one.ts', '2'), write('packages/one.ts', '3'), write('test/simulation/two.ts', '1'), write('test/simulation/two.ts', '2')];
    for (const name of changed) expect(name).toMatch(new RegExp(`^${committed}\\+[\\da-f]{7}$`));
    expect(new Set(changed).size).toBe(4);
    rmSync(join(sources, 'test/simulation/two.ts'));
    write('packages/one.ts', '1');
    expect([write('docs/SIMULATION.md', 'more'), write('test/simulation/campaign.json', '{"parts":[]}')]).toEqual([committed, committed]);
  });
});

describe('a run that does not meet a mark', () => {
  const [from, seeds] = [1, 1000];
  const known = { parts: [], marks: {}, worlds: { sessions: { seeds: 100_000, marks: { 'tab.hidden': 4600, 'tab.killed': 4000, 'record.cut': 9 } } } };

  it('fails where so many of the recorded worlds met it that chance is none, and a long one fails of each', () => {
    expect(demandedMarks(from, seeds, known)).toEqual(['tab.hidden']);
    // Few worlds are no rate.
    expect(demandedMarks(from, 99_999, { ...known, worlds: { sessions: { seeds: 10, marks: { 'tab.hidden': 9 } } } })).toEqual([]);
    expect(demandedMarks(from, 100_000, known)).toEqual(demandedMarks(from, 100_000, EMPTY));
    expect(demandedMarks(from, 100_000, known)).toContain('record.cut');
    expect(demandedMarks(from, 100_000, known)).not.toContain('edit.amended');
  });

  it('does not fail for what worlds of another kind met', () => {
    expect(demandedMarks(1_000_000, seeds, known)).toEqual([]);
    expect(demandedMarks(999_500, seeds, known)).toEqual([]);
  });

  it('fails in what everybody runs, of nearly every mark that its worlds can meet', () => {
    const unreachable = unreachableMarks(1, 25_000);
    const spared = allMarks().filter((mark) => !unreachable.includes(mark) && !demandedMarks(1, 25_000).includes(mark));
    expect(spared.length, spared.join(', ')).toBeLessThanOrEqual(10);
  });

  it('ends with 1, and names it', async () => {
    const file = join(folder, 'unmet.json');
    await simulate('--from', '1', '--seeds', '1', '--summary', file);
    const first = JSON.parse(readFileSync(file, 'utf8')) as Summary;
    writeFileSync(file, JSON.stringify({ ...first, next: 1000, marks: {}, worlds: {} }));
    const again = simulate('--from', '1', '--seeds', '1000', '--summary', file);
    await expect(again).rejects.toMatchObject({ code: 1, stdout: expect.stringMatching(/^MARKS NOT MET: .*storage\.closed.*\nmarks not met in so few seeds: .*edge\.401/m) as string });
  }, 60_000);
});

describe('the summary of a campaign', () => {
  it('counts everything of an unbroken run of seeds once, in whatever order it comes', () => {
    const tally = new Tally(summary(1, 11));
    tally.add({ from: 21, count: 10, marks: { 'tab.killed': 1 }, worlds: { 'tab.killed': 1 }, failures: [failure(25)], cpuMs: 400 });
    expect(tally.summary).toEqual(summary(1, 11));
    expect([tally.seeds, tally.violations]).toEqual([20, 1]);
    tally.add({ from: 11, count: 10, marks: { 'tab.killed': 2 }, worlds: { 'tab.killed': 1 }, failures: [failure(12)], cpuMs: 300 });
    expect(tally.summary).toMatchObject({ from: 1, next: 31, seeds: 30, violations: 2, failures: [failure(12), failure(25)] });
    expect([tally.summary.marks['tab.killed'], tally.summary.worlds?.['tab.killed']]).toEqual([3, 2]);
    expect([tally.seeds, tally.violations, tally.cpuMs]).toEqual([30, 2, 700]);
  });

  it('is replaced as a whole: a process that dies while it writes leaves the one before', () => {
    const [file, before] = [join(folder, 'whole.json'), join(folder, 'before.json')];
    writeSummary(summary(1, 2), file);
    linkSync(file, before);
    writeSummary(summary(1, 3), file);
    expect([file, before].map((name) => (JSON.parse(readFileSync(name, 'utf8')) as Summary).next)).toEqual([3, 2]);
  });
});

describe('the record of campaigns', () => {
  it('stands in docs/SIMULATION.md as it is', () => {
    const { is, should } = documentWithCampaign();
    expect(is).toBe(should);
  });

  it('met every mark that its worlds can meet', () => {
    expect(marksOf(readCampaign()).missing).toEqual([]);
    expect(marksOf({ ...EMPTY, parts: [{ commit: 'abc1234', from: 1, next: 2, violations: 0 }], marks: { 'tab.killed': 1 } }).missing).toContain('tab.hidden');
  });

  it('holds no seed twice, and adds up what was met', () => {
    const one = withPart(EMPTY, summary(1, 101, { 'tab.killed': 3 }));
    expect(() => withPart(one, summary(101, 101))).toThrow('the summary has no seeds');
    expect(() => withPart(one, summary(100, 200))).toThrow('seeds 100 to 199 are in the record in part: 1 to 100 ran at abc1234');
    const two = withPart(one, summary(101, 151, { 'tab.killed': 4, 'stream.cut': 1 }));
    expect(two.marks).toMatchObject({ 'tab.killed': 7, 'stream.cut': 1, 'tab.hidden': 0 });
    expect(campaignTable(two)).toContain('150 seeds, 0 violations; 2 of the 78 marks met that these worlds can meet.');
    for (const { parts } of [two, readCampaign()]) {
      for (const { over: place } of parts) {
        const there = parts.filter(({ over }) => over === place);
        expect(there.every(({ from, next }, i) => from < next && next <= (there[i + 1]?.from ?? Infinity))).toBe(true);
      }
    }
  });

  it('adds up by kind how many worlds met a mark, where all was in memory', () => {
    const counted = (from: number, next: number, count: number): Summary => ({ ...summary(from, next), worlds: { 'tab.killed': count } });
    const parts = [counted(1, 101, 3), counted(101, 151, 4), counted(1_000_001, 1_000_011, 5), { ...counted(1, 101, 7), over: 'dexie' }, counted(999_991, 1_000_001, 9)];
    const { worlds } = parts.reduce(withPart, EMPTY);
    expect(worlds).toMatchObject({ sessions: { seeds: 150, marks: { 'tab.killed': 7 } }, 'preferences and notes': { seeds: 10, marks: { 'tab.killed': 5 } } });
  });

  it('says over which real parts seeds ran, which may be those that ran in memory, and tells parts of one commit that go on as one', () => {
    const parts = [{ ...summary(1, 41), over: 'dexie' }, summary(31, 61), summary(1, 31)];
    const record = parts.reduce(withPart, EMPTY);
    expect(campaignTable(record).split('\n').slice(-2)).toEqual(['| sessions | memory | 1 to 60 | `abc1234` | 60 | 0 |', '| sessions | dexie | 1 to 40 | `abc1234` | 40 | 0 |']);
    expect(() => withPart(record, { ...summary(40, 50), over: 'dexie' })).toThrow('seeds 40 to 49 are in the record in part');
  });
});
