// Many short chunks become one long one, so that history stays a few rows however it arrived. Runs while nothing else is to be done.
import type { ChunkInfo } from './history-chunk.ts';
import { CHUNK_SESSIONS_MAX, packChunk } from './history-chunk.ts';
import { readChunksOf } from './history-read.ts';
import type { Local } from './local.ts';
import type { FinishedSession } from '../model/session.ts';

/** A chunk of so many is long enough to be left alone. */
const LONG_CHUNK = 1000;
/** So many short ones are worth a rewrite. */
export const MERGE_CHUNKS_MIN = 16;

/** Short chunks to merge, oldest first, never the newest one; empty while there are few. Pure. */
export function chunksToMerge(directory: readonly ChunkInfo[]): readonly ChunkInfo[] {
  const chosen: ChunkInfo[] = [];
  let count = 0;
  for (const info of directory.slice(0, -1)) {
    if (info.count >= LONG_CHUNK) continue;
    if (count + info.count > CHUNK_SESSIONS_MAX && chosen.length >= MERGE_CHUNKS_MIN) break;
    chosen.push(info);
    count += info.count;
    // A few that are nearly long must not stand in the way of many behind them.
    while (count > CHUNK_SESSIONS_MAX) count -= chosen.shift()?.count ?? 0;
  }
  return chosen.length >= MERGE_CHUNKS_MIN ? chosen : [];
}

/** One merge, if one is due. Resolves to whether there was. */
export async function compactHistory(local: Local): Promise<boolean> {
  const { store, history } = local;
  const { historyVersion } = local.view.head;
  if (!history.isLoaded(historyVersion, 0, 0) && (await history.load(store, 0, 0)) !== historyVersion) return false;
  const chosen = chunksToMerge(history.directory);
  if (chosen.length === 0) return false;
  const found = await readChunksOf(store, chosen);
  const merged = new Map<number, readonly FinishedSession[]>();
  for (const { chunk, count } of chosen) {
    const sessions = found.get(chunk)?.filter((session) => session !== null);
    // A damaged chunk stays as it is: nothing is thrown away.
    if (sessions?.length === count) merged.set(chunk, sessions);
  }
  if (merged.size < 2) return false;
  await local.commit((draft) => {
    const { view } = draft;
    // Another store has a history of its own, perhaps of the same version. What changed meanwhile is merged another time.
    if (draft.history !== history || history.version !== historyVersion || view.head.historyVersion !== historyVersion) return;
    const sessions = [...merged.values()].flat();
    const packed = packChunk(view.head.nextChunk, sessions);
    const directory: ChunkInfo[] = [];
    for (const info of history.directory) {
      if (!merged.has(info.chunk)) directory.push(info);
      else if (!directory.includes(packed.info)) directory.push(packed.info);
    }
    draft.putHistory(directory, [{ chunk: packed.info.chunk, text: packed.text, columns: packed.columns, sessions }], [...merged.keys()]);
  }, 'relaxed');
  return true;
}
