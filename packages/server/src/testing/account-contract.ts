// What every store promises about accounts and logins.
import type { NewLogin } from '../ports.ts';
import { casesOf, check, checkEqual, type ContractCase } from './contract-case.ts';
import type { StoreWorld } from './store-world.ts';

const HOUR = 3_600_000;
const GRACE = 30_000;

function loginOf(world: StoreWorld, userId: string, differing: Partial<NewLogin> = {}): NewLogin {
  return { sid: world.newId(), userId, createdAt: HOUR, expiresAt: 100 * HOUR, refreshHash: `first-${world.newId()}`, ...differing };
}

async function refresh(world: StoreWorld, presentedHash: string, now: number): Promise<{ kind: string; nextHash: string }> {
  const nextHash = `next-${world.newId()}`;
  const { kind } = await world.store.accounts.rotateRefresh({ presentedHash, nextHash, now, graceMs: GRACE });
  return { kind, nextHash };
}

export function accountContract(world: () => Promise<StoreWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'an account is found by id, and by name without regard to case': async (w) => {
      const userId = w.newId();
      const account = { userId, username: `Änne-${userId}`, email: 'a@example.org', createdAt: 5, passwordHash: 'h' };
      check(await w.store.accounts.create({ ...account, timezone: 'Europe/Berlin' }), 'created');
      checkEqual(await w.store.accounts.find(userId), account);
      checkEqual(await w.store.accounts.findByUsername(`ÄNNE-${userId}`.normalize('NFD')), account);
      checkEqual(await w.store.accounts.find(w.newId()), null);
      checkEqual(await w.store.accounts.find('no id at all'), null);
      checkEqual((await w.store.readUser(userId, (tx) => tx.preferences())).values, { timezone: 'Europe/Berlin' });
    },
    'a name is given once': async (w) => {
      const userId = w.newId();
      const account = { userId, username: `bo-${userId}`, email: 'b@example.org', createdAt: 5, passwordHash: 'h', timezone: 'UTC' };
      check(await w.store.accounts.create(account), 'first');
      check(!(await w.store.accounts.create({ ...account, userId: w.newId(), username: `BO-${userId}` })), 'same name');
      check(!(await w.store.accounts.create({ ...account, username: `other-${userId}` })), 'same id');
    },
    'a login is found until it is forgotten': async (w) => {
      const login = loginOf(w, await w.newUser());
      await w.store.accounts.openLogin(login, null);
      const { refreshHash: _, ...rest } = login;
      checkEqual(await w.store.accounts.findLogin(login.sid), { ...rest, revokedAt: null, forgottenDevice: null });
      checkEqual(await w.store.accounts.findLogin('nothing'), null);
      await w.store.accounts.revokeLogin(login.sid, 2 * HOUR);
      await w.store.accounts.revokeLogin(login.sid, 3 * HOUR);
      await w.store.accounts.revokeLogin(w.newId(), 3 * HOUR);
      checkEqual((await w.store.accounts.findLogin(login.sid))?.revokedAt, 2 * HOUR);
    },
    'a new password ends every other login': async (w) => {
      const userId = await w.newUser();
      const [kept, other, stranger] = [loginOf(w, userId), loginOf(w, userId), loginOf(w, await w.newUser())];
      for (const login of [kept, other, stranger]) await w.store.accounts.openLogin(login, null);
      check(await w.store.accounts.setPassword(userId, 'new', 7, kept.sid), 'set');
      checkEqual((await w.store.accounts.find(userId))?.passwordHash, 'new');
      const revoked = await Promise.all([kept, other, stranger].map(async ({ sid }) => (await w.store.accounts.findLogin(sid))?.revokedAt));
      checkEqual(revoked, [null, 7, null]);
      check(!(await w.store.accounts.setPassword(w.newId(), 'new', 7, null)), 'nobody');
      await w.store.accounts.rehash(userId, 'new', 'stronger');
      checkEqual((await w.store.accounts.find(userId))?.passwordHash, 'stronger');
      await w.store.accounts.rehash(userId, 'new', 'of the old password');
      checkEqual((await w.store.accounts.find(userId))?.passwordHash, 'stronger');
    },
    'a password that was replaced opens no login, however the two meet': async (w) => {
      const userId = await w.newUser();
      const [early, late] = [loginOf(w, userId), loginOf(w, userId)];
      check(await w.store.accounts.openLogin(early, 'none'), 'the password of all accounts here');
      check(await w.store.accounts.setPassword(userId, 'new', 7, null), 'set');
      check(!(await w.store.accounts.openLogin(late, 'none')), 'replaced');
      checkEqual(await w.store.accounts.findLogin(late.sid), null);
      // At once: each login is refused, or was opened before and has ended.
      const logins = Array.from({ length: 8 }, () => loginOf(w, userId));
      const [, ...opened] = await Promise.all([w.store.accounts.setPassword(userId, 'newer', 8, null), ...logins.map((login) => w.store.accounts.openLogin(login, 'new'))]);
      const stand = await Promise.all(logins.map(async ({ sid }) => (await w.store.accounts.findLogin(sid))?.revokedAt));
      checkEqual(stand, opened.map((isOpen) => (isOpen ? 8 : undefined)));
    },
    'all logins of a user end at once': async (w) => {
      const userId = await w.newUser();
      for (let i = 0; i < 3; i += 1) await w.store.accounts.openLogin(loginOf(w, userId), null);
      checkEqual(await w.store.accounts.revokeLogins(userId, 9, null), 3);
      checkEqual(await w.store.accounts.revokeLogins(userId, 9, null), 0);
    },
    'a refresh token is exchanged, and again within the grace time': async (w) => {
      const login = loginOf(w, await w.newUser());
      await w.store.accounts.openLogin(login, null);
      const first = login.refreshHash ?? '';
      const second = await refresh(w, first, 2 * HOUR);
      checkEqual(second.kind, 'rotated');
      const raced = await refresh(w, first, 2 * HOUR + GRACE);
      checkEqual(raced.kind, 'rotated', 'within the grace time');
      checkEqual((await refresh(w, second.nextHash, 3 * HOUR)).kind, 'rotated', 'first successor');
      checkEqual((await refresh(w, raced.nextHash, 3 * HOUR)).kind, 'rotated', 'second successor');
    },
    'a refresh token that comes back late ends the login': async (w) => {
      const login = loginOf(w, await w.newUser());
      await w.store.accounts.openLogin(login, null);
      const first = login.refreshHash ?? '';
      const { nextHash } = await refresh(w, first, 2 * HOUR);
      checkEqual((await refresh(w, first, 2 * HOUR + GRACE + 1)).kind, 'reused');
      checkEqual((await refresh(w, nextHash, 2 * HOUR + GRACE + 2)).kind, 'refused', 'the thief or the owner');
      checkEqual((await w.store.accounts.findLogin(login.sid))?.revokedAt, 2 * HOUR + GRACE + 1);
    },
    'two that exchange one token at the same moment both get a successor': async (w) => {
      const login = loginOf(w, await w.newUser());
      await w.store.accounts.openLogin(login, null);
      const outcomes = await Promise.all([1, 2, 3].map(() => refresh(w, login.refreshHash ?? '', 2 * HOUR)));
      checkEqual(outcomes.map(({ kind }) => kind), ['rotated', 'rotated', 'rotated']);
    },
    'unknown, revoked and expired refresh tokens are refused': async (w) => {
      const userId = await w.newUser();
      const [revoked, expired] = [loginOf(w, userId), loginOf(w, userId, { expiresAt: 2 * HOUR })];
      await w.store.accounts.openLogin(revoked, null);
      await w.store.accounts.openLogin(expired, null);
      await w.store.accounts.revokeLogin(revoked.sid, HOUR);
      checkEqual((await refresh(w, 'never seen', HOUR)).kind, 'refused');
      checkEqual((await refresh(w, revoked.refreshHash ?? '', HOUR)).kind, 'refused');
      checkEqual((await refresh(w, expired.refreshHash ?? '', 2 * HOUR)).kind, 'refused');
    },
    'logins that ended long ago are forgotten with their tokens': async (w) => {
      const userId = await w.newUser();
      const [ended, alive] = [loginOf(w, userId, { expiresAt: 2 }), loginOf(w, userId)];
      await w.store.accounts.openLogin(ended, null);
      await w.store.accounts.openLogin(alive, null);
      check((await w.store.accounts.forgetLogins(3)) >= 1, 'one at least');
      checkEqual(await w.store.accounts.findLogin(ended.sid), null);
      check((await w.store.accounts.findLogin(alive.sid)) !== null, 'the other stays');
    },
  });
}
