// The facts a status is derived from: what the server keeps of a user, or an engine knows of its account.
import type { Conflict } from './conflict.ts';

/** What is known of one device. */
export interface DeviceFacts {
  readonly deviceId: string;
  /** The documented `device_type`, for example `mac_app`. */
  readonly deviceType: string;
  readonly version: string;
  /** A name people gave it; not part of the documented answer. */
  readonly name?: string | undefined;
  /** Last successful contact with the server, ms since the epoch in server time; null before the first. */
  readonly lastSeen: number | null;
  /** Distinct sessions with at least one unacknowledged operation, parked ones included. */
  readonly sessionsPending: number;
}

/** An operation the server refused and the device keeps for its user to settle. */
export interface ParkedFact {
  /** The session it is about, or null when it is about preferences. */
  readonly sessionId: string | null;
  /** When that session began and what it was for, so that a person knows it; absent when its row cannot be read. */
  readonly session?: { readonly startTime: number; readonly project: string } | undefined;
  /** Why, in the server's words. */
  readonly message: string;
}

/** Everything a status is derived from. */
export interface SyncFacts {
  readonly devices: readonly DeviceFacts[];
  /** Sessions stored; cancelled and deleted ones left out. */
  readonly totalSessions: number;
  /** Newest `end_time`, ms since the epoch, or null. */
  readonly lastSession: number | null;
  /** When preferences last changed, ms since the epoch, or null. */
  readonly preferencesUpdated: number | null;
  /** Open conflicts; always maintained, also when details are not asked for. */
  readonly openConflicts: number;
  /** Whether every open conflict is a `duplicate`. Default false. */
  readonly everyConflictDuplicate?: boolean | undefined;
  /** The open conflicts themselves; needed only for `checkConflicts`. */
  readonly conflicts?: readonly Conflict[] | undefined;
  /** This device holds preference changes the server has not. */
  readonly preferencesPending?: boolean | undefined;
  /** Settlements this device made that the server has not taken yet. */
  readonly settlementsPending?: number | undefined;
  readonly parked?: readonly ParkedFact[] | undefined;
}
