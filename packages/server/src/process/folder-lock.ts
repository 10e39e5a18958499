// One server at a time on a data folder: two on one embedded database lose rows without a word.
//
// Rules it keeps:
// - Every claimant writes a file of its own, under a name never used again, before it looks at the others'. Of two
//   that start at once at least one sees the other, so they never both hold; both may step back and try again.
// - A claim counts while its process lives: number, start time, machine, boot and container must agree. A killed server's claim
//   is removed by the next one at once. Removing by unique name cannot hit a newer claim.
// - A claim from another machine or container is believed while it was renewed within the last half minute.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, livenessOf, ownIdentity } from './process-identity.ts';

const CLAIM_NAME = /^server-[0-9a-f-]{36}\.lock$/;
const RENEW_EVERY_MS = 5_000;
const FOREIGN_CLAIM_LIVES_MS = 30_000;
const ATTEMPTS = 40;
const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'a file of that name is there', ENOTDIR: 'a part of its path is a file', EACCES: 'this account may not write there',
  EPERM: 'this account may not write there', EROFS: 'that place is read-only',
};

interface Claim {
  readonly identity: ProcessIdentity;
  readonly held: boolean;
}

export interface HeldLock {
  readonly kind: 'held';
  /** Gives the folder free. A second call does nothing. */
  release(): Promise<void>;
}

export interface RefusedLock {
  readonly kind: 'refused';
  /** Process that holds the folder. */
  readonly pid: number;
  /** It runs on another machine or in another container. */
  readonly elsewhere: boolean;
  /** File to delete if no server runs after all. */
  readonly file: string;
}

/** Takes the folder for this process, or says who has it. Makes the folder, readable by its owner only, when it is missing. */
export async function lockFolder(folder: string): Promise<HeldLock | RefusedLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(refuseFolder(folder, 'made'));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const own = join(folder, `server-${randomUUID()}.lock`);
    await writeClaim(own, false).catch(refuseFolder(folder, 'used'));
    const others = await liveClaims(folder, own);
    if (others.length === 0) {
      await writeClaim(own, true);
      return hold(own);
    }
    await remove(own);
    const holder = others.find((other) => other.claim.held);
    if (holder !== undefined) return refusal(holder);
    await sleep(10 + Math.random() * 90);
  }
  throw new Error('The data folder is being claimed by several servers at once; start only one.');
}

/** Throws what went wrong with the folder, in words where there are some. */
function refuseFolder(folder: string, what: 'made' | 'used'): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    const reason = REASONS[error.code ?? ''];
    throw reason === undefined ? error : new Error(`The data folder ${folder} cannot be ${what}: ${reason}. Choose another one with DATA_DIR.`, { cause: error });
  };
}

/** Who has the folder now, without claiming it; null when nobody has, or it is missing. A guess that may be old a moment later. */
export async function holderOf(folder: string): Promise<RefusedLock | null> {
  const claims = await liveClaims(folder, '').catch(() => []);
  const holder = claims.find(({ claim }) => claim.held);
  return holder === undefined ? null : refusal(holder);
}

/** What to tell somebody who wants a folder that another server has. */
export function takenWords(folder: string, { pid, elsewhere, file }: RefusedLock): string {
  return elsewhere
    ? `A server on another machine or in another container uses the data folder ${folder}. If none does, delete ${file}.`
    : `Another server (process ${pid}) already uses the data folder ${folder}. Stop it, or choose another folder with DATA_DIR.`;
}

interface FoundClaim {
  readonly file: string;
  readonly claim: Claim;
}

function refusal({ file, claim }: FoundClaim): RefusedLock {
  return { kind: 'refused', pid: claim.identity.pid, elsewhere: livenessOf(claim.identity) === 'unknown', file };
}

/** Whole or not at all: readers never see half a claim. */
async function writeClaim(file: string, held: boolean): Promise<void> {
  const claim: Claim = { identity: ownIdentity(), held };
  await writeFile(`${file}.new`, JSON.stringify(claim), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function liveClaims(folder: string, own: string): Promise<readonly FoundClaim[]> {
  const found: FoundClaim[] = [];
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if (!CLAIM_NAME.test(name) || file === own) continue;
    const claim = await readClaim(file);
    if (claim === null) continue;
    if (await lives(file, claim)) found.push({ file, claim });
    else await remove(file);
  }
  return found;
}

/** Null when it is gone meanwhile. Something unreadable counts as held by an unknown process elsewhere, which expires by age. */
async function readClaim(file: string): Promise<Claim | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return null;
  }
  try {
    const { identity, held } = JSON.parse(text) as Claim;
    return { identity: { pid: Number(identity.pid), started: identity.started, place: String(identity.place) }, held: held === true };
  } catch {
    return { identity: { pid: 0, started: null, place: '' }, held: true };
  }
}

async function lives(file: string, claim: Claim): Promise<boolean> {
  const liveness = livenessOf(claim.identity);
  if (liveness !== 'unknown') return liveness === 'alive';
  try {
    return Date.now() - (await stat(file)).mtimeMs < FOREIGN_CLAIM_LIVES_MS;
  } catch {
    return false;
  }
}

function hold(own: string): HeldLock {
  const renewal = setInterval(() => {
    const now = new Date();
    utimes(own, now, now).catch(() => {
      // A claim that somebody deleted by hand cannot be renewed; the process that holds the database goes on.
    });
  }, RENEW_EVERY_MS);
  renewal.unref();
  return {
    kind: 'held',
    release: async () => {
      clearInterval(renewal);
      await remove(own);
    },
  };
}

async function remove(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
