// A long campaign goes on where it was interrupted, and what it found is kept with the commit it ran at.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { campaignTable, documentWithCampaign, readCampaign, type Summary, withPart } from './campaign.ts';

const folder = mkdtempSync(join(tmpdir(), 'syncline-campaign-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function simulate(...words: string[]): Promise<{ stdout: string }> {
  const cli = join(import.meta.dirname, 'cli.ts');
  return promisify(execFile)(process.execPath, ['--import', 'tsx', '--conditions=@syncline/source', cli, '--jobs', '1', ...words]);
}

function summary(from: number, next: number, marks: Record<string, number> = {}): Summary {
  return { commit: 'abc1234', from, next, seeds: next - from, violations: 0, marks };
}

describe('a campaign', () => {
  it('goes on behind the seeds that its summary counts', async () => {
    const file = join(folder, 'summary.json');
    const read = (): Summary => JSON.parse(readFileSync(file, 'utf8')) as Summary;
    await simulate('--from', '5', '--seeds', '3', '--summary', file);
    const first = read();
    expect(first).toMatchObject({ from: 5, next: 8, seeds: 3, violations: 0 });
    // Nothing but what was kept can know of so many, nor of a violation that was told before.
    writeFileSync(file, JSON.stringify({ ...first, violations: 1, marks: { ...first.marks, 'tab.killed': 1_000_000 } }));
    const again = simulate('--from', '5', '--seeds', '5', '--summary', file);
    await expect(again).rejects.toMatchObject({ stdout: expect.stringMatching(/^5 seeds, 1 violations$/m) as string });
    expect(read()).toMatchObject({ from: 5, next: 10, seeds: 5 });
    expect(read().marks['tab.killed']).toBeGreaterThanOrEqual(1_000_000);
  }, 60_000);

  it('is another one at another commit', async () => {
    const file = join(folder, 'other.json');
    writeFileSync(file, JSON.stringify(summary(5, 8, { 'tab.killed': 1_000_000 })));
    await simulate('--from', '5', '--seeds', '2', '--summary', file);
    const now = JSON.parse(readFileSync(file, 'utf8')) as Summary;
    expect(now).toMatchObject({ from: 5, next: 7, seeds: 2 });
    expect(now.marks['tab.killed']).toBeLessThan(1_000_000);
  }, 60_000);
});

describe('the record of campaigns', () => {
  it('stands in docs/SIMULATION.md as it is', () => {
    const { is, should } = documentWithCampaign();
    expect(is).toBe(should);
  });

  it('holds no seed twice, and adds up what was met', () => {
    const one = withPart({ parts: [], marks: {} }, summary(1, 101, { 'tab.killed': 3 }));
    expect(() => withPart(one, summary(100, 200))).toThrow('seeds 100 to 199 are in the record in part: 1 to 100 ran at abc1234');
    const two = withPart(one, summary(101, 151, { 'tab.killed': 4, 'stream.cut': 1 }));
    expect(two.marks).toMatchObject({ 'tab.killed': 7, 'stream.cut': 1, 'tab.hidden': 0 });
    expect(campaignTable(two)).toContain('150 seeds, 0 violations; 2 of ');
    for (const { parts } of [two, readCampaign()]) expect(parts.every(({ from, next }, i) => from < next && next <= (parts[i + 1]?.from ?? Infinity))).toBe(true);
  });
});
