// What `npm start` can say before it installs or builds anything.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The server's own help, kept as a file: it must be there before the server is built. */
export function startHelp() {
  return readFileSync(new URL('server-help.txt', import.meta.url), 'utf8');
}

/** @param {readonly string[]} args */
export function asksForHelp(args) {
  return args.some((word) => word === '--help' || word === '-h' || word === 'help');
}

/**
 * The folder that a start with these arguments would use, or null when it uses PostgreSQL.
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {string} root
 */
export function dataFolder(args, env, root) {
  if (env.DATABASE_URL) return null;
  const at = args.findIndex((word) => word === '--data-dir' || word.startsWith('--data-dir='));
  const flag = at < 0 ? undefined : args[at] === '--data-dir' ? args[at + 1] : args[at]?.slice('--data-dir='.length);
  return resolve(root, flag || env.DATA_DIR || '.syncline');
}

/**
 * Who runs on the folder already, in words, or null. A server that runs from this copy has been built here, so its own lock can be
 * asked; where nothing is built, nothing can be pulled from under anybody.
 * @param {string} folder
 * @param {string} root
 * @returns {Promise<string | null>}
 */
export async function whoRuns(folder, root) {
  const file = join(root, 'packages', 'server', 'dist', 'process', 'folder-lock.js');
  const lock = await import(pathToFileURL(file).href).catch(() => ({}));
  const holder = lock.holderOf === undefined ? null : await lock.holderOf(folder);
  return holder === null ? null : lock.takenWords(folder, holder);
}
