// A server whose time went back: while its history is walked from the beginning, what it holds is compared with what this device holds,
// and at the end everything it lacks is offered again. So every device is a backup.
import { isDocumented, UNTRIED } from '../model/operation.ts';
import type { OverlayRow } from '../model/rows.ts';
import { type FinishedSession, isStanding } from '../model/session.ts';
import type { Ids } from '../ports.ts';
import type { Draft } from './draft.ts';
import { type ChunkInfo, packChunk, readColumns } from './history-chunk.ts';
import { readChunksOf } from './history-read.ts';
import type { Local } from './local.ts';
import { DELETED_KEPT_MS, Merge } from './merge.ts';
import { NotReady } from './plan.ts';
import { planReofferSettlements, takeDecisions } from './reoffer-settlements.ts';
import { stepsTo } from './reoffer-steps.ts';
import type { SettlementRow } from './settlement-row.ts';
import { DAMAGED } from './sync-state.ts';

/** What a walk from the beginning has met so far. */
export class Verification {
  readonly cursor: string | null;
  readonly #seen: Set<string>;
  readonly #cancelled: Set<string>;
  /** Sessions of which the server holds less than this device. */
  readonly newer: Map<string, { readonly ours: FinishedSession; readonly theirs: FinishedSession }>;
  /** Settlements that stand at the server and were taken back here, and when. */
  readonly undone: Map<string, number>;

  private constructor(cursor: string | null, seen: Set<string>, cancelled: Set<string>, newer: Verification['newer'], undone: Verification['undone']) {
    this.cursor = cursor;
    this.#seen = seen;
    this.#cancelled = cancelled;
    this.newer = newer;
    this.undone = undone;
  }

  static begin(): Verification {
    return new Verification(null, new Set(), new Set(), new Map(), new Map());
  }

  /** The walk one page further. The cursor of this one stays: it holds until the page is kept. @param ids of sessions and settlements. @param cancelledIds of sessions that were cancelled without times. */
  with(cursor: string, ids: readonly string[], cancelledIds: readonly string[]): Verification {
    for (const id of ids) this.#seen.add(id);
    for (const id of cancelledIds) this.#cancelled.add(id);
    return new Verification(cursor, this.#seen, this.#cancelled, this.newer, this.undone);
  }

  /** @param ours the settlement as this device had it. */
  compareSettlement(theirs: SettlementRow, ours: SettlementRow | undefined): void {
    if (ours !== undefined && ours.undoneAt !== null && theirs.undoneAt === null) this.undone.set(ours.id, ours.undoneAt);
  }

  /** Whether the server is behind. @param ours the state this device had from the server before its time went back. */
  compare(theirs: FinishedSession, ours: FinishedSession | null): boolean {
    const isBehind = ours !== null && stepsTo(ours, theirs).length > 0;
    if (isBehind) this.newer.set(theirs.id, { ours, theirs });
    else this.newer.delete(theirs.id);
    return isBehind;
  }

  isMissing(id: string): boolean {
    return !this.#seen.has(id);
  }

  /** Whether the server has nothing of it, or not that it ended as it did. */
  lacks({ id, cancelled }: FinishedSession): boolean {
    return this.isMissing(id) && !(cancelled !== null && this.#cancelled.has(id));
  }
}

export interface Reoffer {
  readonly term: number;
  readonly owner: string;
  readonly ids: Ids;
}

/** Puts everything the server lacks into the outbox, a chunk of history at a time, and ends the walk. */
export async function planReoffer(local: Local, walk: Verification, by: Reoffer): Promise<void> {
  const { history, store } = local;
  if (local.view.head.nextChunk > 1) await history.load(store, 0, 0);
  for (const info of [...history.directory]) {
    let found = await findMissing(local, info, walk, by);
    if (found.isWhole && found.missing.length === 0) continue;
    await local.commit((draft) => {
      if (draft.view.head.term !== by.term) return;
      if (!draft.history.isLoaded(draft.view.head.historyVersion, 0, 0)) throw new NotReady(async () => void (await history.load(store, 0, 0)));
      const now = history.directory.find(({ chunk }) => chunk === info.chunk);
      // Who led before may have put in what was acknowledged to it.
      if (now && now.count !== found.count) throw new NotReady(async () => void (found = await findMissing(local, now, walk, by)));
      if (now) reofferChunk(draft, now, found, by);
    }, 'relaxed');
  }
  const opIds = Array.from({ length: walk.newer.size + local.view.overlay.size + local.view.running.size }, () => by.ids.uuid());
  await local.commit((draft) => offerRest(draft, local, walk, opIds, by), 'relaxed');
  // After the sessions they are about.
  await planReofferSettlements(local, walk, by);
  // Only now: whoever takes over before this walks again, and offers nothing twice. What is sent from here on has numbers that no power cut may give out again.
  await local.commit((draft) => endWalk(draft, walk, by), 'strict');
}

interface Missing {
  /** Nothing of the chunk was damaged. */
  readonly isWhole: boolean;
  /** How many the chunk held when it was read. */
  readonly count: number;
  readonly kept: readonly FinishedSession[];
  readonly missing: readonly FinishedSession[];
  readonly opIds: readonly string[];
}

async function findMissing({ store }: Local, info: ChunkInfo, walk: Verification, { ids }: Reoffer): Promise<Missing> {
  const [columns] = await store.read([{ table: 'columns', key: info.chunk }]);
  const sessions = ((await readChunksOf(store, [info])).get(info.chunk) ?? []).filter((session) => session !== null);
  const missing = new Set(sessions.filter((session) => walk.lacks(session)));
  const isWhole = sessions.length === info.count && readColumns(columns?.[0]?.value) !== null;
  return { isWhole, count: info.count, kept: sessions.filter((session) => !missing.has(session)), missing: [...missing], opIds: [...missing].map(() => ids.uuid()) };
}

function reofferChunk(draft: Draft, { chunk }: ChunkInfo, { count, kept, missing, opIds }: Missing, by: Reoffer): void {
  const { view, history } = draft;
  // Under another number: a tab that holds columns of so many takes them for those of this one.
  const packed = kept.length === 0 ? [] : [packChunk(view.head.nextChunk, kept)];
  const directory: ChunkInfo[] = history.directory.flatMap((info) => (info.chunk === chunk ? packed.map((one) => one.info) : [info]));
  draft.putHistory(directory, packed.map(({ info, text, columns }) => ({ chunk: info.chunk, text, columns, sessions: kept })), [chunk]);
  // What could not be read was counted again when the walk brought it.
  let completed = count - kept.length - missing.length;
  missing.forEach((session, i) => {
    // What lies over it is offered, or left, on its own.
    if (view.overlay.has(session.id) || view.operationsOf(session.id).some(isDocumented)) return;
    if (session.cancelled === null) completed += 1;
    offer(draft, session, null, opIds[i] as string, by);
  });
  draft.setHead({ acknowledged: Math.max(0, view.head.acknowledged - completed) });
}

/** @param theirs what the server holds of it, null for nothing. @param opId of the first operation. */
function offer(draft: Draft, session: FinishedSession, theirs: FinishedSession | null, opId: string, by: Reoffer): void {
  stepsTo(session, theirs).forEach(({ kind, change, knownVersion }, i) => {
    // Deleted when it was deleted, for as long as it can be had back.
    const at = kind === 'delete' ? (session.deletedAt ?? draft.now) : draft.now;
    draft.queue({ opId: i === 0 ? opId : by.ids.uuid(), kind, change, owner: by.owner, session, at: Math.round(at), delivery: { ...UNTRIED, unknown: true }, knownVersion });
  });
}

function offerRest(draft: Draft, { store }: Local, walk: Verification, opIds: readonly string[], by: Reoffer): void {
  const { view } = draft;
  if (view.head.term !== by.term) return;
  const next = (() => {
    let used = 0;
    return () => opIds[used++] ?? by.ids.uuid();
  })();
  const waiting = takeDecisions(draft);
  for (const [id, row] of [...view.overlay]) if (walk.lacks(row.server ?? row.shown)) offerOverlaid(draft, id, row, next(), by);
  const merge = new Merge(draft, store, new Map([...walk.newer].map(([id, { ours }]) => [id, ours])));
  for (const [id, { ours, theirs }] of walk.newer) {
    merge.touch(id);
    offer(draft, ours, theirs, next(), by);
    merge.take(theirs, true);
  }
  for (const operation of waiting) draft.queue(operation);
  for (const id of walk.newer.keys()) merge.settle(id);
  merge.finish();
  // What the server counted when it was asked are these.
  if (view.answer !== null) draft.putMeta('answer', { ...view.answer, acknowledged: Math.max(0, view.answer.acknowledged + merge.gained) });
  for (const [id, running] of [...view.running]) {
    if (running.notice === null) draft.put('running', id, { ...running, notice: { opId: next(), seq: draft.takeSeq() } });
  }
}

function endWalk(draft: Draft, walk: Verification, { term }: Reoffer): void {
  const { head, sync: { exchange, problems } } = draft.view;
  if (head.term === term && exchange !== null) draft.setSync({ exchange: { ...exchange, cursor: walk.cursor, isVerifying: false }, problems: problems.filter((code) => code !== DAMAGED) });
}

/** The server never heard of it, or has forgotten it. */
function offerOverlaid(draft: Draft, id: string, { shown, server }: OverlayRow, opId: string, by: Reoffer): void {
  if (server === null || draft.view.operationsOf(id).some(isDocumented)) return;
  const isForgotten = server.deletedAt !== null && shown.deletedAt !== null && draft.now - server.deletedAt > DELETED_KEPT_MS;
  if (isForgotten) return draft.delete('overlay', id);
  draft.put('overlay', id, { server: null, shown });
  offer(draft, server, null, opId, by);
  if (isStanding(server)) draft.setHead({ acknowledged: Math.max(0, draft.view.head.acknowledged - 1) });
}
