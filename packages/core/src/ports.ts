// The seven capabilities through which the engine reaches the outside world.
// Nothing in `model/` or `sync/` may touch time, randomness, storage, network or other tabs except through these.

/** Undoes whatever returned it. Calling it twice does nothing. */
export type Cancel = () => void;

/** Time as this device sees it. */
export interface Clock {
  /** Wall clock, in milliseconds since the epoch, UTC. May jump in either direction. */
  now(): number;
  /** Milliseconds since an arbitrary origin; never goes back. May stand still while the machine sleeps. */
  monotonic(): number;
  /** Calls `run` once, after at least `delayMs` milliseconds (0 or more). Late calls are normal: hidden tabs and sleep delay timers. */
  setTimer(delayMs: number, run: () => void): Cancel;
}

/** Identity and chance. */
export interface Ids {
  /** A new random UUID in canonical lower-case form. */
  uuid(): string;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path below the server's address, beginning with `/api/`, query included. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, or undefined for no body. */
  readonly body?: string | undefined;
  /** Deadline for the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Most characters of body the caller is ready to read; a longer answer is a `too_large` failure. */
  readonly maxBodyChars: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why no answer was read. Whether the server acted is unknown in each case. */
export type TransportFailure = 'network' | 'timeout' | 'aborted' | 'redirected' | 'too_large';

export type TransportResult =
  | { readonly ok: true; readonly response: HttpResponse }
  | { readonly ok: false; readonly failure: TransportFailure; readonly message: string };

/** HTTP to the one server this engine belongs to. Never rejects: failures are values. */
export interface Transport {
  send(request: HttpRequest, signal: AbortSignal): Promise<TransportResult>;
  /**
   * Opens a long-lived answer and hands over its text as it arrives. Resolves when the stream ends, however it ends.
   * `timeoutMs` bounds the wait for the answer and each silence in it, not the whole. An answer that is not 2xx is read like any other
   * and nothing is handed over; of a stream the result's body is empty.
   * Undefined where the platform cannot stream; the engine then polls.
   */
  stream?(request: HttpRequest, onText: (text: string) => void, signal: AbortSignal): Promise<TransportResult>;
}

/** The tables of one account's store on this device. Keys are given apart from values. */
export interface Tables {
  /** Single rows by name: the head (version, counters, cursor), the device's identity, the leader's heartbeat. */
  meta: string;
  /** Sessions that are running now, by session id. */
  running: string;
  /** The outbox: one row per operation that the server has not acknowledged, by sequence number. Being here is what pending means. */
  operations: number;
  /** Packed history: about 2,000 sessions a row, by chunk number. Never scanned by status or recording. */
  history: number;
  /** Start and end columns of each history row, by the same chunk number. */
  columns: number;
  /** Sessions of the history that changed after they were packed, by session id; they win over the packed row. */
  overlay: string;
  /** Open conflicts, by conflict id. */
  conflicts: string;
  /** Settlements of conflicts, undone ones included, by settlement id. */
  settlements: string;
  /** Documents and update logs of annotations and preferences, by document name and number. */
  documents: string;
}
export type TableName = keyof Tables;

/** Every table. */
export const TABLES: readonly TableName[] = ['meta', 'running', 'operations', 'history', 'columns', 'overlay', 'conflicts', 'settlements', 'documents'];

/** What to read inside one transaction: one key of a table, or all of it. */
export type Read = { readonly table: TableName; readonly key: string | number } | { readonly table: TableName };

export interface Row {
  readonly key: string | number;
  /** A structured-cloneable value. Readers must not trust its shape: it may come from an older or a damaged store. */
  readonly value: unknown;
  /** The row is there but its value could not be read back from the disk; `value` is undefined then. The other rows of the read are good. */
  readonly unreadable?: true | undefined;
}

/** Values are stored as structured clones; `undefined` and what cannot be cloned are refused with `aborted`. Keys are strings or finite numbers. */
export type Write =
  | { readonly kind: 'put'; readonly table: TableName; readonly key: string | number; readonly value: unknown }
  | { readonly kind: 'delete'; readonly table: TableName; readonly key: string | number }
  | { readonly kind: 'deleteRange'; readonly table: TableName; readonly from: string | number; readonly to: string | number };

export interface Decision<T> {
  readonly writes: readonly Write[];
  readonly result: T;
}

/** `strict` survives a power failure where the browser can promise that; `relaxed` survives the death of the tab. */
export type Durability = 'strict' | 'relaxed';

/**
 * Why the store refused.
 * `quota`: no space, earlier data intact · `closed`: the handle is dead, reopening may help · `blocked`: an old tab holds an older version open ·
 * `newer_version`: written by a newer release · `unavailable`: no storage here at all, or the disk refuses · `aborted`: the transaction rolled back, nothing was written.
 */
export type StoreFailure = 'quota' | 'closed' | 'blocked' | 'newer_version' | 'unavailable' | 'aborted';

/** Thrown by every method of a store. Compare `code`, never the message or the class. */
export interface StoreError extends Error {
  readonly name: 'StoreError';
  readonly code: StoreFailure;
}

/** One account's store on this device. Reads and writes of one call are one transaction. */
export interface Store {
  /** One list of rows for each read, in order. A key that is not there gives no row; a table gives its rows in key order, numbers before strings. */
  read(reads: readonly Read[]): Promise<readonly (readonly Row[])[]>;
  /**
   * One read-write transaction: reads, calls `decide` synchronously with what it found, writes what it returns.
   * `decide` has no effects of its own: when the handle dies, the whole transaction runs once more on a new one, and then
   * what the first run wrote may or may not be there already.
   * Resolves after the commit. When `decide` throws or returns a promise, nothing is written and the error is passed on.
   * Updates of all tabs on one store never interleave.
   */
  update<T>(
    reads: readonly Read[],
    decide: (found: readonly (readonly Row[])[]) => Decision<T>,
    durability: Durability,
  ): Promise<T>;
  /** Space and persistence as the platform tells it; null where it does not. */
  space(): Promise<StoreSpace>;
  /** Asks the platform not to evict this store. Resolves to whether it agreed. */
  persist(): Promise<boolean>;
  /** Called when the handle was lost for a reason of the outside: another version wants in, the browser closed it. The store reopens by itself on the next call. */
  onInterrupted(listener: (reason: 'version_change' | 'closed') => void): Cancel;
  /** Lets the handle go without ending the store, so that a frozen page stands in nobody's way. The next call opens it again. */
  release(): void;
  /** Ends it. Later calls reject with `closed`; what was begun before still finishes. */
  close(): Promise<void>;
}

export interface StoreSpace {
  /** Bytes in use by the origin. */
  readonly usage: number | null;
  /** Bytes the origin may use. */
  readonly quota: number | null;
  readonly persisted: boolean | null;
}

export interface StoreFactory {
  /** Opens or creates the store of that name. Rejects with a `StoreError`. */
  open(name: string): Promise<Store>;
  /** A store of that name which lasts only as long as this page and is seen by nobody else: what is left when `open` fails for good. Always empty at first; never rejects. */
  openVolatile(name: string): Promise<Store>;
  /** Removes it with everything in it; resolves when gone. */
  remove(name: string): Promise<void>;
  /** A small value kept outside the database, so that its loss can be noticed. Null when absent or not possible. */
  readMarker(name: string): string | null;
  writeMarker(name: string, value: string | null): void;
}

/** Mutual exclusion among tabs and workers of one origin. */
export interface Locks {
  /** Set where one page alone respects them: another page may hold the same lock. */
  readonly isOfPage?: true | undefined;
  /**
   * Waits for the lock, then runs `hold`; the lock is kept until its promise settles.
   * `lost` aborts when another holder stole the lock. With `steal`, takes it from whoever has it at once.
   * Resolves when `hold` is done, or when `signal` aborted the waiting. Never rejects for a lost or aborted lock.
   */
  request(
    name: string,
    options: { readonly steal?: boolean | undefined; readonly signal: AbortSignal },
    hold: (lost: AbortSignal) => Promise<void>,
  ): Promise<void>;
}

/** News among tabs of one origin. A hint only: may be lost, late or repeated, and carries no data but where to look again. */
export interface Channel {
  post(message: unknown): void;
  subscribe(listener: (message: unknown) => void): Cancel;
  close(): void;
}

export interface ChannelFactory {
  open(name: string): Channel;
}

export type LifecycleEvent = 'visible' | 'hidden' | 'online' | 'offline' | 'freeze' | 'resume' | 'pagehide' | 'pageshow';

/** What the platform says of the page and the network. Both are hints. */
export interface Lifecycle {
  /** Whether a person can see the page. True outside browsers. */
  visible(): boolean;
  /** False when the platform is sure that there is no network; true proves nothing. */
  online(): boolean;
  subscribe(listener: (event: LifecycleEvent) => void): Cancel;
}

/** All seven. `browserPorts()` makes the real ones, `@syncline/core/testing` the simulated ones. */
export interface Ports {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly stores: StoreFactory;
  readonly transport: Transport;
  readonly locks: Locks;
  readonly channels: ChannelFactory;
  readonly lifecycle: Lifecycle;
}
