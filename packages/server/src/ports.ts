// The capabilities through which the server reaches the outside world. Types only.
// Everything but `main.ts` and the adapters lives behind these, so the whole server runs inside a simulated world.
import type { AnnotationJob, MergedAnnotation } from './documents/annotation-document.ts';
import type { PreferencesJob, PreferencesOutcome } from './documents/preferences-document.ts';
import type { AccountStore } from './store/account-store.ts';
import type { Overview, UserReader, UserTransaction } from './store/user-store.ts';

export type {
  Account, AccountStore, Login, NewAccount, NewLogin, RefreshOutcome, RefreshRequest,
} from './store/account-store.ts';
export type {
  Activity, Change, ConflictGroup, DeviceMemory, EditTrail, Incarnation, Interval, KeptPair, LiveSession, Overview, StoredCancellation, StoredClock, StoredDevice,
  StoredPreferences, StoredPreferencesUpdate, StoredResult, StoredSession, StoredSettlement, StoredStart, UserChanges, UserReader, UserSummary, UserTransaction,
} from './store/user-store.ts';

export type { AnnotationJob, MergedAnnotation } from './documents/annotation-document.ts';

/** Time as the server sees it. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Calls `run` once, when so many milliseconds (below 2³¹) have passed. Gives what calls it off. */
  after(ms: number, run: () => void): () => void;
}

/** Identity and chance. */
export interface Ids {
  /** A new random UUID in canonical lower-case form. */
  uuid(): string;
  /** Secret text of at least 256 random bits, safe in a cookie (base64url). */
  secret(): string;
}

/** What an access token says. Times are milliseconds since the epoch; the adapter converts to the seconds that JWTs carry. */
export interface TokenClaims {
  /** The user's id. */
  readonly userId: string;
  /** The login session this token belongs to (`sid`); revoking it ends the token. */
  readonly sid: string;
  /** Unique id of this token (`jti`). */
  readonly tokenId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Signs and checks access tokens. Algorithm, issuer and audience are the adapter's and fixed. */
export interface Tokens {
  sign(claims: TokenClaims): Promise<string>;
  /** The claims, or null for whatever reason it is not a valid token at `now`. Never throws for bad input. */
  verify(token: string, now: number): Promise<TokenClaims | null>;
}

/** Slow, salted one-way hashing of passwords. Both calls cost about the same work. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Compares against a stored hash, or against a dummy one when there is none (constant work for unknown users). */
  verify(password: string, storedHash: string | null): Promise<boolean>;
  /** Whether the stored hash was made with older parameters and should be made again at the next login. */
  needsRehash(storedHash: string): boolean;
}

/**
 * Decodes Yjs documents that came from outside, within limits of time and memory: nothing foreign is decoded anywhere else first.
 * Null when a limit was passed.
 */
export interface Documents {
  /** Size in bytes beyond which a preferences document is begun anew. */
  readonly rewriteAbove: number;
  syncPreferences(job: PreferencesJob): Promise<PreferencesOutcome | null>;
  /** Null also when it cannot be merged. Rejects with a `ServerStoreError` when a limit was passed by an edit that brought no document. */
  makeAnnotation(job: AnnotationJob): Promise<MergedAnnotation | null>;
}

/** Structured log. Fields never hold tokens, passwords or SQL. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Why the store refused. `unavailable`: no database right now, asking again later may help (HTTP 503) ·
 * `conflict`: another transaction won, the same work may be tried again at once · `failed`: a defect (HTTP 500).
 */
export type ServerStoreFailure = 'unavailable' | 'conflict' | 'failed';

/** Thrown by every method of a store. Compare `code`, never the message or the class. The message holds no SQL and no data. */
export interface ServerStoreError extends Error {
  readonly name: 'ServerStoreError';
  readonly code: ServerStoreFailure;
}

/** Whether a work waits, while it has a connection, for nothing but the database, or for a thread that others keep busy. */
export type WorkPace = 'quick' | 'waiting';

/** Everything the server keeps. Two implementations, in memory and SQL, pass one contract suite. */
export interface ServerStore {
  /** Resolves when the database answers; rejects with `unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
  /** Random id written when this database was made, and again by the restore runbook. Another one means that time went back. */
  epoch(): Promise<string>;
  readonly accounts: AccountStore;
  /**
   * One transaction under the user's row lock: a user's writers never interleave, so sequence numbers become visible in order.
   * Commits when `work` resolves, rolls back everything when it rejects. Resolves after the commit.
   * Rejects with `failed` when the account does not exist.
   */
  withUser<T>(userId: string, work: (tx: UserTransaction) => Promise<T>, pace?: WorkPace): Promise<T>;
  /** What {@link UserReader.overview} reads, and nothing else, in one round trip. Rejects with `failed` when the account does not exist. */
  overview(userId: string): Promise<Overview>;
  /** Reads of one moment, without the user's lock. */
  readUser<T>(userId: string, work: (tx: UserReader) => Promise<T>, pace?: WorkPace): Promise<T>;
  /**
   * Calls `listener` after each commit that wrote something of that user, whichever process made it, and whenever such news may have
   * been missed. A hint that says nothing but "look": read after watching, and nothing is overlooked. Gives what ends it.
   */
  watch(userId: string, listener: () => void): () => void;
}

/** Turns away who asks too often. Answers are whole seconds to wait, or null to go on. Absent in simulated worlds. */
export interface Throttle {
  /** Any call, by the caller's address. Asked before anything of it is read. */
  beforeCall(address: string | null): Promise<number | null>;
  /** A call of a known user. */
  beforeUserCall(userId: string): Promise<number | null>;
  /** Counts as a failed try until `afterLogin`, or `withoutLogin`. */
  beforeLogin(username: string, address: string | null): Promise<number | null>;
  afterLogin(username: string, address: string | null): Promise<void>;
  /** Nobody came to look at the password: the try counts for nothing. */
  withoutLogin(username: string, address: string | null): Promise<void>;
}

/** All of them. */
export interface ServerPorts {
  readonly throttle?: Throttle | undefined;
  readonly store: ServerStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly documents: Documents;
  readonly log: Log;
}
