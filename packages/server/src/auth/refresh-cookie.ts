// The refresh cookie: invisible to scripts, sent to this site only, and, where the connection is encrypted, bound to this host.
import { parse, serialize } from 'hono/utils/cookie';

const NAME = 'syncline_refresh';
const HOST_NAME = `__Host-${NAME}`;

const isEncrypted = (origin: string): boolean => origin.startsWith('https:');
const nameFor = (origin: string): string => (isEncrypted(origin) ? HOST_NAME : NAME);

/** No browser keeps a cookie for longer (RFC 6265bis), and the library refuses to write one. Each use begins anew. */
const MAX_AGE_MAX_S = 400 * 86_400;

/** @param lifetimeMs how long the browser keeps it. */
export function refreshCookie(token: string, origin: string, lifetimeMs: number): string {
  // The __Host- prefix asks for the root path; without encryption the narrower path is the better guard.
  const path = isEncrypted(origin) ? '/' : '/api/auth';
  const maxAge = Math.min(MAX_AGE_MAX_S, Math.floor(lifetimeMs / 1000));
  return serialize(nameFor(origin), token, { httpOnly: true, sameSite: 'Strict', secure: isEncrypted(origin), path, maxAge });
}

export function clearedCookie(origin: string): string {
  return refreshCookie('', origin, 0);
}

/** The token a browser presents, or null. */
export function refreshTokenOf(headers: Headers, origin: string): string | null {
  const name = nameFor(origin);
  return parse(headers.get('Cookie') ?? '', name)[name] || null;
}
