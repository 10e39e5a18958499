// Which of many sessions packed history holds. Nothing of it is kept but the columns around the times that are looked at anyway.
import type { FinishedSession } from '../model/session.ts';
import type { Durability } from '../ports.ts';
import { idHash } from '../store-name.ts';
import type { Draft } from './draft.ts';
import { findInHistory, readById } from './history-search.ts';
import { spanOfAll } from './interval-list.ts';
import type { Local } from './local.ts';
import { NotReady } from './plan.ts';

type Times = Pick<FinishedSession, 'startTime' | 'endTime'>;

interface Packed {
  /** The history version for which the answer holds. */
  readonly version: number;
  readonly sessions: ReadonlyMap<string, FinishedSession>;
}

/**
 * @param near sessions that nobody ever changed: if they are packed, then at these times. The common case of what other devices send,
 * and its cost does not grow with the history.
 */
export async function findPacked(local: Local, ids: Iterable<string>, near?: ReadonlyMap<string, Times>): Promise<Packed> {
  const { historyVersion, nextChunk } = local.view.head;
  const wanted = new Set(ids);
  const far = new Set([...wanted].filter((id) => near?.has(id) !== true));
  if (wanted.size === 0 || nextChunk === 1) return { version: historyVersion, sessions: new Map() };
  const beside = near === undefined || far.size === wanted.size ? null : await findNear(local, near);
  const found = far.size === 0 ? null : await findInHistory(local, far);
  if (beside === null || found === null) return beside ?? found ?? { version: historyVersion, sessions: new Map() };
  return { version: beside.version === found.version ? found.version : -1, sessions: new Map([...beside.sessions, ...found.sessions]) };
}

async function findNear(local: Local, near: ReadonlyMap<string, Times>): Promise<Packed> {
  const { store, history, view } = local;
  const sessions = new Map<string, FinishedSession>();
  const [from, to] = spanOfAll(near.values());
  const version = await history.load(store, from, to, view.head.nextChunk);
  const hashes = new Set([...near.keys()].map(idHash));
  const chunks = history.chunksTouching(from, to).filter(({ chunk }) => history.columnsOf(chunk)?.hashes.some((hash) => hashes.has(hash)));
  await readById(local, chunks.map(({ chunk }) => chunk), new Set(near.keys()), sessions);
  return { version, sessions };
}

/** Commits a plan that may meet any of these sessions in packed history. */
export function commitOverPacked<T>(
  local: Local, ids: readonly string[], durability: Durability, plan: (draft: Draft, packed: ReadonlyMap<string, FinishedSession>) => T,
  near?: ReadonlyMap<string, Times>,
): Promise<T> {
  let packed: Packed | null = null;
  return local.commit((draft) => {
    if (ids.length > 0 && packed?.version !== draft.view.head.historyVersion) throw new NotReady(async () => void (packed = await findPacked(local, ids, near)));
    return plan(draft, packed?.sessions ?? new Map());
  }, durability);
}
