// Where a store is examined: one store for many cases, a new user for each.
import type { ServerStore, StoredSession, StoredSettlement } from '../ports.ts';
import { uuidOf } from './contract-case.ts';

export interface StoreWorld {
  readonly store: ServerStore;
  /** A new account; its id. */
  newUser(timezone?: string): Promise<string>;
  /** An id that was not given out before. */
  newId(): string;
}

/** @param firstId worlds on one database count from different numbers. */
export function createStoreWorld(store: ServerStore, firstId: number = 1): StoreWorld {
  let last = firstId;
  const newId = (): string => {
    last += 1;
    return uuidOf(last);
  };
  return {
    store,
    newId,
    async newUser(timezone = 'UTC') {
      const userId = newId();
      const account = { userId, username: `user-${userId}`, email: `${userId}@example.org`, createdAt: 0, passwordHash: 'none', timezone };
      if (!(await store.accounts.create(account))) throw new Error('the account exists already');
      return userId;
    },
  };
}

/** A stored session that differs from the plainest one only where the case says so. */
export function sessionRow(id: string, sequence: number, differing: Partial<StoredSession> = {}): StoredSession {
  return {
    id, displayId: sequence, state: 'completed', startTime: 1_700_000_000_000, endTime: 1_700_001_500_000, duration: 25, plannedDuration: null,
    category: 'work', project: 'team_A', note: '', source: 'mac_app', deviceId: null, version: 1, sequence, createdAt: 1_700_001_600_000,
    updatedAt: 1_700_001_600_000, deletedAt: null, cancelReason: null, tags: [], clock: null, annotation: null,
    trail: { by: null, byOthers: 0, contentVersion: 1, contentBy: null, contentByOthers: 0 }, fingerprint: null, ...differing,
  };
}

export function settlementRow(id: string, sequence: number, differing: Partial<StoredSettlement> = {}): StoredSettlement {
  return { id, sequence, createdAt: 1, undoneAt: null, plan: '{}', ...differing };
}
