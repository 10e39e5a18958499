// Why the engine shows what it shows, as an app sees it. Types only.

/** What can be wrong beside the words of the status. */
export type ProblemCode =
  | 'storage_full' | 'storage_unavailable' | 'volatile_storage' | 'upgrade_blocked' | 'damaged_rows' | 'possible_local_loss' | 'blocked_by_policy'
  | 'forbidden' | 'clock_skew' | 'gone' | 'update_needed' | 'incoherent_answer' | 'device_cloned';

/**
 * The one thing that helps, and what an app calls for it.
 * `none`: nothing is wrong, or it passes by itself · `sync`: `engine.sync()` · `sign_in`: sign in again, then `token` gives a new one ·
 * `settle_conflicts`: `engine.conflicts.plan` and `resolve` · `retry_parked`: `engine.sessions.retry`, or `engine.preferences.retry` · `open_device`: open the app on that device ·
 * `free_space`: remove other data of this origin, then `engine.sync()` · `close_other_tabs`: reload or close tabs with an older version ·
 * `allow_storage`: let the browser store data for this page · `correct_clock`: set this device's clock · `update_app`: load the newest version ·
 * `allow_requests`: something on this device, like a content blocker, keeps requests from the server ·
 * `dismiss`: it is over, and told until `engine.dismiss` says that a person has read it · `ask_support`: nobody at this device can mend it.
 */
export type ActionCode =
  | 'none' | 'sync' | 'sign_in' | 'settle_conflicts' | 'retry_parked' | 'open_device' | 'free_space' | 'close_other_tabs' | 'allow_storage'
  | 'correct_clock' | 'update_app' | 'allow_requests' | 'dismiss' | 'ask_support';

/** One word of `engine.status.current`, explained. */
export interface StateExplanation {
  /**
   * Which word: `sync_status`, a row of `devices`, `connection`, `phase`, `closing` and each of `problems` in `local`, or `certainty` of the open
   * conflicts: one entry for each of its words that one of them has, with how many have it.
   */
  readonly of: 'sync_status' | 'device' | 'connection' | 'phase' | 'closing' | 'problem' | 'conflicts';
  /** The device whose row it is; null otherwise. */
  readonly deviceId: string | null;
  /** The word itself. */
  readonly state: string;
  /** The rule that decided, or the code of the last error where that did. */
  readonly cause: string;
  /** What was measured, in `unit`; null where nothing can be. */
  readonly value: number | null;
  /** The limit it is held against, in `unit`; null without one. */
  readonly threshold: number | null;
  readonly unit: 'ms' | 'count' | 'bytes';
  /** Since when, ms since the epoch by this device's clock: exact where it follows from a time, else since this tab first saw it. Null where nobody can know. */
  readonly since: number | null;
  readonly action: ActionCode;
}
