// What the worker does when the browser wakes it: sends what the last page left, for the user who was signed in last.
import { drainInBackground } from '@syncline/core/background';
import { engineOptions } from './engine-options.ts';
import { userForWorker } from './last-user.ts';
import { renewToken } from './renew.ts';

/** Rejects when the browser is to try again later. */
export async function sendLater(user: string, lastChance: boolean): Promise<void> {
  if ((await userForWorker()) !== user) return;
  let token: string | null = null;
  // Each use of the cookie gives another one: once is enough for a drain.
  const once = async (): Promise<string | null> => (token ??= await renewToken((id) => id === user));
  await drainInBackground({ ...engineOptions(user, once), lastChance });
}
