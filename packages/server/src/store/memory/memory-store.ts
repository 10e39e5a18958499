// The store in memory: the same promises as the database, deterministic, with crashes and backups on demand.
// It is a double for tests and simulations, shipped because a simulated world needs a server too.
import type { Overview, ServerStore, UserReader, UserTransaction } from '../../ports.ts';
import { storeError } from '../store-error.ts';
import { type AccountState, createAccountState, MemoryAccounts } from './memory-accounts.ts';
import { NewsDesk } from '../news-desk.ts';
import { MemoryReader } from './memory-reader.ts';
import { MemoryTransaction } from './memory-transaction.ts';
import { createUserState, type UserState } from './user-state.ts';

/** Everything stored, as plain data. Opaque: hand it back to `restore`. */
export interface MemorySnapshot {
  readonly epoch: string;
  readonly accounts: AccountState;
  readonly users: ReadonlyMap<string, UserState>;
}

/** Where a planned crash hits the next transaction: before its commit nothing of it stays, after it everything does; the caller sees the same. */
export type CrashPoint = 'before-commit' | 'after-commit';

export interface MemoryStoreOptions {
  /** Epoch of the new database. */
  readonly epoch: string;
  /** Told after each commit, in order; a simulation checks acknowledgements against it. */
  readonly onCommit?: ((userId: string) => void) | undefined;
}

export interface MemoryServerStore extends ServerStore {
  /** A copy of everything stored. Take it between transactions: an open one's writes are in it. */
  snapshot(): MemorySnapshot;
  /** What is stored of that user, open transactions included: for a look at once, it goes on changing. */
  look(userId: string): UserState | undefined;
  /** Puts a backup in place. The epoch is the backup's, unless the operator followed the runbook and gives a new one. */
  restore(snapshot: MemorySnapshot, newEpoch?: string): void;
  /** The next user transaction crashes there: it rejects with `unavailable`. */
  crashNext(point: CrashPoint): void;
  /** While unavailable every call rejects with `unavailable`. */
  setAvailable(available: boolean): void;
}

class MemoryStore implements MemoryServerStore {
  readonly accounts: MemoryAccounts;
  readonly #onCommit: ((userId: string) => void) | undefined;
  #epoch: string;
  #accounts: AccountState = createAccountState();
  #users = new Map<string, UserState>();
  /** Last piece of work of each user; the next one waits for it, whatever became of it. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #news = new NewsDesk();
  #crash: CrashPoint | null = null;
  #isAvailable = true;

  constructor(options: MemoryStoreOptions) {
    this.#epoch = options.epoch;
    this.#onCommit = options.onCommit;
    this.accounts = new MemoryAccounts({
      state: () => this.#accounts,
      reach: () => this.ping(),
      addUser: (userId, timezone) => void this.#users.set(userId, createUserState(timezone)),
    });
  }

  async ping(): Promise<void> {
    if (!this.#isAvailable) throw storeError('unavailable');
  }

  async close(): Promise<void> {
    this.#isAvailable = false;
  }

  async epoch(): Promise<string> {
    await this.ping();
    return this.#epoch;
  }

  withUser<T>(userId: string, work: (tx: UserTransaction) => Promise<T>): Promise<T> {
    return this.#inTurn(userId, async (state) => {
      const tx = new MemoryTransaction(state, this.#epoch);
      const crash = this.#crash;
      this.#crash = null;
      try {
        const result = await work(tx);
        // A database that died, or was replaced by a backup, while the work went on cannot commit it.
        await this.ping();
        if (this.#users.get(userId) !== state) throw storeError('unavailable');
        if (crash === 'before-commit') throw storeError('unavailable');
        this.#onCommit?.(userId);
        if (tx.hasWritten) this.#news.tell(userId);
        if (crash === null) return result;
      } catch (error) {
        tx.rollback();
        throw error;
      }
      throw storeError('unavailable');
    });
  }

  overview(userId: string): Promise<Overview> {
    return this.readUser(userId, (tx) => tx.overview());
  }

  readUser<T>(userId: string, work: (tx: UserReader) => Promise<T>): Promise<T> {
    return this.#inTurn(userId, (state) => work(new MemoryReader(state, this.#epoch)));
  }

  watch(userId: string, listener: () => void): () => void {
    return this.#news.watch(userId, listener);
  }

  snapshot(): MemorySnapshot {
    return structuredClone({ epoch: this.#epoch, accounts: this.#accounts, users: this.#users });
  }

  look(userId: string): UserState | undefined {
    return this.#users.get(userId);
  }

  restore(snapshot: MemorySnapshot, newEpoch?: string): void {
    const copy = structuredClone(snapshot);
    this.#epoch = newEpoch ?? copy.epoch;
    this.#accounts = copy.accounts;
    this.#users = new Map(copy.users);
    this.#news.tellAll();
  }

  crashNext(point: CrashPoint): void {
    this.#crash = point;
  }

  setAvailable(available: boolean): void {
    this.#isAvailable = available;
  }

  /** One piece of work at a time for each user, readers included: nobody sees half a transaction. */
  #inTurn<T>(userId: string, work: (state: UserState) => Promise<T>): Promise<T> {
    const before = this.#turns.get(userId) ?? Promise.resolve();
    const turn = before.then(async () => {
      await this.ping();
      const state = this.#users.get(userId);
      if (state === undefined) throw storeError('failed', undefined, 'no such user');
      return work(state);
    });
    this.#turns.set(userId, turn.catch(() => undefined));
    return turn;
  }
}

/** A new, empty store in memory. */
export function createMemoryStore(options: MemoryStoreOptions): MemoryServerStore {
  return new MemoryStore(options);
}
