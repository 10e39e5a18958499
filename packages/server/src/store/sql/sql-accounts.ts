// Accounts and logins. Runs under a role of its own, which sees no session data.
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Account, AccountStore, Login, NewAccount, NewLogin, RefreshOutcome, RefreshRequest } from '../../ports.ts';
import { isUuid, usernameKey } from '../account-keys.ts';
import { toIso } from './rows.ts';
import type { SqlSession } from './sql-session.ts';
import type { Tables } from './tables.ts';

type Transaction = <T>(work: (session: SqlSession) => Promise<T>) => Promise<T>;
/** More devices than this on one login are not remembered: nobody has them, and rows cost room. */
const LOGIN_DEVICES_MAX = 200;

type AccountRow = Selectable<Tables['users']> & { password_hash: string };
type LoginRow = Selectable<Tables['logins']>;

export class SqlAccounts implements AccountStore {
  readonly #transaction: Transaction;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  findByUsername(username: string): Promise<Account | null> {
    return this.#find(sql`u.username_key = ${usernameKey(username)}`);
  }

  async find(userId: string): Promise<Account | null> {
    return isUuid(userId) ? this.#find(sql`u.id = ${userId}::uuid`) : null;
  }

  create(account: NewAccount): Promise<boolean> {
    return this.#transaction(async (session) => {
      const made = await session.first(sql`
        insert into users (id, username, username_key, email, created_at)
        values (${account.userId}::uuid, ${account.username}, ${usernameKey(account.username)}, ${account.email}, ${toIso(account.createdAt)}::timestamptz)
        on conflict do nothing returning id`);
      if (made === null) return false;
      await session.run(sql`insert into credentials (user_id, password_hash) values (${account.userId}::uuid, ${account.passwordHash})`);
      await session.run(sql`select set_config('role', 'syncline_data', true), set_config('app.user_id', ${account.userId}, true)`);
      await session.run(sql`insert into user_summaries (user_id) values (${account.userId}::uuid)`);
      await session.run(sql`
        insert into preferences (user_id, "values") values (${account.userId}::uuid, ${JSON.stringify({ timezone: account.timezone })}::jsonb)`);
      return true;
    });
  }

  async rehash(userId: string, replaced: string, passwordHash: string): Promise<void> {
    await this.#transaction((session) => session.run(sql`
      update credentials set password_hash = ${passwordHash} where user_id = ${userId}::uuid and password_hash = ${replaced}`));
  }

  setPassword(userId: string, passwordHash: string, now: number, keepSid: string | null): Promise<boolean> {
    return this.#transaction(async (session) => {
      if (!(await this.#writeHash(session, userId, passwordHash))) return false;
      await this.#revokeAll(session, userId, now, keepSid);
      return true;
    });
  }

  openLogin(login: NewLogin, provedBy: string | null): Promise<boolean> {
    return this.#transaction(async (session) => {
      // Locked, so that a change of the password either is seen here, or sees the login and ends it.
      const held = await session.first(sql<{ password_hash: string }>`select password_hash from credentials where user_id = ${login.userId}::uuid for share`);
      if (provedBy !== null && held?.password_hash !== provedBy) return false;
      await session.run(sql`
        insert into logins (sid, user_id, created_at, expires_at)
        values (${login.sid}::uuid, ${login.userId}::uuid, ${toIso(login.createdAt)}::timestamptz, ${toIso(login.expiresAt)}::timestamptz)`);
      if (login.refreshHash !== null) await addToken(session, login.refreshHash, login.sid, login.createdAt);
      return true;
    });
  }

  async findLogin(sid: string): Promise<Login | null> {
    if (!isUuid(sid)) return null;
    const row = await this.#transaction((session) => session.first(sql<LoginRow>`select * from logins where sid = ${sid}::uuid`));
    return row === null ? null : rowToLogin(row);
  }

  async revokeLogin(sid: string, now: number): Promise<void> {
    if (!isUuid(sid)) return;
    await this.#transaction((session) => revoke(session, sid, now));
  }

  revokeLogins(userId: string, now: number, exceptSid: string | null): Promise<number> {
    return this.#transaction((session) => this.#revokeAll(session, userId, now, exceptSid));
  }

  async noteDevice(sid: string, userId: string, deviceId: string): Promise<void> {
    await this.#transaction((session) => session.run(sql`
      insert into login_devices (sid, device_id, user_id)
      select ${sid}::uuid, ${deviceId}::text, ${userId}::uuid
      where (select count(*) from login_devices where sid = ${sid}::uuid) < ${LOGIN_DEVICES_MAX}::bigint
      on conflict do nothing`));
  }

  async revokeDevice(userId: string, deviceId: string, now: number, isForgotten: boolean): Promise<readonly string[]> {
    const rows = await this.#transaction((session) => session.run(sql<{ sid: string }>`
      update logins set revoked_at = ${toIso(now)}::timestamptz, forgotten_device = ${isForgotten ? deviceId : null}
      where user_id = ${userId}::uuid and revoked_at is null
        and sid in (select sid from login_devices where user_id = ${userId}::uuid and device_id = ${deviceId}) returning sid`));
    return rows.map(({ sid }) => sid);
  }

  async devicesSignedIn(userId: string, now: number): Promise<ReadonlySet<string>> {
    const rows = await this.#transaction((session) => session.run(sql<{ device_id: string }>`
      select distinct d.device_id from login_devices d join logins l on l.sid = d.sid
      where d.user_id = ${userId}::uuid and l.revoked_at is null and l.expires_at > ${toIso(now)}::timestamptz`));
    return new Set(rows.map(({ device_id: deviceId }) => deviceId));
  }

  rotateRefresh(request: RefreshRequest): Promise<RefreshOutcome> {
    const { presentedHash, nextHash, now, graceMs } = request;
    return this.#transaction(async (session) => {
      // The login's row is locked as well, so that two tabs with one token, and a revocation beside them, take turns.
      const found = await session.first(sql<LoginRow & { spent_at: number | null }>`
        select l.*, t.spent_at from refresh_tokens t join logins l on l.sid = t.sid
        where t.token_hash = ${presentedHash} for update`);
      if (found === null || found.revoked_at !== null || found.expires_at <= now) return { kind: 'refused' };
      if (found.spent_at !== null && now - found.spent_at > graceMs) {
        await revoke(session, found.sid, now);
        return { kind: 'reused', login: { ...rowToLogin(found), revokedAt: now } };
      }
      if (found.spent_at === null) {
        await session.run(sql`update refresh_tokens set spent_at = ${toIso(now)}::timestamptz where token_hash = ${presentedHash}`);
      }
      await addToken(session, nextHash, found.sid, now);
      return { kind: 'rotated', login: rowToLogin(found) };
    });
  }

  forgetLogins(before: number): Promise<number> {
    return this.#transaction(async (session) => {
      const gone = await session.run(sql`
        delete from logins where expires_at < ${toIso(before)}::timestamptz or revoked_at < ${toIso(before)}::timestamptz returning sid`);
      return gone.length;
    });
  }

  async #find(condition: RawBuilder<unknown>): Promise<Account | null> {
    const row = await this.#transaction((session) => session.first(sql<AccountRow>`
      select u.*, c.password_hash from users u join credentials c on c.user_id = u.id where ${condition}`));
    if (row === null) return null;
    return { userId: row.id, username: row.username, email: row.email, createdAt: row.created_at, passwordHash: row.password_hash };
  }

  async #writeHash(session: SqlSession, userId: string, passwordHash: string): Promise<boolean> {
    if (!isUuid(userId)) return false;
    const row = await session.first(sql`
      update credentials set password_hash = ${passwordHash} where user_id = ${userId}::uuid returning user_id`);
    return row !== null;
  }

  async #revokeAll(session: SqlSession, userId: string, now: number, exceptSid: string | null): Promise<number> {
    const kept = exceptSid !== null && isUuid(exceptSid) ? exceptSid : null;
    const revoked = await session.run(sql`
      update logins set revoked_at = ${toIso(now)}::timestamptz
      where user_id = ${userId}::uuid and revoked_at is null and sid is distinct from ${kept}::uuid returning sid`);
    return revoked.length;
  }
}

async function addToken(session: SqlSession, hash: string, sid: string, now: number): Promise<void> {
  await session.run(sql`
    insert into refresh_tokens (token_hash, sid, created_at) values (${hash}, ${sid}::uuid, ${toIso(now)}::timestamptz)`);
}

async function revoke(session: SqlSession, sid: string, now: number): Promise<void> {
  await session.run(sql`update logins set revoked_at = ${toIso(now)}::timestamptz where sid = ${sid}::uuid and revoked_at is null`);
}

function rowToLogin(row: LoginRow): Login {
  return { sid: row.sid, userId: row.user_id, createdAt: row.created_at, expiresAt: row.expires_at, revokedAt: row.revoked_at, forgottenDevice: row.forgotten_device };
}
