// A new access token by the cookie that scripts cannot read: the page asks with it, and the worker that sends after the last page was closed.
import type { User } from './account.ts';

export const JSON_HEADERS = { 'Content-Type': 'application/json' };
export const OWN_PAGE_HEADERS = { ...JSON_HEADERS, 'X-Syncline-Refresh': '1' };

/** Less than the engine waits for a token. Whoever asks later would otherwise wait with the first for an answer that never comes. */
export const ASK_MS = 20_000;

export interface Answer {
  readonly access_token: string;
  readonly user: User;
}

/** The token, or null when the server says that nobody is signed in, or somebody else. Rejects when it cannot be asked. */
export async function renewToken(isOwn: (user: string) => boolean): Promise<string | null> {
  const response = await fetch('/api/auth/refresh', { method: 'POST', headers: OWN_PAGE_HEADERS, body: '{}', signal: AbortSignal.timeout(ASK_MS) });
  if (response.status === 401 || response.status === 403) return null;
  if (!response.ok) throw new Error(`refresh answered ${response.status}`);
  const answer = (await response.json()) as Answer;
  // The cookie may be another account's by now; its token must not stand in for this one's.
  return isOwn(answer.user.id) ? answer.access_token : null;
}
