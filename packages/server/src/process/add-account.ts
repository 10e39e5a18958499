// Making an account: by the process that has the database open.
import { randomBytes } from 'node:crypto';
import { passwordComplaint } from '../auth/password-rules.ts';
import type { ServerPorts } from '../ports.ts';

export type AddOutcome = { readonly ok: true; readonly userId: string } | { readonly ok: false; readonly why: string };

const NAME = /^[a-z0-9][a-z0-9._-]{1,62}$/i;

export async function addAccount(ports: ServerPorts, username: string, password: string): Promise<AddOutcome> {
  if (!NAME.test(username)) return { ok: false, why: 'A name has 2 to 63 letters, digits, dots, dashes and underscores, and begins with a letter or digit.' };
  const complaint = await passwordComplaint(password, username);
  if (complaint !== null) return { ok: false, why: `The password ${complaint}.` };
  const userId = ports.ids.uuid();
  const created = await ports.store.accounts.create({
    userId, username, email: '', createdAt: ports.clock.now(), passwordHash: await ports.passwords.hash(password), timezone: 'UTC',
  });
  return created ? { ok: true, userId } : { ok: false, why: `The name "${username}" is taken.` };
}

/** A password for whoever gives none. Chance spells a short name now and then, which no password may hold. */
export async function makePassword(username: string): Promise<string> {
  const made = randomBytes(12).toString('base64url');
  return (await passwordComplaint(made, username)) === null ? made : makePassword(username);
}

/** Sets a new password and ends every login of the account. */
export async function setPassword(ports: ServerPorts, username: string, password: string): Promise<AddOutcome> {
  const account = await ports.store.accounts.findByUsername(username);
  if (account === null) return { ok: false, why: `There is no account "${username}".` };
  const complaint = await passwordComplaint(password, username);
  if (complaint !== null) return { ok: false, why: `The password ${complaint}.` };
  await ports.store.accounts.setPassword(account.userId, await ports.passwords.hash(password), ports.clock.now(), null);
  return { ok: true, userId: account.userId };
}
