// The demo account: made once, with a year of sessions through the very rules that store real ones.
import type { ServerPorts, StoredDevice, UserSummary, UserTransaction } from '../ports.ts';
import { flush, load } from '../sync/load.ts';
import { MadeDocuments } from '../sync/made-documents.ts';
import { applySubmit } from '../sync/submit.ts';
import { WorkingSet } from '../sync/working-set.ts';
import { DEMO_DEVICES, demoHistory, type DemoSession } from './demo-history.ts';

export const DEMO_USERNAME = 'janechen';
/** Shorter than a password may be that somebody sets: it opens a server that only this machine can reach. */
export const DEMO_PASSWORD = 'jane123';

/** Stands in place of a password's hash; no password matches it. */
const CLOSED = 'closed';

/** `made` now, or by a start before (`kept`). `taken`: somebody has the name with a password of their own, and there is no demo. */
export type DemoOutcome = 'made' | 'kept' | 'taken';

/**
 * Makes the demo account if it is missing; its history is stored as a whole, so that a start which was ended in between is made good by the next
 * one. On later starts only its devices are seen again, so that the status looks alive.
 */
export async function seedDemo(ports: ServerPorts): Promise<DemoOutcome> {
  const { accounts } = ports.store;
  const now = ports.clock.now();
  const known = await accounts.findByUsername(DEMO_USERNAME);
  if (known?.passwordHash === CLOSED) await accounts.rehash(known.userId, CLOSED, await ports.passwords.hash(DEMO_PASSWORD));
  else if (known !== null && !(await ports.passwords.verify(DEMO_PASSWORD, known.passwordHash))) return 'taken';
  const userId = known?.userId ?? (await makeAccount(ports, now));
  return ports.store.withUser(userId, async (tx) => {
    const { summary } = await tx.overview();
    const isEmpty = summary.sequence === 0;
    if (isEmpty) await fill(tx, summary, demoHistory(now), now);
    await tx.write({ devices: devicesAt(now) });
    return isEmpty ? 'made' : 'kept';
  });
}

async function makeAccount({ store, ids, passwords }: ServerPorts, now: number): Promise<string> {
  const userId = ids.uuid();
  const passwordHash = await passwords.hash(DEMO_PASSWORD);
  await store.accounts.create({ userId, username: DEMO_USERNAME, email: 'jane.chen@example.org', createdAt: now, passwordHash, timezone: 'Europe/London' });
  return userId;
}

/** Shuts the demo account, and ends its logins, on a server that others may reach: its password is known to everybody. */
export async function closeDemo(ports: ServerPorts): Promise<boolean> {
  const { accounts } = ports.store;
  const known = await accounts.findByUsername(DEMO_USERNAME);
  if (known === null || !(await ports.passwords.verify(DEMO_PASSWORD, known.passwordHash))) return false;
  return accounts.setPassword(known.userId, CLOSED, ports.clock.now(), null);
}

async function fill(tx: UserTransaction, summary: UserSummary, sessions: readonly DemoSession[], now: number): Promise<void> {
  const set = new WorkingSet(summary);
  await load(tx, set, {
    sessionIds: sessions.map(({ id }) => id),
    intervals: sessions.map(({ startTime, endTime }) => ({ startTime, endTime })),
    starts: sessions.map(({ startTime }) => startTime),
  }, now);
  for (const { deviceId, ...session } of sessions) applySubmit(set, session, { now, deviceId, author: 0, made: new MadeDocuments() });
  await flush(tx, set);
}

function devicesAt(now: number): StoredDevice[] {
  return DEMO_DEVICES.map(({ seenAgoMs, ...device }) => ({
    ...device, name: null, givenName: null, lastSeen: now - seenAgoMs, pendingAsOf: now - seenAgoMs, oldestPending: null, createdAt: now - seenAgoMs, memory: null,
  }));
}
