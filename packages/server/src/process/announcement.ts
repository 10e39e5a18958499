// Where the running server of a data folder answers, for commands that must talk to it instead of opening its database.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';

const FILE = 'server.json';

export async function announce(folder: string, url: string): Promise<void> {
  await writeFile(join(folder, FILE), JSON.stringify({ url, pid: process.pid }), { mode: 0o600 });
}

export async function withdraw(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true });
}

/** Address of the server that announced itself there last, or null. */
export async function announcedUrl(folder: string): Promise<string | null> {
  try {
    const { url } = JSON.parse(await readFile(join(folder, FILE), 'utf8')) as { url?: unknown };
    return typeof url === 'string' ? url : null;
  } catch {
    return null;
  }
}

/** Proves that the caller can read the folder's secret: whoever can, owns the server. */
export function operatorKey(secret: string): string {
  return createHmac('sha256', secret).update('syncline operator key').digest('base64url');
}
