// Which of many sessions packed history holds. One pass over the id hashes, and only chunks that may hold one are read.
import type { FinishedSession } from '../model/session.ts';
import { idHash } from '../store-name.ts';
import { unpackChunk } from './history-chunk.ts';
import type { Draft } from './draft.ts';
import type { Local } from './local.ts';
import { NotReady } from './plan.ts';
import type { Durability } from '../ports.ts';

const CHUNKS_AT_ONCE = 8;

interface Packed {
  /** The history version for which the answer holds. */
  readonly version: number;
  readonly sessions: ReadonlyMap<string, FinishedSession>;
}

export async function findPacked(local: Local, ids: Iterable<string>): Promise<Packed> {
  const wanted = new Set(ids);
  const { history, store } = local;
  const { historyVersion, nextChunk } = local.view.head;
  const sessions = new Map<string, FinishedSession>();
  if (wanted.size === 0 || nextChunk === 1) return { version: historyVersion, sessions };
  const version = history.isLoaded(historyVersion, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
    ? historyVersion
    : await history.load(store, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const hashes = new Set([...wanted].map(idHash));
  const chunks = history.directory.filter(({ chunk }) => history.columnsOf(chunk)?.hashes.some((hash) => hashes.has(hash))).map(({ chunk }) => chunk);
  for (let at = 0; at < chunks.length; at += CHUNKS_AT_ONCE) {
    const part = chunks.slice(at, at + CHUNKS_AT_ONCE);
    const found = await store.read(part.map((chunk) => ({ table: 'history' as const, key: chunk })));
    for (const rows of found) {
      for (const session of unpackChunk(rows[0]?.value) ?? []) if (session !== null && wanted.has(session.id)) sessions.set(session.id, session);
    }
  }
  return { version, sessions };
}

/** Commits a plan that may meet any of these sessions in packed history. */
export function commitOverPacked<T>(
  local: Local, ids: readonly string[], durability: Durability, plan: (draft: Draft, packed: ReadonlyMap<string, FinishedSession>) => T,
): Promise<T> {
  let packed: Packed | null = null;
  return local.commit((draft) => {
    if (packed?.version !== draft.view.head.historyVersion) throw new NotReady(async () => void (packed = await findPacked(local, ids)));
    return plan(draft, packed.sessions);
  }, durability);
}
