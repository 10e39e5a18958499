// The command that runs worlds, as a person runs it: what it refuses.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'syncline-sim-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CLI = join(import.meta.dirname, 'cli.ts');

function simulate(...words: readonly string[]): Promise<{ code: unknown; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['--import', 'tsx', '--conditions=@syncline/source', CLI, ...words], (error, _stdout, stderr) => done({ code: error === null ? 0 : error.code, stderr }));
  });
}

describe('pnpm sim', () => {
  it.each([
    [['--seeds', 'abc'], '--seeds must be a whole number from 1 on, and is abc'],
    [['--seed', '1.5'], '--seed must be a whole number from 0 on, and is 1.5'],
    [['--speed'], "Unknown option '--speed'"],
    [['--store', 'disk'], 'no store is called disk; there is dexie'],
    [['--plan', 'no-such-file'], 'no-such-file: ENOENT'],
    [['--keep', 'no-such-file'], 'no-such-file: ENOENT'],
    [['--seed', '1', '--plan', 'some-file'], '--seed and --plan do not go together'],
    [['--planted', '--only', 'no-such-bug'], 'no planted bug is called no-such-bug'],
  ] as const)('refuses %j in words, says how it is used, and ends with 2', async (words, says) => {
    const { code, stderr } = await simulate(...words);
    expect(stderr).toContain(says);
    expect(stderr).toContain('usage: pnpm sim');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(2);
  });

  it('writes over no file that is not its own', async () => {
    const file = join(folder, 'notes.json');
    writeFileSync(file, '{"mine":true}');
    for (const flag of ['--summary', '--keep']) {
      const { code, stderr } = await simulate('--seeds', '1', '--jobs', '1', flag, file);
      expect([code, stderr]).toEqual([2, expect.stringContaining('notes.json is no summary of a campaign')]);
    }
    expect(readFileSync(file, 'utf8')).toBe('{"mine":true}');
  });

  it('ends without a word where nobody reads any further', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@syncline/source', CLI, '--seed', '12', '--trace', '--no-shrink']);
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => void (stderr += text.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    await once(child, 'close');
    expect(stderr).toBe('');
  });

  it('says what makes a file no plan', async () => {
    const file = join(folder, 'plan.json');
    const device = { user: 0, type: 'web_timer', tabs: 1, clockAheadMs: 0, driftPpm: 0, latencyMs: 40 };
    writeFileSync(file, JSON.stringify({ plan: { seed: 1, users: 1, devices: [device], actions: [{ at: 0, do: 'recrod', device: 0, tab: 0 }] } }));
    const { code, stderr } = await simulate('--plan', file);
    expect([code, stderr]).toEqual([2, expect.stringContaining('plan.json: actions[0].do is no deed')]);
  });
});
