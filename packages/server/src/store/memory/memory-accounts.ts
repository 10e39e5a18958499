// Accounts and logins in memory.
import type { Account, AccountStore, Login, NewAccount, NewLogin, RefreshOutcome, RefreshRequest } from '../../ports.ts';
import { usernameKey } from '../account-keys.ts';

/** Plain data only, so that a snapshot is a structured clone. */
export interface AccountState {
  readonly accounts: Map<string, Account>;
  /** User id by the key of the username. */
  readonly names: Map<string, string>;
  readonly logins: Map<string, Login>;
  /** Devices that used a login, by its id. */
  readonly loginDevices: Map<string, ReadonlySet<string>>;
  readonly refreshTokens: Map<string, { readonly sid: string; readonly spentAt: number | null }>;
}

export function createAccountState(): AccountState {
  return { accounts: new Map(), names: new Map(), logins: new Map(), loginDevices: new Map(), refreshTokens: new Map() };
}

export interface MemoryAccountsHost {
  readonly state: () => AccountState;
  /** Rejects while the store plays dead. */
  readonly reach: () => Promise<void>;
  readonly addUser: (userId: string, timezone: string) => void;
}

export class MemoryAccounts implements AccountStore {
  readonly #host: MemoryAccountsHost;

  constructor(host: MemoryAccountsHost) {
    this.#host = host;
  }

  async findByUsername(username: string): Promise<Account | null> {
    const { accounts, names } = await this.#reach();
    return accounts.get(names.get(usernameKey(username)) ?? '') ?? null;
  }

  async find(userId: string): Promise<Account | null> {
    return (await this.#reach()).accounts.get(userId) ?? null;
  }

  async create(account: NewAccount): Promise<boolean> {
    const { accounts, names } = await this.#reach();
    const key = usernameKey(account.username);
    if (names.has(key) || accounts.has(account.userId)) return false;
    const { userId, username, email, createdAt, passwordHash, timezone } = account;
    accounts.set(userId, { userId, username, email, createdAt, passwordHash });
    names.set(key, userId);
    this.#host.addUser(userId, timezone);
    return true;
  }

  async rehash(userId: string, replaced: string, passwordHash: string): Promise<void> {
    const { accounts } = await this.#reach();
    const account = accounts.get(userId);
    if (account?.passwordHash === replaced) accounts.set(userId, { ...account, passwordHash });
  }

  async setPassword(userId: string, passwordHash: string, now: number, keepSid: string | null): Promise<boolean> {
    const { accounts } = await this.#reach();
    const account = accounts.get(userId);
    if (account === undefined) return false;
    accounts.set(userId, { ...account, passwordHash });
    this.#revokeAll(userId, now, keepSid);
    return true;
  }

  async openLogin(login: NewLogin, provedBy: string | null): Promise<boolean> {
    const { accounts, logins, refreshTokens } = await this.#reach();
    const { sid, userId, createdAt, expiresAt, refreshHash } = login;
    if (provedBy !== null && accounts.get(userId)?.passwordHash !== provedBy) return false;
    logins.set(sid, { sid, userId, createdAt, expiresAt, revokedAt: null, forgottenDevice: null });
    if (refreshHash !== null) refreshTokens.set(refreshHash, { sid, spentAt: null });
    return true;
  }

  async findLogin(sid: string): Promise<Login | null> {
    return (await this.#reach()).logins.get(sid) ?? null;
  }

  async revokeLogin(sid: string, now: number): Promise<void> {
    await this.#reach();
    this.#revoke(sid, now);
  }

  async revokeLogins(userId: string, now: number, exceptSid: string | null): Promise<number> {
    await this.#reach();
    return this.#revokeAll(userId, now, exceptSid);
  }

  async noteDevice(sid: string, _userId: string, deviceId: string): Promise<void> {
    const { loginDevices } = await this.#reach();
    loginDevices.set(sid, new Set([...(loginDevices.get(sid) ?? []), deviceId]));
  }

  async revokeDevice(userId: string, deviceId: string, now: number, isForgotten: boolean): Promise<readonly string[]> {
    const { logins, loginDevices } = await this.#reach();
    const standing = [...logins.values()].filter((login) => login.userId === userId && login.revokedAt === null && loginDevices.get(login.sid)?.has(deviceId));
    for (const login of standing) logins.set(login.sid, { ...login, revokedAt: now, forgottenDevice: isForgotten ? deviceId : null });
    return standing.map(({ sid }) => sid);
  }

  async devicesSignedIn(userId: string, now: number): Promise<ReadonlySet<string>> {
    const { logins, loginDevices } = await this.#reach();
    const standing = [...logins.values()].filter((login) => login.userId === userId && login.revokedAt === null && login.expiresAt > now);
    return new Set(standing.flatMap(({ sid }) => [...(loginDevices.get(sid) ?? [])]));
  }

  async rotateRefresh(request: RefreshRequest): Promise<RefreshOutcome> {
    const { logins, refreshTokens } = await this.#reach();
    const token = refreshTokens.get(request.presentedHash);
    const login = logins.get(token?.sid ?? '');
    if (token === undefined || login === undefined || login.revokedAt !== null || login.expiresAt <= request.now) {
      return { kind: 'refused' };
    }
    if (token.spentAt !== null && request.now - token.spentAt > request.graceMs) {
      this.#revoke(login.sid, request.now);
      return { kind: 'reused', login: { ...login, revokedAt: request.now } };
    }
    if (token.spentAt === null) refreshTokens.set(request.presentedHash, { ...token, spentAt: request.now });
    refreshTokens.set(request.nextHash, { sid: login.sid, spentAt: null });
    return { kind: 'rotated', login };
  }

  async forgetLogins(before: number): Promise<number> {
    const { logins, loginDevices, refreshTokens } = await this.#reach();
    const gone = [...logins.values()].filter(
      (login) => login.expiresAt < before || (login.revokedAt !== null && login.revokedAt < before),
    );
    for (const { sid } of gone) {
      logins.delete(sid);
      loginDevices.delete(sid);
      for (const [hash, token] of [...refreshTokens]) if (token.sid === sid) refreshTokens.delete(hash);
    }
    return gone.length;
  }

  async #reach(): Promise<AccountState> {
    await this.#host.reach();
    return this.#host.state();
  }

  #revoke(sid: string, now: number): void {
    const { logins } = this.#host.state();
    const login = logins.get(sid);
    if (login !== undefined && login.revokedAt === null) logins.set(sid, { ...login, revokedAt: now });
  }

  #revokeAll(userId: string, now: number, exceptSid: string | null): number {
    const mine = [...this.#host.state().logins.values()].filter(
      (login) => login.userId === userId && login.revokedAt === null && login.sid !== exceptSid,
    );
    for (const { sid } of mine) this.#revoke(sid, now);
    return mine.length;
  }
}
