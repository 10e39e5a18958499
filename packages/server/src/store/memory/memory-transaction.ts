// Writes of one user's rows in memory, each with what takes it back.
import type { StoredSession, UserChanges, UserTransaction } from '../../ports.ts';
import { isLive, placeOf } from './live-index.ts';
import { MemoryReader } from './memory-reader.ts';
import { UndoLog } from '../undo-log.ts';
import type { UserState } from './user-state.ts';

export class MemoryTransaction extends MemoryReader implements UserTransaction {
  readonly #undo = new UndoLog();

  async write(changes: UserChanges): Promise<void> {
    const { state } = this;
    const undo = this.#undo;
    for (const session of changes.sessions ?? []) this.#putSession(session);
    for (const start of changes.starts ?? []) undo.set(state.starts, start.sessionId, start);
    for (const cancellation of changes.cancellations ?? []) undo.set(state.cancellations, cancellation.sessionId, cancellation);
    this.#writeConflicts(changes);
    for (const device of changes.devices ?? []) undo.set(state.devices, device.deviceId, device);
    for (const deviceId of changes.removedDevices ?? []) undo.delete(state.devices, deviceId);
    for (const result of changes.results ?? []) undo.set(state.results, result.operationId, result);
    for (const settlement of changes.settlements ?? []) undo.set(state.settlements, settlement.id, settlement);
    if (changes.preferences !== undefined) this.#assign('preferences', changes.preferences);
    if (changes.preferencesUpdate !== undefined) {
      const { added, before, most } = changes.preferencesUpdate;
      this.#assign('preferencesUpdates', [...state.preferencesUpdates.filter(({ at }) => at >= before), added].slice(-most));
    }
    if (changes.summary !== undefined) this.#assign('summary', changes.summary);
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const { mark } = this.#undo;
    try {
      return await work();
    } catch (error) {
      this.#undo.returnTo(mark);
      throw error;
    }
  }

  /** Whether anything written would stay at a commit now. */
  get hasWritten(): boolean {
    return this.#undo.mark > 0;
  }

  rollback(): void {
    this.#undo.returnTo(0);
  }

  #assign<K extends 'preferences' | 'preferencesUpdates' | 'summary'>(field: K, value: UserState[K]): void {
    const before = this.state[field];
    this.#undo.run(() => void (this.state[field] = value), () => void (this.state[field] = before));
  }

  /** The list of live sessions is ordered by what the sessions hold, so it loses the old place first and gains the new one last. */
  #putSession(session: StoredSession): void {
    const { state } = this;
    const before = state.sessions.get(session.id);
    if (isLive(before)) this.#removePlace(before.startTime, before.id);
    this.#undo.set(state.sessions, session.id, session);
    if (isLive(session)) this.#addPlace(session.startTime, session.id);
  }

  #removePlace(startTime: number, id: string): void {
    const place = placeOf(this.state, startTime, id);
    this.#undo.run(
      () => void this.state.liveByStart.splice(place, 1),
      () => void this.state.liveByStart.splice(place, 0, id),
    );
  }

  #addPlace(startTime: number, id: string): void {
    const place = placeOf(this.state, startTime, id);
    this.#undo.run(
      () => void this.state.liveByStart.splice(place, 0, id),
      () => void this.state.liveByStart.splice(place, 1),
    );
  }

  #writeConflicts(changes: UserChanges): void {
    const { state } = this;
    const undo = this.#undo;
    const into = new Map((changes.mergedGroups ?? []).map((merge) => [merge.from, merge.to]));
    if (into.size > 0) {
      for (const [id, group] of [...state.members]) {
        const target = into.get(group);
        if (target !== undefined) undo.set(state.members, id, target);
      }
    }
    for (const { sessionId, group } of changes.members ?? []) {
      if (group === null) undo.delete(state.members, sessionId);
      else undo.set(state.members, sessionId, group);
    }
    for (const group of changes.groups ?? []) undo.set(state.groups, group.group, group);
    for (const group of changes.removedGroups ?? []) undo.delete(state.groups, group);
    const freed = new Set(changes.freedSettlements);
    for (const [key, { settlementId }] of freed.size === 0 ? [] : [...state.keptPairs]) {
      if (freed.has(settlementId)) undo.delete(state.keptPairs, key);
    }
    for (const pair of changes.keptPairs ?? []) undo.set(state.keptPairs, `${pair.first}|${pair.second}|${pair.settlementId}`, pair);
  }
}
