// Accounts, credentials and logins as the store keeps them. Types only; hashing and signing happen elsewhere.

/** A user of this server. Times are milliseconds since the epoch, UTC. */
export interface Account {
  /** Canonical UUID. */
  readonly userId: string;
  /** As chosen; found without regard to case. */
  readonly username: string;
  readonly email: string;
  readonly createdAt: number;
  /** Parameters, salt and hash in one text, as the password adapter wrote it. */
  readonly passwordHash: string;
}

export interface NewAccount extends Account {
  /** IANA time zone of the user's days and weeks. */
  readonly timezone: string;
}

/** One login on one device or browser; the `sid` of its tokens. */
export interface Login {
  readonly sid: string;
  readonly userId: string;
  readonly createdAt: number;
  /** No refresh succeeds after this, however often it was renewed before. */
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  /** The device whose forgetting ended it, or null. */
  readonly forgottenDevice: string | null;
}

export interface NewLogin {
  readonly sid: string;
  readonly userId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** SHA-256 of the first refresh token, in hex; the token itself is never stored. Null for a login without refresh. */
  readonly refreshHash: string | null;
}

export interface RefreshRequest {
  /** Hash of the token that was presented. */
  readonly presentedHash: string;
  /** Hash of its successor. */
  readonly nextHash: string;
  readonly now: number;
  /** For how long a token that was already exchanged is accepted again, because two tabs raced or an answer was lost. Milliseconds. */
  readonly graceMs: number;
}

/**
 * `rotated`: the successor is stored, the presented token is spent (again, within the grace time) ·
 * `reused`: it was spent longer ago than the grace time; the whole login is now revoked ·
 * `refused`: unknown, revoked or expired.
 */
export type RefreshOutcome =
  | { readonly kind: 'rotated'; readonly login: Login }
  | { readonly kind: 'reused'; readonly login: Login }
  | { readonly kind: 'refused' };

/** Each method is one transaction. All reject with a `ServerStoreError` only. */
export interface AccountStore {
  findByUsername(username: string): Promise<Account | null>;
  find(userId: string): Promise<Account | null>;
  /** False, and nothing written, when the username (without regard to case) or the id is taken. Counters and preferences rows come with it. */
  create(account: NewAccount): Promise<boolean>;
  /** Stores a new hash of the same password in place of that one, unless it was replaced meanwhile; logins stay. */
  rehash(userId: string, replaced: string, passwordHash: string): Promise<void>;
  /** Sets a new password and revokes every login but `keepSid`. False when there is no such user. */
  setPassword(userId: string, passwordHash: string, now: number, keepSid: string | null): Promise<boolean>;
  /** False, and nothing opened, when the account's hash is no longer the one that `provedBy` names. Null: whatever it is. */
  openLogin(login: NewLogin, provedBy: string | null): Promise<boolean>;
  findLogin(sid: string): Promise<Login | null>;
  /** Revokes one login; a second time, or for an unknown one, does nothing. */
  revokeLogin(sid: string, now: number): Promise<void>;
  /** Revokes all logins of the user but `exceptSid`; says how many. */
  revokeLogins(userId: string, now: number, exceptSid: string | null): Promise<number>;
  /** Remembers that a device used a login; a second time does nothing. */
  noteDevice(sid: string, userId: string, deviceId: string): Promise<void>;
  /** Revokes every standing login that a device of the user used; their ids. */
  revokeDevice(userId: string, deviceId: string, now: number, isForgotten: boolean): Promise<readonly string[]>;
  /** Devices that used a login which still stands. */
  devicesSignedIn(userId: string, now: number): Promise<ReadonlySet<string>>;
  rotateRefresh(request: RefreshRequest): Promise<RefreshOutcome>;
  /** Removes logins and refresh tokens that ended before `before`; says how many logins. */
  forgetLogins(before: number): Promise<number>;
}
