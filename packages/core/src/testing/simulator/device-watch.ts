import { Effort } from './effort.ts';
import { isVolatile } from './oracle/status.ts';
import { idOf, isMoving, isSettlement } from './outbox-rows.ts';
import type { TabSlot } from './world.ts';

/** So long after a person asked to try again that may still be news to the tab that sends: it may have had to wait for its store. */
const WISH_LATE_MS = 60_000;

/** What is watched on one device. */
export class DeviceWatch {
  /** Pending sessions at each version of the store. */
  readonly pendingAt: Map<number, number> = new Map();
  /** Versions of the store at which settlements waited to be sent. */
  readonly settlingAt: Set<number> = new Set();
  /** Its store holds something to be sent that does not wait for a person. */
  isMoving: boolean = false;
  readonly acknowledged: Set<string> = new Set();
  readonly #effort: Effort = new Effort();
  readonly #own = new WeakMap<object, Effort>();
  lastVersion: number = -1;
  /** Tokens that were answered 401 there, since when; nobody asked by hand to try again. */
  readonly refused: Map<string, number> = new Map();
  #wishedAt = Number.NEGATIVE_INFINITY;
  /** When the last delivery was sent that was answered: a device may sleep long over an answer. */
  heardFrom: number = 0;
  lostAnswer: { readonly id: string; readonly at: number; killed: boolean; expired: boolean } | null = null;

  /** Its store holds these operations at that version. Returns how many sessions are unsent. */
  holds(version: number, operations: readonly unknown[]): number {
    const pending = new Set(operations.flatMap(idOf)).size;
    this.lastVersion = version;
    this.pendingAt.set(version, pending);
    if (operations.some(isSettlement)) this.settlingAt.add(version);
    this.isMoving = isMoving(operations);
    return pending;
  }

  /** What the tabs of its store ask together, or what a tab does that has none but its memory: it cannot know how the others fared. */
  effortOf({ engine }: TabSlot): Effort {
    if (engine === null || !isVolatile(engine.status.current)) return this.#effort;
    const own = this.#own.get(engine) ?? new Effort();
    this.#own.set(engine, own);
    return own;
  }

  /** A person asked to try again. */
  wished(now: number): void {
    this.refused.clear();
    this.#wishedAt = now;
  }

  /** Whether that token was refused there, and is not to be sent again. */
  isRefused(key: string, now: number): boolean {
    const at = this.refused.get(key);
    return at !== undefined && at < now && at > this.#wishedAt + WISH_LATE_MS;
  }

  /** From here on everything is counted afresh. */
  forgetEfforts(tabs: readonly TabSlot[]): void {
    this.#effort.forget();
    for (const slot of tabs) this.effortOf(slot).forget();
  }
}
