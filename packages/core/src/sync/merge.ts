// What the server says of sessions, brought into the store: history, what lies over it, and the conflicts that follow.
// A session with operations of this device on the way shows the server's state with these applied to it again.
import { applyEffects, type Effect, effectId } from '../model/effect.ts';
import { isDocumented } from '../model/operation.ts';
import type { OverlayRow } from '../model/rows.ts';
import { type FinishedSession, isSameContent, isStanding } from '../model/session.ts';
import type { Store } from '../ports.ts';
import { joinAll, leaveConflicts } from './conflict-groups.ts';
import { toConflictSession } from './conflict-row.ts';
import type { Draft } from './draft.ts';
import { isEqualValue } from './equal.ts';
import { appendHistory } from './history-append.ts';

/** Deleted sessions can be had back for so long. */
export const DELETED_KEPT_MS: number = 30 * 86_400_000;

export class Merge {
  readonly #draft: Draft;
  readonly #store: Store;
  /** Sessions of packed history by id, as far as this merge may meet them. */
  readonly #packed: ReadonlyMap<string, FinishedSession>;
  readonly #appended = new Map<string, FinishedSession>();
  /** How each touched session was shown before. */
  readonly #before = new Map<string, FinishedSession | null>();
  /** Sessions whose pairs were kept or freed. */
  readonly #regrouped = new Set<string>();
  /** Completed sessions that the server is now known to hold, less those it holds no more. */
  #gained = 0;
  #newestEnd: number | null = null;

  constructor(draft: Draft, store: Store, packed: ReadonlyMap<string, FinishedSession>) {
    this.#draft = draft;
    this.#store = store;
    this.#packed = packed;
  }

  /** Difference of completed sessions known at the server. */
  get gained(): number {
    return this.#gained;
  }

  /** To be called before anything about that session changes. */
  touch(id: string): void {
    if (!this.#before.has(id)) this.#before.set(id, this.shown(id));
  }

  /** A session as it is shown, as far as this merge may meet it. */
  shown(id: string): FinishedSession | null {
    return this.#draft.view.near(id) ?? this.#appended.get(id) ?? this.#packed.get(id) ?? null;
  }

  /** The server's state of a session as this device knows it, or null. */
  known(id: string): FinishedSession | null {
    const overlaid = this.#draft.view.overlay.get(id);
    return overlaid === undefined ? (this.#appended.get(id) ?? this.#packed.get(id) ?? null) : overlaid.server;
  }

  /**
   * Takes the server's state of a session in.
   * @param isOtherEpoch versions cannot be compared with what is known.
   */
  take(told: FinishedSession, isOtherEpoch = false): void {
    const { id } = told;
    const known = this.known(id);
    // Of one version the server's word counts: this device may have worked its own out over less than was there.
    if (known !== null && !isOtherEpoch && known.version > told.version) return;
    // A tab that had not heard of its end may have put it back, or a copy of this profile has ended it.
    if (this.#draft.view.running.has(id)) this.#draft.delete('running', id);
    this.touch(id);
    const local = known ?? this.#before.get(id) ?? null;
    // Only this device knows how it was timed.
    const server = local === null ? told : { ...told, plannedDuration: local.plannedDuration, clock: local.clock, clockBound: boundOf(told, local) };
    this.#count(known, server);
    this.#put(id, server);
  }

  /** Shows what was decided on this device over what is known here. What is not, is shown so once the server tells it. */
  show(effects: readonly Effect[], at: number): void {
    for (const id of new Set(effects.map(effectId))) {
      this.touch(id);
      const shown = applyEffects(this.shown(id), id, effects, at);
      if (shown !== null) this.#draft.put('overlay', id, { server: this.known(id), shown });
    }
  }

  /** An operation on that session left the outbox: what is shown follows from those that are left. */
  settle(id: string): void {
    const row = this.#draft.view.overlay.get(id);
    if (row?.server) this.#put(id, row.server);
    else if (row !== undefined) this.#settleUnsent(id);
  }

  /** Nobody but this device has it: it is as it was recorded, with the edits that are left; or it was only ever part of a settlement that came to nothing. */
  #settleUnsent(id: string): void {
    const { view } = this.#draft;
    const operations = view.operationsOf(id);
    const recorded = operations.find(isDocumented)?.session;
    if (recorded !== undefined && operations.length > 1) this.#draft.put('overlay', id, { server: null, shown: shownOver(recorded, id, this.#draft) });
    else if (recorded !== undefined || operations.length === 0) this.#draft.delete('overlay', id);
  }

  /** Pairs of these were kept or freed: what they are in conflict with is found out anew, of what the merge comes to. */
  regroup(ids: readonly string[]): void {
    for (const id of ids) {
      this.touch(id);
      this.#regrouped.add(id);
    }
  }

  #count(known: FinishedSession | null, server: FinishedSession): void {
    this.#gained += (isStanding(server) ? 1 : 0) - (known !== null && isStanding(known) ? 1 : 0);
    if (isStanding(server)) this.#newestEnd = Math.max(this.#newestEnd ?? server.endTime, server.endTime);
  }

  #put(id: string, server: FinishedSession): void {
    const { view } = this.#draft;
    const packed = this.#packed.get(id) ?? null;
    const shown = shownOver(server, id, this.#draft);
    const isPlain = view.seqsOf(id).length === 0;
    const isPacked = packed !== null && packed.version === server.version && isSameContent(packed, server) && isSameAnnotation(packed, server) && server.deletedAt === null;
    if (isPlain && (isPacked || (packed === null && server.deletedAt === null))) {
      if (view.overlay.has(id)) this.#draft.delete('overlay', id);
      if (!isPacked) this.#appended.set(id, server);
      return;
    }
    this.#appended.delete(id);
    const isForgotten = isPlain && server.deletedAt !== null && packed === null && this.#draft.now - server.deletedAt > DELETED_KEPT_MS;
    if (isForgotten) return this.#draft.delete('overlay', id);
    const row: OverlayRow = { server, shown };
    this.#draft.put('overlay', id, row);
  }

  /** Lets conflicts, history and counters follow. */
  finish(): void {
    const draft = this.#draft;
    const joining: FinishedSession[] = [];
    for (const [id, before] of this.#before) {
      const after = this.shown(id);
      const wasStanding = before !== null && isStanding(before);
      const isSame = wasStanding && after !== null && isStanding(after) && isEqualValue(toConflictSession(before), toConflictSession(after));
      if (isSame && !this.#regrouped.has(id)) continue;
      if (wasStanding) leaveConflicts(draft, id);
      if (after !== null) joining.push(after);
    }
    const appended = [...this.#appended.values()];
    joinAll(draft, this.#store, joining, appended);
    appendHistory(draft, this.#store, appended);
    const { acknowledged, lastAcknowledged } = draft.view.head;
    const newest = this.#newestEnd === null ? lastAcknowledged : Math.max(lastAcknowledged ?? this.#newestEnd, this.#newestEnd);
    draft.setHead({ acknowledged: Math.max(0, acknowledged + this.#gained), lastAcknowledged: newest });
  }
}

/** A server's state with this device's pending operations applied to it again. */
function shownOver(server: FinishedSession, id: string, { view }: Draft): FinishedSession {
  let shown = server;
  for (const operation of view.operationsOf(id)) {
    if (!isDocumented(operation) && operation.change !== null) shown = applyEffects(shown, id, operation.change.effects, operation.at) ?? shown;
  }
  return shown;
}

/** Of times that the server tells the clock is known where they were told with it, or are this device's own. */
function boundOf(told: FinishedSession, local: FinishedSession): FinishedSession['clockBound'] {
  const isTimed = told.startTime === local.startTime && told.endTime === local.endTime;
  return told.clockBound ?? (isTimed ? local.clockBound : null);
}

function isSameAnnotation(a: FinishedSession, b: FinishedSession): boolean {
  return a.annotation === b.annotation && isEqualValue(a.tags ?? [], b.tags ?? []);
}
