// Child processes that cannot outlive their use: each has its own process group, a deadline, and ends with us.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const GRACE_MS = 10_000;
const posix = process.platform !== 'win32';
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** @type {NodeJS.Signals | undefined} */
let stopping;

/**
 * @typedef {object} Outcome
 * @property {number} code exit code; 128 + signal number as shells count, 124 after the deadline
 * @property {string[]} lines what it wrote to standard output, when asked for
 * @property {boolean} timedOut
 */

/**
 * @param {string[]} command program and arguments
 * @param {{ cwd: string, timeoutMs?: number, env?: Record<string, string>, collect?: boolean }} options
 * @returns {Promise<Outcome>}
 */
export function run([program = '', ...args], { cwd, timeoutMs, env, collect = false }) {
  return new Promise((resolve) => {
    if (stopping) return resolve({ code: exitCodeOf(stopping), lines: [], timedOut: false });
    const child = spawn(program, args, {
      cwd,
      // A group of its own, so that ending it ends what it started too.
      detached: posix,
      env: { ...process.env, [process.stdout.isTTY ? 'FORCE_COLOR' : 'NO_COLOR']: '1', ...env },
      stdio: ['ignore', collect ? 'pipe' : 'inherit', 'inherit'],
    });
    running.add(child);
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      process.stdout.write(chunk);
    });
    let timedOut = false;
    const deadline = timeoutMs === undefined ? undefined : setTimeout(() => { timedOut = true; end(child, 'SIGTERM'); }, timeoutMs);
    const done = (/** @type {number} */ code) => {
      clearTimeout(deadline);
      running.delete(child);
      resolve({ code: timedOut ? 124 : code, lines: text.split(/\r?\n/), timedOut });
    };
    child.once('error', (error) => { console.error(`${program}: ${error.message}`); done(127); });
    // Not `close`: a grandchild that kept the pipe open would hold it back for ever.
    child.once('exit', (code, signal) => { signalGroup(child, 'SIGKILL'); done(code ?? exitCodeOf(signal)); });
  });
}

/** True once a signal, or the end of the process that started us, has asked for the end. */
export function isStopping() {
  return stopping !== undefined;
}

/** Passes on Ctrl-C and `kill`, and notices when npm is killed, which tells its script nothing. */
export function endWithParent() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => stop(signal));
  // Started by hand (`nohup node …`) we may outlive the shell; as a script of npm's we must not outlive npm.
  if (!process.env.npm_lifecycle_event) return;
  const started = parents().join();
  setInterval(() => { if (parents().join() !== started) stop('SIGTERM'); }, 500).unref();
}

/** The process above us, and the one above that if the first is only the shell between npm and us. */
function parents() {
  const shell = ['sh', 'dash', 'bash', 'ash'].includes(nameOf(process.ppid));
  return shell ? [process.ppid, parentOf(process.ppid)] : [process.ppid];
}

/** @param {number} pid */
function nameOf(pid) {
  return /\((.*)\)/.exec(statOf(pid))?.[1] ?? '';
}

/** @param {number} pid */
function parentOf(pid) {
  return Number(statOf(pid).split(') ').at(-1)?.split(' ')[1]);
}

/** @param {number} pid */
function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  // The second Ctrl-C means now.
  for (const child of running) end(child, stopping ? 'SIGKILL' : signal);
  stopping ??= signal;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function end(child, signal) {
  signalGroup(child, signal);
  setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS).unref();
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  if (!posix) {
    if (running.has(child)) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has gone already.
  }
}

/** @param {NodeJS.Signals | null | undefined} signal */
function exitCodeOf(signal) {
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
  return 128 + ((signal && numbers[/** @type {keyof typeof numbers} */ (signal)]) || 0);
}
