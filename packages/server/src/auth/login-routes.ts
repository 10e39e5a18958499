// Signing in, coming back after a reload, signing out. The access token goes into the body, for the page's memory only; what
// outlives the page is a cookie that no script can read and that every use exchanges for another.
import { createHash } from 'node:crypto';
import type { LoginRequest } from '@syncline/protocol';
import type { AppConfig } from '../config.ts';
import { problem } from '../http/problem.ts';
import type { OpenInput, OpenRoute, RouteAnswer } from '../http/route.ts';
import type { Account, Login, ServerPorts } from '../ports.ts';
import { usernameKey } from '../store/account-keys.ts';
import { clearedCookie, refreshCookie, refreshTokenOf } from './refresh-cookie.ts';

/** Two tabs may present the same token at once, or an answer may be lost: it is accepted again for so long. */
const REFRESH_GRACE_MS = 30_000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function login({ ports, config, body, now, origin, address }: OpenInput): Promise<RouteAnswer> {
  const { username, password } = body as LoginRequest;
  // However it is written, it is one account's, with so many tries.
  const name = usernameKey(username);
  const wait = await ports.throttle?.beforeLogin(name, address);
  if (wait) throw problem('too_many_requests', { headers: { 'Retry-After': String(wait) } });
  const { account, matches } = await lookAt(ports, username, password).catch(async (error: unknown) => {
    await ports.throttle?.withoutLogin(name, address);
    throw error;
  });
  if (account === null || !matches) {
    ports.log.warn('login_refused', { known: account !== null });
    throw problem('invalid_credentials');
  }
  await ports.throttle?.afterLogin(name, address);
  const passwordHash = await currentHash(ports, account, password);
  const refreshToken = ports.ids.secret();
  const session: Login = { sid: ports.ids.uuid(), userId: account.userId, createdAt: now, expiresAt: now + config.loginLifetimeMs, revokedAt: null, forgottenDevice: null };
  // The password may have been changed while this one was looked at: then it opens nothing any more, and trying again says so.
  if (!(await ports.store.accounts.openLogin({ ...session, refreshHash: sha256(refreshToken) }, passwordHash))) throw problem('unavailable', { headers: { 'Retry-After': '1' } });
  ports.log.info('login', { userId: account.userId });
  return {
    status: 200,
    body: await signedInBody('Login successful', ports, config, account, session, now),
    headers: { 'Set-Cookie': refreshCookie(refreshToken, origin, config.loginLifetimeMs) },
  };
}

async function lookAt({ store, passwords }: ServerPorts, username: string, password: string): Promise<{ readonly account: Account | null; readonly matches: boolean }> {
  const account = await store.accounts.findByUsername(username);
  return { account, matches: await passwords.verify(password, account?.passwordHash ?? null) };
}

/** The account's hash, made again where it is an older one. */
async function currentHash({ passwords, store }: ServerPorts, { userId, passwordHash }: Account, password: string): Promise<string> {
  if (!passwords.needsRehash(passwordHash)) return passwordHash;
  const stronger = await passwords.hash(password);
  await store.accounts.rehash(userId, passwordHash, stronger);
  return stronger;
}

async function refresh(input: OpenInput): Promise<RouteAnswer> {
  const { ports, config, now, origin, headers } = input;
  requireOwnPage(input);
  const presented = refreshTokenOf(headers, origin);
  if (presented === null) throw problem('token_invalid');
  const next = ports.ids.secret();
  const outcome = await ports.store.accounts.rotateRefresh({ presentedHash: sha256(presented), nextHash: sha256(next), now, graceMs: REFRESH_GRACE_MS });
  const account = outcome.kind === 'rotated' ? await ports.store.accounts.find(outcome.login.userId) : null;
  if (outcome.kind !== 'rotated' || account === null) {
    if (outcome.kind === 'reused') {
      input.onRevoked(outcome.login.sid);
      ports.log.warn('refresh_reused', { userId: outcome.login.userId });
    }
    throw problem('token_invalid', { headers: { 'Set-Cookie': clearedCookie(origin) } });
  }
  return {
    status: 200,
    body: await signedInBody('Token refreshed', ports, config, account, outcome.login, now),
    headers: { 'Set-Cookie': refreshCookie(next, origin, outcome.login.expiresAt - now) },
  };
}

async function logout(input: OpenInput): Promise<RouteAnswer> {
  const { ports, now, origin, headers, onRevoked } = input;
  requireOwnPage(input);
  const presented = refreshTokenOf(headers, origin);
  if (presented !== null) {
    const outcome = await ports.store.accounts.rotateRefresh({ presentedHash: sha256(presented), nextHash: sha256(ports.ids.secret()), now, graceMs: REFRESH_GRACE_MS });
    if (outcome.kind !== 'refused') {
      await ports.store.accounts.revokeLogin(outcome.login.sid, now);
      onRevoked(outcome.login.sid);
    }
  }
  return { status: 200, body: { success: true, message: 'Signed out' }, headers: { 'Set-Cookie': clearedCookie(origin) } };
}

// A cookie comes along whoever makes the browser send. The header of our own cannot be sent from another site without asking
// first, and the origin says it again. A missing origin is no sign of another site: every browser names it on a POST, so whoever
// leaves it out is a program that read the cookie for itself, and no stranger's page can make a program send it.
function requireOwnPage({ headers, origin }: OpenInput): void {
  const from = headers.get('Origin');
  if (headers.get('X-Syncline-Refresh') !== '1' || (from !== null && from !== origin)) throw problem('forbidden');
}

async function signedInBody(message: string, ports: ServerPorts, config: AppConfig, account: Account, session: Login, now: number) {
  const { userId, username, email } = account;
  const accessToken = await ports.tokens.sign({
    userId, sid: session.sid, tokenId: ports.ids.uuid(), issuedAt: now, expiresAt: Math.min(now + config.tokenLifetimeMs, session.expiresAt),
  });
  return { message, access_token: accessToken, user: { id: userId, username, email } };
}

export const LOGIN_ROUTES: readonly OpenRoute[] = [
  { call: 'login', handle: login },
  { call: 'refresh', handle: refresh },
  { call: 'logout', handle: logout },
];
