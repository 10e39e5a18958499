// The engine as an app sees it. Types only.
import type { ClockBound, SyncStatus } from '@syncline/protocol';
import type { ConflictsApi } from './api-conflicts.ts';
import type { Diagnostics } from './api-diagnostics.ts';
import type { StateExplanation } from './api-explain.ts';
import type { AnnotateInput, AnnotationsPlugin } from './api-annotations.ts';
import type { PreferencesApi, PreferencesPlugin } from './api-preferences.ts';
import type { Ports } from './ports.ts';
import type { Source } from './source.ts';

export interface SyncEngineOptions {
  /** The account's id as the server knows it (the token's subject). Each account has a store of its own. */
  readonly user: string;
  readonly device: {
    /** `mac_app`, `windows_app`, `web_timer`, or another word of `[a-z0-9_]{1,32}`. */
    readonly type: string;
    /** The app's version, as the device list shows it. */
    readonly version: string;
    /** A name a person would recognise. */
    readonly name?: string | undefined;
    /** Set only to continue a known device; otherwise minted once and kept in the store. */
    readonly id?: string | undefined;
  };
  readonly server: {
    /** Address of the server, without `/api`. */
    readonly url: string;
    /** Called whenever a request needs a token; may be async. Null means nobody is signed in. Never stored. */
    readonly token: (signal: AbortSignal) => string | null | Promise<string | null>;
    /**
     * Value of `X-App-Identifier`, for example `RegardingWork-Mac-v1.0`, sent with every call that has a token. Without it, a server
     * that lists devices is told one made of the device's type and version, so that other devices know both from the first call.
     */
    readonly appIdentifier?: string | undefined;
  };
  /** Hours after which a device counts as offline: 1 to 8760, 24 by default. */
  readonly lastHours?: number | undefined;
  /** Whether this engine may send at all; a follower that only records and shows sets false. Default true. */
  readonly sync?: boolean | undefined;
  /**
   * `yjsPreferences()` of `@syncline/core/preferences`; without it the engine has no preferences and a page carries no code for them.
   * One page sends for all that are open: where one of them has preferences, those without can neither send nor fetch any while they lead.
   */
  readonly preferences?: PreferencesPlugin | undefined;
  /** `yjsAnnotations()` of `@syncline/core/annotations`; without it `sessions.annotate` is not on offer and a page carries no code for it. */
  readonly annotations?: AnnotationsPlugin | undefined;
  /** Real ones by default; tests and unusual platforms hand in their own. */
  readonly ports?: Partial<Ports> | undefined;
}

/**
 * Where a session stands.
 * `running`: started here, not finished · `queued`: finished, waiting to be sent · `sending`: on its way, or next in line for it ·
 * `confirmed`: the server said it has it · `parked`: the server refused it or a change of it, a person must decide, also of one that was cancelled or deleted ·
 * `cancelled`: ended by cancel, on its way or there · `deleted`: recoverable for 30 days, on its way or there.
 */
export type SessionState = 'running' | 'queued' | 'sending' | 'confirmed' | 'parked' | 'cancelled' | 'deleted';

export interface Session {
  /** The UUID minted when it started; the key for ever, on every device. */
  readonly id: string;
  /** The server's own number for people to read; null until confirmed. */
  readonly displayId: string | null;
  readonly state: SessionState;
  /** True until the server acknowledged every operation of this session. */
  readonly pending: boolean;
  /** Milliseconds since the epoch, UTC. */
  readonly startTime: number;
  /** Milliseconds since the epoch, UTC; null while running. */
  readonly endTime: number | null;
  /** Minutes, as the documented calls count them; null while running. */
  readonly duration: number | null;
  readonly plannedDuration: number | null;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  /** Without repeats. Given to a session after recording, by `annotate`. */
  readonly tags: readonly string[];
  /** Type of the device that recorded it. */
  readonly source: string;
  readonly deviceId: string | null;
  /** When it was deleted, ms since the epoch; null while it stands. */
  readonly deletedAt: number | null;
  /** Open conflict it takes part in, or null. */
  readonly conflictId: string | null;
  /** Why the server refused it; null unless parked. */
  readonly parked: ParkedReason | null;
  /**
   * How long it lasted by the wall clock and by the monotonic clock, when they differ by more than two seconds: the machine slept,
   * or the wall clock was set. Null otherwise. A session that another tab finished than began it has only its signs of life for the latter.
   */
  readonly clock: {
    readonly wallMs: number;
    readonly monotonicMs: number;
    /** When the page gave no sign of life for more than ten minutes, as far as that is known. */
    readonly gaps?: readonly { readonly from: number; readonly to: number }[] | undefined;
  } | null;
  /**
   * How far the clock that its times were taken from was ahead of the server's, and how wrong that may be, from the round trips of the
   * device's answers. Null where nobody knows: no answer was heard since the device opened, slept or set its clock, or a person gave the times.
   */
  readonly clockBound: ClockBound | null;
}

export interface ParkedReason {
  readonly code: string;
  /** The server's own words, or ours where it sent none. Plain text, never markup. */
  readonly message: string;
  readonly details: readonly { readonly path: string; readonly message: string }[];
  readonly at: number;
}

export interface StartInput {
  /** 1 to 1440 minutes. */
  readonly plannedDuration: number;
  readonly category: string;
  readonly project?: string | undefined;
  readonly note?: string | undefined;
  /** Start although a session is known to run on another device: a person was asked. Default false. */
  readonly beside?: boolean | undefined;
}

/** A session that runs on another device of the user, as the server told last. */
export interface RunningElsewhere {
  readonly id: string;
  readonly deviceId: string | null;
  readonly deviceType: string;
  readonly deviceName: string | null;
  /** Milliseconds since the epoch, by the clock of the device that started it. */
  readonly startTime: number;
  readonly plannedDuration: number | null;
  readonly category: string;
  readonly project: string | null;
}

export interface FinishInput {
  /** Replaces what `start` was given. */
  readonly category?: string | undefined;
  readonly project?: string | undefined;
  readonly note?: string | undefined;
  /** When it ended, if not now. */
  readonly endTime?: number | undefined;
}

/** What says that the device slept while a session ran, and the two ends it may be given instead of now. Times are ms since the epoch. */
export interface SleepEvidence {
  readonly asleepMs: number;
  /** When it was silent, as far as that was seen. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** When it was last seen awake before it first slept; null where nobody saw. */
  readonly endBeforeSleep: number | null;
  /** As if what it was awake had been one piece from the start. */
  readonly endOfTimeAwake: number;
}

export type CancelReason =
  | 'user_cancelled' | 'interruption' | 'emergency' | 'technical' | 'distraction' | 'completed_early' | 'other';

export interface CancelInput {
  readonly reason?: CancelReason | undefined;
  readonly note?: string | undefined;
}

/** A finished session that an app measured itself. */
export interface RecordInput {
  /** Minted when absent. Any RFC 9562 form. */
  readonly id?: string | undefined;
  readonly startTime: number;
  readonly endTime: number;
  readonly category: string;
  readonly project: string;
  readonly note?: string | undefined;
}

export interface SessionQuery {
  /** Sessions that touch [from, to), newest first. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** All but deleted ones when absent. */
  readonly states?: readonly SessionState[] | undefined;
  /** 1 to 1000; 100 by default. */
  readonly limit?: number | undefined;
}

export type ConnectionWord = 'online' | 'offline' | 'unreachable' | 'auth_required';
export type PhaseWord = 'idle' | 'syncing' | 'backing_off' | 'paused';
/**
 * What becomes of what waits here when the app is closed now.
 * `all_sent`: nothing waits · `sent_later`: it stays in this device's store, and goes when the app is next open or woken · `lost`: memory alone holds it, because the store is volatile or was just taken away, and it is gone.
 */
export type ClosingWord = 'all_sent' | 'sent_later' | 'lost';

/** What closing the app now would leave unsent. */
export interface ClosingStatus {
  readonly word: ClosingWord;
  /** Sessions that the server has not acknowledged, refused ones included; with `lost`, those that would be gone, one that runs included. */
  readonly sessions: number;
  /** Whether preferences or settlements wait, too. */
  readonly others: boolean;
}

/** What only this device knows about its own sync. */
export interface LocalStatus {
  readonly connection: ConnectionWord;
  readonly phase: PhaseWord;
  /** Operations settled and to settle in this drain; null when not draining. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  /** ISO time of the next attempt, or null. */
  readonly next_attempt_at: string | null;
  readonly last_error: { readonly code: string; readonly message: string; readonly at: string } | null;
  /** Sessions that the server refused, or a change or a settlement of them. */
  readonly parked: number;
  /**
   * Codes such as `storage_full`, `storage_unavailable`, `volatile_storage`, `upgrade_blocked`, `blocked_by_policy`, `forbidden`,
   * `possible_local_loss`, `damaged_rows`, `clock_skew`, `gone`, `update_needed`, `incoherent_answer`, `device_cloned`.
   */
  readonly problems: readonly string[];
  /** With `possible_local_loss`: sessions that were not sent when this device's store vanished, at most, since the last `dismiss`; otherwise 0. */
  readonly possibly_lost: number;
  /** Whether closing the app now would leave work unsent, and what becomes of it. */
  readonly closing: ClosingStatus;
  /** Whether this tab is the one that sends. */
  readonly leader: boolean;
  /** Milliseconds this device's clock is ahead of the server's; null before the first answer. */
  readonly clock_skew_ms: number | null;
  readonly storage: { readonly usage: number | null; readonly quota: number | null; readonly persisted: boolean | null };
  /** This device's id among `devices`. */
  readonly device_id: string;
  /** Grows with each emission, over all tabs of this store; a smaller one is older. */
  readonly version: number;
}

/** The documented `GET /api/sync/status` answer, true from local data, plus `local`. */
export type EngineStatus = SyncStatus & { readonly local: LocalStatus };

/** What one `sync()` achieved. Never a rejection: `reason` says why work is left. */
export interface SyncOutcome {
  readonly ok: boolean;
  /** Operations that the server has taken; there may be several of one session, and some are of none. */
  readonly sent: number;
  /** Sessions that wait. */
  readonly pending: number;
  readonly reason: 'done' | 'offline' | 'unreachable' | 'auth_required' | 'backing_off' | 'parked' | 'closed' | 'other_tab' | 'stopped';
}

/**
 * Beside what each call names, it rejects with `closed` once the engine is, and one that writes with a code of the store, such as `storage_full` or
 * `storage_unavailable`: nothing was written then.
 */
export interface SessionsApi {
  /**
   * Begins a session now. Resolves once durable. Rejects with an `EngineError`: `invalid_input`, `already_running`, `running_elsewhere` (one is
   * known to run on another device, see `elsewhere`, and `beside` is not set), `storage_full`, `closed`.
   */
  start(input: StartInput): Promise<Session>;
  /** Ends a running session now and queues it. Rejects: `not_running`, `too_long` (over 24 h; the timer goes on), `invalid_input`, `storage_full`, `closed`. */
  complete(id: string, input?: FinishInput): Promise<Session>;
  /**
   * Whether this device slept for more than five minutes while that session ran, and what to cut it to: hand one of the ends to `complete` as `endTime`.
   * Null when it did not, and for a session that does not run here.
   */
  slept(id: string): SleepEvidence | null;
  /** Ends a running session without counting it. Final. */
  cancel(id: string, input?: CancelInput): Promise<Session>;
  /** Stores a finished session with its operation, durably, in one transaction; resolves then. The same id and content again resolves to the first; other content rejects with `id_reused`. */
  record(input: RecordInput): Promise<Session>;
  get(id: string): Promise<Session | null>;
  /** Newest first. Rejects: `invalid_input`. */
  list(query?: SessionQuery): Promise<readonly Session[]>;
  /** A live list. Loads on the first subscription; `current` is empty until then, and stays so for a query that `list` refuses and once the engine is closed. */
  observe(query?: SessionQuery): Source<readonly Session[]>;
  /** Sessions running on this device, in any tab. */
  readonly running: Source<readonly Session[]>;
  /** Sessions running on other devices, as the server told last. Always empty where the server has no exchange. */
  readonly elsewhere: Source<readonly RunningElsewhere[]>;
  /**
   * Sends a parked session again, as it is or with changes; also one, or a change of its times, that waits because it ends in the server's future and
   * that nobody has. Changes hold over what was changed since; a delete, a restore or a settlement goes as it is. Rejects: `not_found`, `not_parked`, `invalid_input`.
   */
  retry(id: string, changes?: Partial<Omit<RecordInput, 'id'>>): Promise<Session>;
  /** Changes a finished session; start and end together. Rejects: `not_found`, `invalid_input`, `unsupported` (the server is known to offer no such call). */
  amend(id: string, changes: Partial<Omit<RecordInput, 'id'>>): Promise<Session>;
  /**
   * Edits the note and tags of a finished session, for ever, in any tab and offline: edits of several devices merge as text, and none is lost.
   * Rejects: `not_found` (also for one that runs, was cancelled or is deleted), `invalid_input`, `storage_full`, `closed`, `unsupported` (the engine has no `annotations`, or the server is known to offer no such call).
   */
  annotate(id: string, input: AnnotateInput): Promise<Session>;
  /** Deletes a finished session; recoverable for 30 days. Rejects: `not_found`, `unsupported`. */
  delete(id: string): Promise<Session>;
  /** Takes a delete back. Rejects: `not_found`, `unsupported`. */
  restore(id: string): Promise<Session>;
  /**
   * Gives up a session that `retry` would take, or what was decided about one where the server is known to offer no call for it any more: only a
   * person may ask for this. Returns what was given up. Rejects: `not_found`, `not_parked`.
   */
  discard(id: string): Promise<Session>;
}

/** A device of the user, as the server knows it. Times are milliseconds since the epoch, by the server's clock. */
export interface DeviceInfo {
  readonly deviceId: string;
  readonly deviceType: string;
  /** Version of the app. */
  readonly version: string;
  /** The name a person gave it, else the one it gave itself. */
  readonly name: string | null;
  /** A word of the status: `up_to_date`, `pending`, `stale`, `offline`; others may come. */
  readonly status: string;
  readonly lastSeen: number | null;
  /** Sessions it had not delivered when it last said so. */
  readonly sessionsPending: number;
  /** When it said so; null when it never did. */
  readonly pendingAsOf: number | null;
  /** When the oldest of them was recorded, by that device's clock. */
  readonly oldestPending: number | null;
  /** First contact. */
  readonly createdAt: number | null;
  /** Whether a login used by it still stands. */
  readonly signedIn: boolean;
  readonly isThisDevice: boolean;
}

/**
 * The user's devices, to look after. Each call asks the server, and rejects with an `EngineError`: `unsupported` (it offers no such call),
 * `unreachable`, `auth_required`, `not_found` (no such device), `invalid_input`, `closed`. The live list is in `status`.
 */
export interface DevicesApi {
  /** Newest contact first. */
  list(): Promise<readonly DeviceInfo[]>;
  /** Gives a device a name of 1 to 128 bytes; null takes it back, and the device's own shows again. */
  rename(id: string, name: string | null): Promise<void>;
  /** Takes another device off the list and ends its logins. What it had not sent stays on it, and it is told that it is gone. */
  forget(id: string): Promise<void>;
  /** Ends the logins of another device. It keeps what it holds, and sends it after signing in again. */
  signOut(id: string): Promise<void>;
}

/** A problem that is over, and told all the same: somebody should know. */
export type LastingProblem = 'device_cloned' | 'possible_local_loss';

/** An engine that was created with `preferences`. */
export interface EngineWithPreferences extends SyncEngine {
  readonly preferences: PreferencesApi;
}

export interface SyncEngine {
  readonly user: string;
  readonly deviceId: string;
  readonly sessions: SessionsApi;
  readonly status: Source<EngineStatus>;
  /**
   * A person has read of it, as this tab shows it: it is told no more, in no tab and at no later start, until it happens again; of a loss, with
   * only what is lost then. Any other problem passes with its cause, and not by this. Resolves once durable. Rejects: `storage_full`, `storage_unavailable`, `closed`.
   */
  dismiss(problem: LastingProblem): Promise<void>;
  /** Every word of `status.current`, with the rule and the measure behind it and what helps. */
  explain(): readonly StateExplanation[];
  /** Open conflicts, those not yet sent included. */
  readonly conflicts: ConflictsApi;
  readonly devices: DevicesApi;
  /**
   * How far this device's clock is ahead of the server's now, and how wrong that may be: half of a round trip, and more with each minute since. Null before
   * the first answer, and after sleep or a set clock until the next one. No session's times are ever changed for it; it says how sure a conflict is.
   */
  clockBound(): ClockBound | null;
  /** Null unless the engine was created with `preferences`. */
  readonly preferences: PreferencesApi | null;
  /** What this tab showed and asked lately, redacted, for somebody who looks for a fault. */
  diagnostics(): Diagnostics;
  /** Sends what is pending now, in whichever tab leads; resolves when done or when it cannot go on. */
  sync(): Promise<SyncOutcome>;
  /** Stops, releases every handle. Sources keep their last value and emit no more. Pending work stays in the store. */
  close(): Promise<void>;
  /** Resolves when the engine has closed, for whatever reason. */
  readonly closed: Promise<void>;
}
