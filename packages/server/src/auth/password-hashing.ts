// Password hashing with Argon2id, and a limit on how many run at once: each costs 19 MiB and a core, so without the limit a login storm is an outage.
import { hash, verify } from '@node-rs/argon2';
import type { Passwords } from '../ports.ts';
import { createWorkQueue } from './work-queue.ts';

/** OWASP's first choice for Argon2id: 19 MiB, two passes, one lane. The library's default algorithm is Argon2id. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const CURRENT_PREFIX = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;

const AT_ONCE = 2;
const WAITING_MAX = 32;

/** Hash of a password that nobody can type, with the current parameters: an unknown user costs what a known one costs. */
const NOBODY = `${CURRENT_PREFIX}kkSzPGHkWZrNWgvPJDFsZA$1G6PVdaAcCeBcUIETuEsLTm6n8plP2ISLQGk1fjYtmc`;

/** The real adapter. Both calls reject with `QueueFull` when too many are waiting. */
export function argon2Passwords(): Passwords {
  const queue = createWorkQueue(AT_ONCE, WAITING_MAX);
  return {
    hash: (password) => queue.run(() => hash(password, PARAMETERS)),
    verify: (password, storedHash) =>
      queue.run(async () => {
        const matches = await verifyQuietly(storedHash ?? NOBODY, password);
        return matches && storedHash !== null;
      }),
    needsRehash: (storedHash) => !storedHash.startsWith(CURRENT_PREFIX),
  };
}

/** A stored text that is no hash matches no password. */
async function verifyQuietly(storedHash: string, password: string): Promise<boolean> {
  try {
    return await verify(storedHash, password);
  } catch {
    return false;
  }
}
