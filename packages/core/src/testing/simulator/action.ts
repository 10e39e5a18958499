// What can happen in a simulated world, as data. A plan is a list of these and the shape of the world;
// the runner executes plans and decides nothing, so a plan without one of its actions is a plan.

/** Ways in which a message between a device and the server goes wrong while a `net` action lasts. */
export type NetFault =
  /** Nothing passes, in either direction. */
  | 'cut'
  /** Requests do not arrive. */
  | 'lose-request'
  /** Requests arrive and are acted on; their answers do not come back. */
  | 'lose-answer'
  /** Answers end after some bytes. */
  | 'truncate'
  /** Each request arrives twice. */
  | 'duplicate'
  /** Requests and answers take up to 20 s each, so that they overtake one another. */
  | 'slow'
  /** Requests arrive, answers never end. */
  | 'hang'
  /** A captive portal: every request is answered 200 with a page, and none arrives. */
  | 'portal'
  /** As a portal, with JSON that is no answer of ours. */
  | 'junk'
  /** A proxy's redirect to a login page. */
  | 'redirect'
  /** The edge answers with that status and an empty or foreign body. */
  | 'status-408' | 'status-429' | 'status-500' | 'status-502' | 'status-503' | 'status-401' | 'status-403' | 'status-404';

/** What makes the server refuse one session for ever: an answer given to each request that carries it. */
export type Poison = 400 | 409 | 413 | 422 | 500;

/** What a person may write anew of a session. */
export type Word = 'category' | 'project' | 'note';

export type Deed =
  // A person, in one tab.
  | { readonly do: 'record'; readonly device: number; readonly tab: number; readonly start: number; readonly minutes: number; readonly poison?: Poison | undefined }
  | { readonly do: 'again'; readonly device: number; readonly tab: number }
  | { readonly do: 'start'; readonly device: number; readonly tab: number }
  | { readonly do: 'complete'; readonly device: number; readonly tab: number }
  | { readonly do: 'cancel'; readonly device: number; readonly tab: number }
  // What was refused; with `nth` also what waits because it ends in the future, counted in the list that the tab shows then.
  | { readonly do: 'retry'; readonly device: number; readonly tab: number; readonly nth?: number | undefined; readonly minutes?: number | undefined; readonly words?: Word | undefined }
  | { readonly do: 'discard'; readonly device: number; readonly tab: number; readonly nth?: number | undefined }
  | { readonly do: 'sync'; readonly device: number; readonly tab: number }
  | { readonly do: 'look'; readonly device: number; readonly tab: number }
  | { readonly do: 'prefer'; readonly device: number; readonly tab: number; readonly name: 'default_duration' | 'long_break_duration' | 'short_break_duration'; readonly value: number }
  | { readonly do: 'annotate'; readonly device: number; readonly tab: number; readonly session: number; readonly atEnd: boolean }
  // The same, about what is recorded already; `nth` counts in the list that the tab shows then. With `words` the minutes only name what is written there.
  | { readonly do: 'amend'; readonly device: number; readonly tab: number; readonly nth: number; readonly minutes: number; readonly words?: Word | undefined }
  | { readonly do: 'delete'; readonly device: number; readonly tab: number; readonly nth: number }
  | { readonly do: 'undelete'; readonly device: number; readonly tab: number; readonly nth: number }
  | { readonly do: 'settle'; readonly device: number; readonly tab: number; readonly nth: number; readonly choice: 'keep_all' | 'keep_one' | 'trim' | 'split' | 'merge_span' | 'merge_sum' }
  | { readonly do: 'undo'; readonly device: number; readonly tab: number; readonly nth: number }
  // A tab's life.
  | { readonly do: 'open'; readonly device: number; readonly tab: number }
  | { readonly do: 'close'; readonly device: number; readonly tab: number }
  | { readonly do: 'kill'; readonly device: number; readonly tab: number; readonly point?: 'before-commit' | 'committed' | undefined }
  /** With `isTold` the page hears of it first, as browsers promise; without, it stops between two statements and keeps what it holds. */
  | { readonly do: 'freeze'; readonly device: number; readonly tab: number; readonly forMs: number; readonly isTold?: boolean | undefined }
  /** Its page is loaded anew with another version of the store, while an old tab holds the former one open for so long. */
  | { readonly do: 'upgrade'; readonly device: number; readonly tab: number; readonly forMs: number }
  | { readonly do: 'hide'; readonly device: number; readonly tab: number; readonly forMs: number }
  | { readonly do: 'steal'; readonly device: number; readonly tab: number }
  | { readonly do: 'deafen'; readonly device: number; readonly forMs: number }
  | { readonly do: 'hint'; readonly device: number; readonly online: boolean }
  // A device's clock, power and storage.
  | { readonly do: 'sleep'; readonly device: number; readonly forMs: number }
  | { readonly do: 'clock'; readonly device: number; readonly byMs: number }
  | { readonly do: 'power'; readonly device: number }
  | { readonly do: 'evict'; readonly device: number }
  /** Its profile is replaced by a copy of another device's of the same user; `nth` counts those. */
  | { readonly do: 'clone'; readonly device: number; readonly nth: number }
  | { readonly do: 'full'; readonly device: number; readonly forMs: number }
  | { readonly do: 'abort'; readonly device: number; readonly count: number }
  | { readonly do: 'handle'; readonly device: number }
  | { readonly do: 'refuse-open'; readonly device: number; readonly forMs: number }
  // The way to the server.
  | { readonly do: 'net'; readonly device: number; readonly fault: NetFault; readonly forMs: number }
  // The server.
  | { readonly do: 'server-down'; readonly forMs: number }
  | { readonly do: 'server-crash'; readonly when: 'before' | 'after' }
  | { readonly do: 'server-clock'; readonly byMs: number }
  | { readonly do: 'server-save' }
  | { readonly do: 'server-restore' }
  // Identity.
  | { readonly do: 'expire'; readonly user: number }
  | { readonly do: 'signed-out'; readonly device: number; readonly forMs: number }
  | { readonly do: 'other-user'; readonly device: number; readonly forMs: number };

/** One thing that happens at one instant, in milliseconds of world time since the run began. */
export type Action = Deed & { readonly at: number };
export type DeedName = Deed['do'];

export interface DevicePlan {
  /** Index of the account that uses it. */
  readonly user: number;
  readonly type: string;
  /** Tabs open at the beginning. */
  readonly tabs: number;
  /** How far its clock is ahead of the world's, in milliseconds. */
  readonly clockAheadMs: number;
  /** How much faster its clock runs, in parts per million. */
  readonly driftPpm: number;
  /** Usual time of one way to the server, in milliseconds. */
  readonly latencyMs: number;
}

/** A whole run: executing it needs no generator. */
export interface Plan {
  /** Feeds latency, ids and jitter. What happens is the list, never the seed. */
  readonly seed: number;
  readonly users: number;
  /** The server offers the documented calls only. */
  readonly isBasic?: boolean | undefined;
  /** Whether the server's stream can be had. */
  readonly streams?: boolean | undefined;
  /** The engines are made with preferences, and with notes that merge. */
  readonly hasPreferences?: boolean | undefined;
  readonly devices: readonly DevicePlan[];
  readonly actions: readonly Action[];
}

/** Deeds that break something; the rest are what people do. */
export function isFault(action: Deed): boolean {
  return !PERSON_DEEDS.has(action.do);
}

const PERSON_DEEDS: ReadonlySet<DeedName> = new Set<DeedName>([
  'record', 'again', 'start', 'complete', 'cancel', 'retry', 'discard', 'sync', 'look', 'prefer', 'annotate', 'amend', 'delete', 'undelete', 'settle', 'undo', 'open', 'close', 'hide',
]);
