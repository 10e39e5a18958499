// The command that checks an exported diagnostics file, run as a person runs it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExchangeWorld } from './exchange-world.ts';

const COMMAND = join(import.meta.dirname, '../../scripts/diagnose.mjs');
let folder = '';

function diagnose(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [COMMAND, ...args], (error, stdout, stderr) => done({ code: error === null ? 0 : error.code, stdout, stderr }));
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-diagnose-'));
  const world = await ExchangeWorld.create();
  const device = world.device();
  const engine = await world.open(device, { streams: true });
  world.offline.add(device);
  await world.drive(engine.sessions.record(world.session(60, 20)));
  await world.run(60_000);
  world.offline.clear();
  await world.run(600_000);
  const file = engine.diagnostics();
  await writeFile(join(folder, 'good.json'), JSON.stringify(file));
  const steps = file.steps.map((step, i) => (i === file.steps.length - 1 ? { ...step, at: step.at + 86_400_000 * 3 } : step));
  await writeFile(join(folder, 'wrong.json'), JSON.stringify({ ...file, steps }));
  const strange = file.steps.map((step) => ({ ...step, status: { ...(step.status as object), '\u001b]0;x\u0007': `\u009b${'x'.repeat(5000)}` } }));
  await writeFile(join(folder, 'strange.json'), `\ufeff${JSON.stringify({ ...file, steps: strange })}`);
  await writeFile(join(folder, 'text.json'), 'hello');
});

afterAll(() => rm(folder, { recursive: true }));

describe('pnpm diagnose', () => {
  it('says that all steps are as derived', async () => {
    const { code, stdout } = await diagnose(join(folder, 'good.json'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+ steps, all as derived\n$/);
  });

  it('names the first wrong step and ends with 1', async () => {
    const { code, stdout } = await diagnose(join(folder, 'wrong.json'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^step \d+ of \d+, shown at 20\d\d-.*: \S+ was .*, the rules say .*\n$/);
  });

  it('says in one short line of plain characters what a file holds that somebody made up', async () => {
    const { code, stdout } = await diagnose(join(folder, 'strange.json'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^step 0 of \d+, shown at 20\d\d-[\x20-\x7e…]{1,500}\n$/);
  });

  it.each([[], ['no-such-file'], ['text.json'], ['--wrong'], ['a', 'b']])('refuses %o %o in words and ends with 2', async (...args) => {
    const { code, stderr } = await diagnose(...args.map((name) => (name.endsWith('.json') ? join(folder, name) : name)));
    expect(code).toBe(2);
    expect(stderr).not.toBe('');
    expect(stderr).not.toContain('    at ');
  });
});
