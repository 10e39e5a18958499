// Looks after the store for its whole life: says what is wrong with it, asks for persistence, keeps the marker beside it,
// and gets back to the real one when it had to do without.
import { isSettlement } from '../model/operation.ts';
import type { Cancel, Clock, StoreError } from '../ports.ts';
import { identityOf, keepIdentity, MarkerKeeper, type MarkerOptions, noteLoss, type OwnIdentity } from './device.ts';
import { type OpenedStore, PROBLEMS } from './open-store.ts';
import { pause } from './pause.ts';
import { reopenStore } from './reopen.ts';
import { type Held, rescue } from './rescue.ts';
import type { StatusBoard } from './status-board.ts';

const AGAIN_MS = 5000;
/** So long after a refusal it is tried whether the store is well again, should nobody write before. */
const PROBE_MS = 60_000;
const OTHER_PROBLEM = 'storage_unavailable';

export interface StoreKeeperOptions extends MarkerOptions {
  readonly board: StatusBoard;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export class StoreKeeper {
  readonly #options: StoreKeeperOptions;
  readonly #marker: MarkerKeeper;
  #isVolatile = false;
  #hasAsked = false;
  /** Pending sessions of a store that vanished, until this tab has put them into the new one; null otherwise. Other tabs may hold others. */
  #vanished: Set<string> | null = null;
  /** While something that was refused waits: ends with the next commit that goes through, and then it is tried again. The timers of a hidden tab are late. */
  #untilAgreed: AbortController | null = null;
  /** Version of the store that this tab last followed. */
  #version = 0;
  #stopListening: Cancel = () => undefined;
  #cancelProbe: Cancel | null = null;

  constructor(options: StoreKeeperOptions) {
    this.#options = options;
    this.#marker = new MarkerKeeper(options);
    // In a real store that this tab has to do without wait those of which the marker tells.
    options.board.beside = () => (this.#vanished !== null ? this.#outstanding(this.#vanished) : this.#isVolatile ? this.#marker.latest.unsent : 0);
    options.signal.addEventListener('abort', () => {
      this.#untilAgreed?.abort();
      this.#stopListening();
      this.#endProbe();
    });
  }

  /** Resolves once nothing is, or will be, on its way from a volatile store into the real one. */
  async begin(opened: OpenedStore): Promise<void> {
    const { board, own } = this.#options;
    for (const problem of opened.problems) board.setProblem(problem, true);
    if (opened.isVolatile) {
      this.#isVolatile = true;
      board.update();
    }
    if (own.owed !== null) void this.#noteOwed(own.owed);
    this.#marker.update(this.#isVolatile);
    this.#listen();
    void this.#lookAtSpace();
    if (opened.isVolatile) await this.#reopen();
  }

  async #noteOwed({ volatile, loss }: NonNullable<OwnIdentity['owed']>): Promise<void> {
    const { local, own } = this.#options;
    if (!(await this.#insist(() => noteLoss(local, volatile, 0, loss)))) return;
    own.owed = null;
    this.#marker.update(this.#isVolatile);
  }

  /** However long it takes. Resolves to whether it was done before the engine stopped. */
  async #insist(work: () => Promise<unknown>): Promise<boolean> {
    const { clock, signal } = this.#options;
    while (!signal.aborted) {
      try {
        await work();
        return true;
      } catch {
        this.#untilAgreed ??= new AbortController();
        if (!signal.aborted) await pause(AGAIN_MS, clock, this.#untilAgreed.signal);
      }
    }
    return false;
  }

  /** A handle that was taken away: look whether something changed meanwhile. */
  #listen(): void {
    const { local } = this.#options;
    this.#stopListening();
    // When the store refuses, the next call says so.
    this.#stopListening = local.store.onInterrupted(() => void local.refresh().catch(() => undefined));
  }

  refused({ code }: StoreError): void {
    const { board, clock, local, signal } = this.#options;
    board.setProblem(PROBLEMS[code] ?? OTHER_PROBLEM, true);
    void this.#lookAtSpace();
    if (signal.aborted) return;
    // Refused again, it comes back here.
    this.#cancelProbe ??= clock.setTimer(PROBE_MS, () => {
      this.#cancelProbe = null;
      // Any change will do, but for one that looks like a sign of a leader's life.
      local.commit((draft) => draft.setHead({ by: local.tab }), 'relaxed').catch(() => undefined);
    });
  }

  #endProbe(): void {
    this.#cancelProbe?.();
    this.#cancelProbe = null;
  }

  /**
   * Something is on its way to the disk. The marker goes ahead of it, since writing one takes longer than all the rest of a record, and
   * this way nobody waits for it. Never with less than the store may hold: a loss that is told one too large is better than one untold.
   * @param isOnItsWay false when it was refused after all: what this tab knows of the store may be old then.
   */
  decided(isOnItsWay: boolean): void {
    const { local } = this.#options;
    if (!isOnItsWay) local.refresh().then(() => this.decided(true), () => undefined);
    else if (this.#vanished !== null) this.#raiseOver(this.#vanished);
    else if (!local.isBusy) this.#marker.update(this.#isVolatile);
    // On its way out of a volatile store all is counted there until it has arrived.
    else if (!this.#isVolatile) this.#marker.raise(local.view.sessionsPending, local.view.sync.loss);
  }

  /** The view moved. */
  follow(isOwn: boolean): void {
    const { sessionsPending, head: { version } } = this.#options.local.view;
    // Others wrote, and the marker too: where a commit of this tab found that itself, nobody has told of it.
    if (!isOwn || version !== this.#version + 1) this.#marker.follow();
    this.#version = version;
    if (this.#vanished !== null) this.#followBack(this.#vanished);
    else if (isOwn || this.#isVolatile) this.#marker.update(this.#isVolatile);
    this.#agreed();
    if (sessionsPending > 0 && !this.#hasAsked) void this.#askToPersist();
  }

  /** Until what vanished is back in the store, it is counted beside what the new one holds. */
  #outstanding(vanished: ReadonlySet<string>): number {
    const { view } = this.#options.local;
    return [...vanished].filter((id) => view.seqsOf(id).length === 0).length;
  }

  /** What another tab put back may be sent before this one gets to it. */
  #followBack(vanished: Set<string>): void {
    const { view, isBusy } = this.#options.local;
    if (!isBusy) for (const id of vanished) if (view.seqsOf(id).length > 0) vanished.delete(id);
    this.#raiseOver(vanished);
  }

  /** The marker keeps what other tabs count, and what was told before. */
  #raiseOver(vanished: ReadonlySet<string>): void {
    const { unsent, loss } = this.#marker.latest;
    this.#marker.raise(Math.max(this.#options.local.view.sessionsPending + this.#outstanding(vanished), unsent), loss);
  }

  /** A commit went through, of this tab or of another: whatever was wrong with the store is over, unless it is not the real one. */
  #agreed(): void {
    this.#untilAgreed?.abort();
    this.#untilAgreed = null;
    if (this.#isVolatile) return;
    this.#endProbe();
    for (const problem of [...Object.values(PROBLEMS), OTHER_PROBLEM]) this.#options.board.setProblem(problem, false);
  }

  async #reopen(): Promise<void> {
    const { local, own, stores, name, clock, signal, board } = this.#options;
    let { latest } = this.#marker;
    const onAdopted = (): void => {
      // Another tab that had the real store all the while may have recorded into it.
      latest = this.#marker.latest;
      this.#isVolatile = this.#hasAsked = false;
      board.setProblem('volatile_storage', false);
    };
    const found = await reopenStore({ local, own, stores, name, clock, signal, onAdopted });
    if (found === null) return;
    // What this tab recorded meanwhile makes up for nothing. Of the store that the marker speaks of nothing is lost: whoever began it anew noted that first.
    const known = await identityOf(local).catch(() => null);
    await this.#keepIdentity(known?.incarnation === latest.incarnation ? 0 : Math.max(0, latest.unsent - found));
    this.#listen();
    this.#agreed();
    void this.#lookAtSpace();
  }

  async #keepIdentity(lost: number): Promise<void> {
    const { local, own } = this.#options;
    try {
      // With this identity in the store the marker beside it speaks of no loss.
      await noteLoss(local, lost);
      own.identity = await keepIdentity(local, own.identity);
    } catch {
      // The next start mints a new one, and finds the loss by the marker.
    }
  }

  /** The store was removed under this tab: what it still holds in memory is put into the new one, however long that takes. */
  async vanished(held: Held): Promise<void> {
    const { local, board } = this.#options;
    const vanished = (this.#vanished ??= new Set());
    for (const operation of held.operations) if (!isSettlement(operation)) vanished.add(operation.session.id);
    this.#raiseOver(vanished);
    const isBack = await this.#insist(() => rescue(local, held, (ids) => [...ids].forEach((id) => vanished.delete(id))));
    if (!isBack) return;
    for (const { session } of held.operations) vanished.delete(session.id);
    board.update();
    // Other tabs may have recorded meanwhile, or put back theirs, or be gone with what they held.
    const lost = Math.max(0, this.#marker.latest.unsent - local.view.sessionsPending);
    if (vanished.size === 0) await this.#keepIdentity(lost);
    // The new one went as well, before that or meanwhile, and more is on its way.
    if (vanished.size > 0 || this.#vanished !== vanished) return;
    this.#vanished = null;
    this.#marker.lower(lost);
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
