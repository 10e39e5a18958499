// Looks after the store for its whole life: says what is wrong with it, asks for persistence, keeps the marker beside it,
// and gets back to the real one when it had to do without.
import type { Cancel, Clock, StoreError, StoreFactory } from '../ports.ts';
import { type DeviceIdentity, MarkerKeeper } from './device.ts';
import type { Local } from './local.ts';
import type { OpenedStore } from './open-store.ts';
import { reopenStore } from './reopen.ts';
import type { StatusBoard } from './status-board.ts';

/** What a refusal of the store is called in the status. */
const PROBLEMS: Readonly<Partial<Record<StoreError['code'], string>>> = { quota: 'storage_full', blocked: 'upgrade_blocked' };
const OTHER_PROBLEM = 'storage_unavailable';

export interface StoreKeeperOptions {
  readonly local: Local;
  readonly board: StatusBoard;
  readonly stores: StoreFactory;
  readonly clock: Clock;
  readonly name: string;
  readonly identity: DeviceIdentity;
  readonly signal: AbortSignal;
}

export class StoreKeeper {
  readonly #options: StoreKeeperOptions;
  readonly #marker: MarkerKeeper;
  #isVolatile = false;
  #hasAsked = false;
  #stopListening: Cancel = () => undefined;

  constructor(options: StoreKeeperOptions) {
    this.#options = options;
    this.#marker = new MarkerKeeper(options.stores, options.name, options.identity);
    options.signal.addEventListener('abort', () => this.#stopListening());
  }

  begin(opened: OpenedStore): void {
    const { board, local } = this.#options;
    for (const problem of opened.problems) board.setProblem(problem, true);
    this.#isVolatile = opened.isVolatile;
    if (opened.isVolatile) void this.#reopen();
    this.#marker.update(local.view.sessionsPending);
    this.#listen();
    void this.#lookAtSpace();
  }

  /** A handle that was taken away: look whether something changed meanwhile. */
  #listen(): void {
    const { local } = this.#options;
    this.#stopListening();
    // When the store refuses, the next call says so.
    this.#stopListening = local.store.onInterrupted(() => void local.refresh().catch(() => undefined));
  }

  refused({ code }: StoreError): void {
    this.#options.board.setProblem(PROBLEMS[code] ?? OTHER_PROBLEM, true);
    void this.#lookAtSpace();
  }

  /** The view moved. */
  follow(isOwn: boolean): void {
    const { sessionsPending } = this.#options.local.view;
    this.#marker.update(sessionsPending);
    if (isOwn) this.#agreed();
    if (sessionsPending > 0 && !this.#hasAsked) void this.#askToPersist();
  }

  /** A commit went through: whatever was wrong with the store is over, unless it is not the real one. */
  #agreed(): void {
    if (this.#isVolatile) return;
    for (const problem of [...Object.values(PROBLEMS), OTHER_PROBLEM]) this.#options.board.setProblem(problem, false);
  }

  async #reopen(): Promise<void> {
    const { local, stores, name, clock, signal, board } = this.#options;
    if (!(await reopenStore({ local, stores, name, clock, signal }))) return;
    this.#isVolatile = false;
    this.#listen();
    board.setProblem('volatile_storage', false);
    this.#agreed();
    void this.#lookAtSpace();
  }

  /** Asked once there is something to lose. */
  async #askToPersist(): Promise<void> {
    this.#hasAsked = true;
    await this.#options.local.store.persist().catch(() => false);
    await this.#lookAtSpace();
  }

  async #lookAtSpace(): Promise<void> {
    try {
      this.#options.board.setSpace(await this.#options.local.store.space());
    } catch {
      // Not known then.
    }
  }
}
