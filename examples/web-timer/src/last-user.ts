// Whose sessions the worker may send: the user who was signed in last, and nobody once that user has signed out, also where the server could not
// be told yet. An id, never a token. In a cache, because a worker has no localStorage.
const CACHE = 'syncline-last-user';
const KEY = '/last-user';

let told: Promise<unknown> = Promise.resolve();

/** One after the other: who signs out is not signed in again by an earlier message. Without storage the worker sends nothing. */
export function tellWorker(user: string | null): void {
  told = told.then(() => write(user)).catch(() => undefined);
}

async function write(user: string | null): Promise<void> {
  const cache = await caches.open(CACHE);
  if (user === null) await cache.delete(KEY);
  else await cache.put(KEY, new Response(user));
}

export async function userForWorker(): Promise<string | null> {
  const kept = await caches.match(KEY, { cacheName: CACHE });
  return (await kept?.text()) ?? null;
}
