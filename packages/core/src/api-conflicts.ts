// Conflicts as an app sees them: what is open, how it may be settled, and what was settled. Types only.
import type { Conflict, LikelyDuplicate } from '@syncline/protocol';
import type { SessionQuery } from './api.ts';
import type { Source } from './source.ts';

/** How a conflict is settled. `sessionId` names the session that stays (`keep_one`), or that is cut (`trim`, `split`). */
export type ConflictChoice =
  | { readonly kind: 'keep_all' | 'merge_span' | 'merge_sum' }
  | { readonly kind: 'keep_one' | 'trim' | 'split'; readonly sessionId: string };

/**
 * Why a choice is not on offer, as `details[].code` of `invalid_input` says it. `nothing_left`: the others cover all of the session · `split_instead`: another
 * lies inside it · `trim_instead`: none does · `too_long`: one session of more than 24 hours · `notes_too_long`: more than one session may have · `no_session`: it names none of the conflict ·
 * `too_many`: a settlement names at most 100 sessions, of a larger conflict some are to be deleted or changed first.
 */
export type ChoiceProblem = 'no_session' | 'nothing_left' | 'split_instead' | 'trim_instead' | 'too_long' | 'notes_too_long' | 'too_many';

/** What a settlement would change. All minutes are sums over the sessions of this conflict alone. */
export interface ResolutionPreview {
  /** Each session before and after; null where it is not there. */
  readonly sessions: readonly {
    readonly id: string;
    readonly before: { readonly startTime: number; readonly endTime: number } | null;
    readonly after: { readonly startTime: number; readonly endTime: number } | null;
  }[];
  /** Minutes of sessions that start on each day. */
  readonly days: readonly { readonly day: string; readonly minutesBefore: number; readonly minutesAfter: number }[];
  readonly minutesBefore: number;
  readonly minutesAfter: number;
  /** Minutes of the clock that a session covers before and none does after. */
  readonly minutesRemoved: number;
  /** Minutes of the clock that a session covers after and none did before: `merge_sum` moves work there. */
  readonly minutesMoved: number;
  /** Minutes counted more than once. */
  readonly doubleCountedBefore: number;
  readonly doubleCountedAfter: number;
}

/** Made by `conflicts.plan`, for `conflicts.resolve` of the same engine, which takes the very object and no copy of it. */
export interface ResolutionPlan {
  readonly conflictId: string;
  readonly choice: ConflictChoice;
  readonly preview: ResolutionPreview;
}

/** An entry of the journal. */
export interface Settlement {
  readonly id: string;
  readonly kind: string;
  readonly sessionIds: readonly string[];
  /** Milliseconds since the epoch. */
  readonly settledAt: number;
  readonly undoneAt: number | null;
  /** The device that decided. */
  readonly deviceId: string | null;
  /** `pending`: not settled by the server yet · `applied` · `superseded`: nothing came of this one, because another decision was first, or a session of it was refused or given up. */
  readonly outcome: 'pending' | 'applied' | 'superseded';
  /** An undo from this device came to nothing, because a session of it had changed, or the server does not know it: it stands. */
  readonly undoSuperseded?: true | undefined;
}

/** Open conflicts, and how they are settled. Settling works offline and syncs like everything else; it needs a server with the exchange. */
export interface ConflictsApi extends Source<readonly Conflict[]> {
  /**
   * Works out what a choice would do; changes nothing. Rejects: `not_found` (no such conflict, or a session of it is not on this device yet), `invalid_input`
   * (the choice is not on offer; `details` says why, for programs by `code`), `refused` (the server refused a session of it: `sessions.retry` or `discard` first), `unsupported`, `closed`.
   * @param dayOf names the day of an instant; days of UTC by default.
   */
  plan(conflictId: string, choice: ConflictChoice, dayOf?: (at: number) => string): Promise<ResolutionPlan>;
  /**
   * Settles a conflict, durably and at once on this device. Rejects: `changed` when a session is not what the plan saw or the conflict is settled already,
   * `invalid_input` for anything that `plan` did not make, `refused`, `unsupported`, `storage_full`, `closed`.
   */
  resolve(plan: ResolutionPlan): Promise<Settlement>;
  /**
   * Takes a settlement back, whichever device made it. Rejects: `not_found`, `changed` when a session of it is known to have changed since,
   * `unsupported`, `storage_full`, `closed`. Where it shows only at the server that one changed, the journal says `undoSuperseded`. Undoing twice is harmless.
   */
  undo(settlementId: string): Promise<Settlement>;
  /**
   * Sessions that are probably the same work under two ids, best first, overlapping or not: a proposal with a score and its reasons. Nothing is deleted
   * for it; a person settles it with `keep_one` where the two overlap, or with `sessions.delete`. Looks at the newest sessions of the range, 1000 by default.
   * Rejects: `invalid_input`, `closed`.
   */
  duplicates(query?: Omit<SessionQuery, 'states'>): Promise<readonly LikelyDuplicate[]>;
  /** Every settlement known here, undone and superseded ones included, newest first. */
  readonly journal: Source<readonly Settlement[]>;
}
