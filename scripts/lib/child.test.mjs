import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './child.mjs';

const node = process.execPath;
const childModule = new URL('child.mjs', import.meta.url).href;
let folder = '';

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'syncline-child-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param {number} pid */
const alive = (pid) => {
  try {
    // A zombie still has a number; what matters is that nothing runs under it.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** A program that starts another one, writes both numbers down and waits. */
const family = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  require('node:fs').writeFileSync('pids', process.pid + ' ' + child.pid);
  setInterval(() => {}, 1000);
`;

const familyPids = () =>
  expect.poll(() => readFileSync(join(folder, 'pids'), 'utf8').split(' ').length, { timeout: 10_000 }).toBe(2)
    .then(() => readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number));

const expectGone = (/** @type {number[]} */ pids) =>
  expect.poll(() => pids.filter(alive), { timeout: 10_000 }).toEqual([]);

describe('run', () => {
  it('gives the exit code and the lines', async () => {
    const outcome = await run([node, '-e', 'console.log("a\\nb"); process.exitCode = 3'], { cwd: folder, collect: true });
    expect(outcome).toEqual({ code: 3, lines: ['a', 'b', ''], timedOut: false });
  });

  it('says 127 for a program that is not there', async () => {
    expect((await run(['/no/such/program'], { cwd: folder })).code).toBe(127);
  });

  it('ends what is over its deadline, and what that has started', async () => {
    const outcome = await run([node, '-e', family], { cwd: folder, timeoutMs: 1500 });
    expect(outcome).toMatchObject({ code: 124, timedOut: true });
    await expectGone(await familyPids());
  });
});

describe.runIf(process.platform === 'linux')('endWithParent', () => {
  const program = `
    import { endWithParent, run } from ${JSON.stringify(childModule)};
    endWithParent();
    process.exitCode = (await run([process.execPath, '-e', ${JSON.stringify(family)}], { cwd: ${'process.cwd()'} })).code;
  `;
  const script = () => [node, '--input-type=module', '-e', program];

  it('passes a signal on and ends with the code of the program', async () => {
    const [command = '', ...args] = script();
    const task = spawn(command, args, { cwd: folder });
    const code = new Promise((resolve) => { task.once('exit', resolve); });
    const pids = await familyPids();
    task.kill('SIGTERM');
    expect(await code).toBe(143);
    await expectGone(pids);
  });

  it.each([
    ['npm itself', ''],
    ['npm above a shell that stays between', '; true'],
  ])('ends when %s is killed outright', async (_name, tail) => {
    // A stand-in for npm: it starts the script through a shell, as npm does.
    const npm = spawn(
      node,
      ['-e', 'require("node:child_process").spawn("sh", ["-c", process.argv[1]], { stdio: "ignore" }); setInterval(() => {}, 1000)', `"$NODE" --input-type=module -e "$PROGRAM"${tail}`],
      { cwd: folder, env: { ...process.env, NODE: node, PROGRAM: program, npm_lifecycle_event: 'start' }, stdio: 'ignore' },
    );
    const pids = await familyPids();
    npm.kill('SIGKILL');
    await expectGone(pids);
  });
});
