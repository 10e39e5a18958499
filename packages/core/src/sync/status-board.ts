// The Sources of an engine, kept in step with the view: status, conflicts and how they were settled, running sessions here and elsewhere.
// Emits only what is committed, only what changed, and by itself only when time alone changes a word.
import type { Conflict } from '@syncline/protocol';
import type { EngineStatus, RunningElsewhere, Session } from '../api.ts';
import type { Settlement } from '../api-conflicts.ts';
import type { StateExplanation } from '../api-explain.ts';
import { runningToSession } from '../model/session-view.ts';
import type { Cancel, Clock, StoreSpace } from '../ports.ts';
import { createEmitter, type Emitter, type Source } from '../source.ts';
import { mergeConflicts } from './conflict-list.ts';
import type { Diary } from './diary.ts';
import { isEqualValue } from './equal.ts';
import { explainStatus, wordKey } from './explain.ts';
import type { Local } from './local.ts';
import { runningElsewhere } from './running-elsewhere.ts';
import { toJournal } from './settlement-row.ts';
import { type DerivedStatus, deriveStatus } from './status.ts';
import { type Self, type StatusInput, statusInput } from './status-input.ts';

/** Room between two versions of the store for emissions that time or this tab alone causes. */
const VERSION_STEP = 1_000_000;
const TIMER_MAX_MS = 2_000_000_000;
const BUSY_AGAIN_MS = 50;

export interface StatusBoardOptions {
  readonly local: Local;
  readonly clock: Clock;
  readonly self: Self;
  readonly lastHours: number;
  readonly diary: Diary;
}

export class StatusBoard {
  readonly #options: StatusBoardOptions;
  readonly #status: Emitter<EngineStatus>;
  readonly #conflicts: Emitter<readonly Conflict[]>;
  readonly #journal: Emitter<readonly Settlement[]>;
  readonly #running: Emitter<readonly Session[]>;
  readonly #elsewhere: Emitter<readonly RunningElsewhere[]>;
  #conflictList: readonly Conflict[] = [];
  #settlements: readonly Settlement[] = [];
  #seen: readonly unknown[] = [];
  #seenSettlements = -1;
  readonly #problems = new Set<string>();
  /** When this tab first saw a word that it still shows. */
  readonly #since = new Map<string, number>();
  #leader = false;
  /** Sessions that are not in the store there is, whenever it is asked: see {@link TabFacts.beside}. */
  beside: () => number = () => 0;
  #space: StoreSpace = { usage: null, quota: null, persisted: null };
  #cancelTimer: Cancel | null = null;
  #isClosed = false;

  constructor(options: StatusBoardOptions) {
    this.#options = options;
    this.#refreshLists();
    const input = this.#input();
    const now = options.clock.now();
    const { status } = deriveStatus(input, now);
    options.diary.noteStep(now, input, status);
    this.#status = createEmitter(this.#stamp(status, 0), isSameStatus);
    this.#noteWords(this.#status.source.current);
    this.#conflicts = createEmitter(this.#conflictList, isEqualValue);
    this.#journal = createEmitter(this.#settlements, isEqualValue);
    this.#running = createEmitter(this.#listRunning(), isEqualValue);
    this.#elsewhere = createEmitter(this.#listElsewhere(), isEqualValue);
  }

  get status(): Source<EngineStatus> {
    return this.#status.source;
  }

  get conflicts(): Source<readonly Conflict[]> {
    return this.#conflicts.source;
  }

  get journal(): Source<readonly Settlement[]> {
    return this.#journal.source;
  }

  get running(): Source<readonly Session[]> {
    return this.#running.source;
  }

  get elsewhere(): Source<readonly RunningElsewhere[]> {
    return this.#elsewhere.source;
  }

  /** Looks at everything again and emits what changed. */
  update(): void {
    if (this.#isClosed) return;
    // Between a decision and its commit the view is ahead of the store. The commit calls again, unless it wrote nothing.
    if (this.#options.local.isBusy) return this.#setTimer(this.#options.clock.now() + BUSY_AGAIN_MS);
    this.#refreshLists();
    const input = this.#input();
    const now = this.#options.clock.now();
    const { status, changesAt } = deriveStatus(input, now);
    this.#setTimer(changesAt);
    const isOtherList = this.#conflicts.emit(this.#conflictList);
    this.#journal.emit(this.#settlements);
    this.#running.emit(this.#listRunning());
    this.#elsewhere.emit(this.#listElsewhere());
    const isNew = this.#status.emit(this.#stamp(status, this.#status.source.current.local.version));
    if (isNew) this.#options.diary.noteStep(now, input, status);
    if (isNew || isOtherList) this.#noteWords(this.#status.source.current);
  }

  /** Every word of the status that is shown now, explained. */
  explain(): readonly StateExplanation[] {
    const { local: { view }, clock } = this.#options;
    const oldest = view.operations.values().next().value;
    return explainStatus({
      status: this.#status.source.current, input: this.#input(), oldestPending: oldest?.at ?? null, isWaiting: view.isWaiting(), now: clock.now(), since: this.#since,
    });
  }

  #noteWords({ sync_status: overall, local: { connection, phase, closing, problems } }: EngineStatus): void {
    const words = [
      wordKey('sync_status', overall), wordKey('connection', connection), wordKey('phase', phase), wordKey('closing', closing.word),
      ...problems.map((code) => wordKey('problem', code)),
      ...new Set(this.#conflictList.map(({ certainty }) => wordKey('conflicts', certainty))),
    ];
    const now = this.#options.clock.now();
    for (const word of this.#since.keys()) if (!words.includes(word)) this.#since.delete(word);
    for (const word of words) if (!this.#since.has(word)) this.#since.set(word, now);
  }

  setLeader(leader: boolean): void {
    this.#leader = leader;
    this.update();
  }

  setProblem(code: string, isThere: boolean): void {
    if (this.#problems.has(code) === isThere) return;
    if (isThere) this.#problems.add(code);
    else this.#problems.delete(code);
    this.update();
  }

  setSpace(space: StoreSpace): void {
    this.#space = space;
    this.update();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#status.close();
    this.#conflicts.close();
    this.#journal.close();
    this.#running.close();
    this.#elsewhere.close();
  }

  #input(): StatusInput {
    const { local, self, lastHours } = this.#options;
    const tab = { leader: this.#leader, problems: [...this.#problems], space: this.#space, beside: this.beside() };
    return statusInput(local.view, self, tab, this.#conflictList, lastHours);
  }

  /** Conflicts are listed again only when one of their sources changed, and so are settlements. */
  #refreshLists(): void {
    const { view } = this.#options.local;
    if (this.#seenSettlements !== view.settlementRevision) this.#settlements = toJournal(view.settlements.values());
    this.#seenSettlements = view.settlementRevision;
    const seen = [view.conflictRevision, view.answer];
    if (seen.every((value, i) => value === this.#seen[i])) return;
    this.#seen = seen;
    const answer = view.answer?.answer;
    this.#conflictList = mergeConflicts(view.conflicts.values(), answer?.conflicts ?? [], answer?.everyDuplicate ?? false);
  }

  #listRunning(): readonly Session[] {
    const { local, self } = this.#options;
    return [...local.view.running.values()].map((running) => runningToSession(running, self.deviceType, self.deviceId));
  }

  #listElsewhere(): readonly RunningElsewhere[] {
    const { local, self, clock } = this.#options;
    return runningElsewhere(local.view, self, clock.now());
  }

  /** Larger than the last one, and larger than any that an older state of the store can have in another tab. */
  #stamp(status: DerivedStatus, last: number): EngineStatus {
    const { head } = this.#options.local.view;
    const seconds = Math.floor((this.#options.clock.now() - head.at) / 1000);
    const base = head.version * VERSION_STEP + Math.min(VERSION_STEP / 2, Math.max(0, seconds));
    return { ...status, local: { ...status.local, version: Math.max(last + 1, base) } };
  }

  #setTimer(at: number | null): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (at === null) return;
    const { clock } = this.#options;
    const delay = Math.min(TIMER_MAX_MS, Math.max(1, Math.ceil(at - clock.now())));
    this.#cancelTimer = clock.setTimer(delay, () => this.update());
  }
}

/** Whether they differ in their version alone. */
function isSameStatus(a: EngineStatus, b: EngineStatus): boolean {
  return isEqualValue({ ...a, local: { ...a.local, version: b.local.version } }, b);
}
