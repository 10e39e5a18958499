// Acknowledged sessions go from the outbox into history: into the newest chunk while it is short, else into a new one.
import type { FinishedSession } from '../model/session.ts';
import type { Store } from '../ports.ts';
import type { Draft } from './draft.ts';
import { CHUNK_SESSIONS_MAX, packChunk, TAIL_SESSIONS_MAX } from './history-chunk.ts';
import { NotReady } from './plan.ts';

export function appendHistory(draft: Draft, store: Store, sessions: readonly FinishedSession[]): void {
  if (sessions.length === 0) return;
  const { history, view } = draft;
  const isEmpty = view.head.nextChunk === 1;
  // The directory is enough: a range that nothing lies in.
  if (!isEmpty && !history.isLoaded(view.head.historyVersion, 0, 0)) {
    throw new NotReady(async () => void (await history.load(store, 0, 0)));
  }
  const tail = isEmpty ? null : history.tail;
  if (tail === undefined) throw new NotReady(() => history.loadTail(store));
  const isJoining = tail !== null && tail.sessions.length + sessions.length <= TAIL_SESSIONS_MAX;
  const directory = isEmpty ? [] : history.directory.filter((info) => !isJoining || info.chunk !== tail.chunk);
  const all = isJoining ? [...tail.sessions, ...sessions] : sessions;
  const changed = [];
  for (let at = 0, chunk = view.head.nextChunk; at < all.length; at += CHUNK_SESSIONS_MAX, chunk += 1) {
    const part = all.slice(at, at + CHUNK_SESSIONS_MAX);
    const packed = packChunk(isJoining ? tail.chunk : chunk, part);
    directory.push(packed.info);
    changed.push({ chunk: packed.info.chunk, text: packed.text, columns: packed.columns, sessions: part });
  }
  draft.putHistory(directory, changed);
}
