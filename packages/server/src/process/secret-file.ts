// The key of the access tokens when none is configured: made once, kept in the data folder, readable by its owner only.
import { randomBytes } from 'node:crypto';
import { chmod, constants, copyFile, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const SECRET_BYTES = 48;
const SECRET_FILE = 'auth-secret';

/** Reads the key, or makes it. Throws, in words, when the file is there and holds no usable key. */
export async function secretOfFolder(folder: string): Promise<string> {
  const file = join(folder, SECRET_FILE);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await makeOnce(file);
  const secret = (await readFile(file, 'utf8')).trim();
  if (Buffer.from(secret, 'base64url').length < 32) {
    throw new Error(`${file} holds no usable key. Delete it to have a new one made; everyone then signs in again.`);
  }
  await keepPrivate(file);
  return secret;
}

/** Under its name it is whole: a process that dies while it writes leaves nothing that another one would read. */
async function makeOnce(file: string): Promise<void> {
  if (await isThere(file)) return;
  const fresh = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    await writeWhole(fresh);
    // Where there are no links, a copy is all there is.
    await link(fresh, file).catch((error: unknown) => (codeOf(error) === 'EEXIST' ? undefined : copyFile(fresh, file, constants.COPYFILE_EXCL)));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(fresh, { force: true });
  }
}

async function writeWhole(file: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(SECRET_BYTES).toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(() => true, () => false);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** A copy or a restore may have widened the rights. */
async function keepPrivate(file: string): Promise<void> {
  if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600);
}
