// The engine, through its public interface wherever that has the question; below it for the questions an app never asks.
import { createSyncEngine, type SyncEngine } from '@syncline/core';
import { findOverlapsInColumns } from '@syncline/protocol';
import { createDexieStores } from '../../../packages/core/src/adapters/dexie-store.ts';
import { createSystemClock } from '../../../packages/core/src/adapters/system-clock.ts';
import type { FinishedSession } from '../../../packages/core/src/model/session.ts';
import { storeName } from '../../../packages/core/src/store-name.ts';
import type { Draft } from '../../../packages/core/src/sync/draft.ts';
import type { Columns } from '../../../packages/core/src/sync/history-chunk.ts';
import { appendHistory } from '../../../packages/core/src/sync/history-append.ts';
import { Local } from '../../../packages/core/src/sync/local.ts';
import { planSettle } from '../../../packages/core/src/sync/settle.ts';
import { Diary } from '../../../packages/core/src/sync/diary.ts';
import { StatusBoard } from '../../../packages/core/src/sync/status-board.ts';
import type { BenchSession, Contender, Overlapping } from './contender.ts';
import { OWN_DEVICE } from './data.ts';

/** Whose store it is, and how the server knows: without a token the engine is whole and looks for work, and no request leaves it. */
export interface Owner {
  readonly user: string;
  readonly deviceId: string;
  readonly token: () => string | null;
}

const ALONE: Owner = { user: 'bench', deviceId: OWN_DEVICE, token: () => null };
const CHUNK = 2000;

function finished({ id, startTime, endTime, category, project, note, deviceId }: BenchSession): FinishedSession {
  return {
    id, startTime, endTime, category, project, note, deviceId, plannedDuration: null, source: 'web_timer', displayId: null, clock: null, cancelled: null, version: 1, deletedAt: null,
  };
}

async function openLocal({ user }: Owner): Promise<Local> {
  const store = await createDexieStores().open(storeName(location.origin, user));
  const clock = createSystemClock();
  return new Local({ store, clock, ids: { uuid: () => crypto.randomUUID() } });
}

export class EngineContender implements Contender {
  readonly durability = 'strict';
  readonly #owner: Owner;
  #engine: SyncEngine | null = null;
  /** A second look at the same store, for what the engine's interface does not offer. */
  #below: Local | null = null;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  get engine(): SyncEngine {
    if (this.#engine === null) throw new Error('not open');
    return this.#engine;
  }

  async #look(): Promise<Local> {
    this.#below ??= await openLocal(this.#owner);
    return this.#below;
  }

  async open(): Promise<void> {
    const { user, deviceId, token } = this.#owner;
    this.#engine = await createSyncEngine({ user, device: { type: 'web_timer', version: '1.0', id: deviceId }, server: { url: location.origin, token } });
  }

  async fill(sessions: readonly BenchSession[]): Promise<void> {
    const local = await this.#look();
    for (let at = 0; at < sessions.length; at += CHUNK) {
      const part = sessions.slice(at, at + CHUNK).map(finished);
      await local.commit((draft) => this.#take(draft, local, part), at + CHUNK < sessions.length ? 'relaxed' : 'strict');
    }
  }

  #take(draft: Draft, local: Local, part: readonly FinishedSession[]): void {
    appendHistory(draft, local.store, part);
    const { acknowledged, lastAcknowledged } = draft.view.head;
    const last = part.reduce((end, { endTime }) => Math.max(end, endTime), lastAcknowledged ?? 0);
    draft.setHead({ acknowledged: acknowledged + part.length, lastAcknowledged: last });
  }

  async pairs(): Promise<number> {
    const { history, store, view } = await this.#look();
    const columns: Columns[] = [];
    // Only so many stay in memory.
    for (const { chunk, minStart, maxEnd } of history.directory) {
      await history.load(store, minStart, maxEnd, view.head.nextChunk);
      const loaded = history.columnsOf(chunk);
      if (loaded !== null) columns.push(loaded);
    }
    const size = columns.reduce((sum, { starts }) => sum + starts.length, 0);
    const starts = new Float64Array(size);
    const ends = new Float64Array(size);
    let at = 0;
    for (const column of columns) {
      starts.set(column.starts, at);
      column.lengths.forEach((length, i) => (ends[at + i] = (column.starts[i] as number) + length));
      at += column.starts.length;
    }
    return findOverlapsInColumns(starts, ends).length / 2;
  }

  write({ startTime, endTime, category, project, note }: BenchSession): Promise<unknown> {
    return this.engine.sessions.record({ startTime, endTime, category, project, note });
  }

  pending(): number {
    const { devices, local } = this.engine.status.current;
    return devices?.find(({ device_id }) => device_id === local.device_id)?.sessions_pending ?? -1;
  }

  async listPending(): Promise<readonly number[]> {
    const sessions = await this.engine.sessions.list({ states: ['queued', 'sending', 'parked'], limit: 1000 });
    return sessions.map(({ startTime }) => startTime);
  }

  async newest(): Promise<number> {
    return (await this.engine.sessions.list({ limit: 100 })).length;
  }

  /** The engine has its copy of everything small since it was opened; this second look at the store has to get one. */
  async beforeOverlapping(): Promise<void> {
    await (await this.#look()).refresh();
  }

  /** As `record` looks for them: the columns of the span in memory, read on first need. */
  overlapping(from: number, to: number): Promise<Overlapping> | Overlapping {
    const local = this.#below;
    if (!local?.history.isLoaded(local.view.head.historyVersion, from, to)) return this.#loadAndFind(from, to);
    return this.#find(local, from, to);
  }

  async #loadAndFind(from: number, to: number): Promise<Overlapping> {
    const local = await this.#look();
    await local.history.load(local.store, from, to, local.view.head.nextChunk);
    return this.#find(local, from, to);
  }

  #find({ history }: Local, from: number, to: number): Overlapping {
    const places = history.overlapping(from, to);
    return { count: places.length, sum: places.reduce((sum, { chunk, place }) => sum + (history.columnsOf(chunk)?.starts[place] ?? 0), 0) };
  }

  async beforeAcknowledge(): Promise<void> {
    await this.close();
    const local = await this.#look();
    await local.refresh();
    await local.history.load(local.store, 0, 0);
  }

  /** What one answer of the server to many operations does to the store. */
  async acknowledge(count: number): Promise<void> {
    const local = await this.#look();
    const { operations, head } = local.view;
    const settled = [...operations].slice(0, count).map(([seq, { opId }]) => ({
      seq, opId, outcome: { kind: 'acknowledged', displayId: String(seq), version: 1, isSuperseded: false, sessions: [] } as const, random: 0,
    }));
    await local.commit((draft) => planSettle(draft, local.store, head.term, settled, new Map()), 'relaxed');
  }

  observe(listener: (pending: number) => void): Promise<void> {
    let last = -1;
    this.engine.status.subscribe(() => {
      const pending = this.pending();
      if (pending !== last) listener(pending);
      last = pending;
    });
    return Promise.resolve();
  }

  computeStatus(): number {
    const local = this.#below;
    if (local === null) throw new Error('look first');
    const self = { deviceId: this.#owner.deviceId, deviceType: 'web_timer', version: '1.0', name: null };
    const board = new StatusBoard({ local, clock: createSystemClock(), self, lastHours: 24, diary: new Diary() });
    const turns = 2000;
    let shown = 0;
    board.status.subscribe(() => (shown += 1));
    const before = shown;
    const begun = performance.now();
    // Each turn changes what is to be shown, and updates.
    for (let turn = 0; turn < turns; turn += 1) board.setLeader(turn % 2 === 0);
    const each = (performance.now() - begun) / turns;
    board.close();
    if (shown - before !== turns) throw new Error(`wrong answer: ${shown - before} statuses of ${turns}`);
    return each;
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.#below?.store.close();
    this.#below = null;
  }
}

export function createEngineContender(): Contender {
  return new EngineContender(ALONE);
}
