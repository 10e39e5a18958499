// `account add NAME`: through the running server when there is one, else by opening the database for a moment.
import type { AccountCommand } from './cli.ts';
import { addAccount, type AddOutcome, makePassword, setPassword } from './add-account.ts';
import { announcedUrl, operatorKey } from './announcement.ts';
import { FolderTaken, openStore } from './open-store.ts';
import { OPERATOR_PATH } from './operator-app.ts';
import { realPorts } from './real-ports.ts';
import { secretOfFolder } from './secret-file.ts';

export async function runAccountCommand(command: AccountCommand, say: (line: string) => void, fail: (message: string) => never): Promise<void> {
  const { username, action, password: given } = command;
  const password = given ?? (await makePassword(username));
  const outcome = await apply(command, password).catch((error: Error) => fail(error.message));
  if (!outcome.ok) fail(outcome.why);
  say(action === 'add' ? `Made the account "${username}".` : `Set the password of "${username}"; every login of it has ended.`);
  if (given === null) say(`Password: ${password}`);
}

async function apply(command: AccountCommand, password: string): Promise<AddOutcome> {
  const { config, action, username } = command;
  const secret = config.secret ?? (await secretOfFolder(config.dataDir));
  try {
    const opened = await openStore(config);
    try {
      const ports = realPorts(opened.store, secret, config);
      return action === 'add' ? await addAccount(ports, username, password) : await setPassword(ports, username, password);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (!(error instanceof FolderTaken)) throw error;
    const url = await announcedUrl(config.dataDir);
    if (url === null) throw error;
    return askServer(url, operatorKey(secret), { action, username, password });
  }
}

async function askServer(url: string, key: string, body: Readonly<Record<string, string>>): Promise<AddOutcome> {
  const response = await fetch(url + OPERATOR_PATH, {
    method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  });
  const answer = (await response.json()) as AddOutcome & { readonly error?: string };
  return response.status === 404 ? { ok: false, why: 'The running server does not know this data folder\'s key.' } : answer;
}
