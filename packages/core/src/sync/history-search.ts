// Looking into packed history: one session by id, or the newest of a span. Reads a few chunks at a time and keeps nothing.
import { LIMITS } from '@syncline/protocol';
import type { FinishedSession } from '../model/session.ts';
import type { Store } from '../ports.ts';
import { type Columns, readColumns, unpackChunk } from './history-chunk.ts';
import type { History, Place } from './history.ts';
import { readAt, readChunks, readChunksOf } from './history-read.ts';
import type { Local } from './local.ts';
import { idHash } from '../store-name.ts';

/** Chunks read in one transaction: little enough that nothing waits for long. */
const CHUNKS_AT_ONCE = 16;

/**
 * Sessions of history by id, with the history version for which that holds. Looks through the id hashes of the chunks, newest first, until it has all:
 * what a person or another device changes is nearly always new.
 */
export async function findInHistory(local: Local, ids: ReadonlySet<string>): Promise<{ readonly version: number; readonly sessions: Map<string, FinishedSession> }> {
  const { store, history } = local;
  const version = await history.load(store, 0, 0);
  const chunks = history.directory.map(({ chunk }) => chunk).toReversed();
  const sessions = new Map<string, FinishedSession>();
  const hashes = new Set([...ids].map(idHash));
  for (let at = 0; at < chunks.length && sessions.size < ids.size; at += CHUNKS_AT_ONCE) {
    const part = chunks.slice(at, at + CHUNKS_AT_ONCE);
    const found = await store.read(part.map((chunk) => ({ table: 'columns' as const, key: chunk })));
    // One whose columns cannot be read may hold any.
    const holding = part.filter((_, i) => readColumns(found[i]?.[0]?.value)?.hashes.some((hash) => hashes.has(hash)) !== false);
    await readById(local, holding, ids, sessions);
  }
  return { version, sessions };
}

/** All of history, for a store that is known to be small. */
export async function readHistory(store: Store): Promise<readonly FinishedSession[]> {
  const [rows = []] = await store.read([{ table: 'history' }]);
  return rows.flatMap(({ value }) => unpackChunk(value) ?? []).filter((session) => session !== null);
}

/** Adds those of these sessions that lie in these chunks. */
export async function readById(local: Local, chunks: readonly number[], ids: ReadonlySet<string>, sessions: Map<string, FinishedSession>): Promise<void> {
  for await (const [, packed] of readChunks(local.store, chunks)) {
    // What is looked for may be what cannot be read.
    if (packed.length === 0 || packed.includes(null)) local.noteDamage();
    for (const session of packed) if (session !== null && ids.has(session.id)) sessions.set(session.id, session);
  }
}

/**
 * The newest sessions of history that touch [from, to), newest first, `limit` of them and what begins when the last of these does, among them cancelled
 * ones that may; null for one that cannot be read, or for a whole chunk of them. Null when history changed meanwhile: ask again.
 */
export async function newestInHistory(
  store: Store,
  history: History,
  version: number,
  from: number,
  to: number,
  limit: number,
): Promise<readonly (FinishedSession | null)[] | null> {
  if (!history.isLoaded(version, 0, 0) && (await history.load(store, 0, 0)) !== version) return null;
  const chunks = history.chunksTouching(from - LIMITS.sessionMsMax, to).toSorted((a, b) => b.maxStart - a.maxStart);
  const best: (Place & { readonly start: number })[] = [];
  const blind: null[] = [];
  let worst = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < chunks.length; at += CHUNKS_AT_ONCE) {
    const part = chunks.slice(at, at + CHUNKS_AT_ONCE);
    if ((part[0]?.maxStart ?? 0) < worst) break;
    const found = await readAt(store, version, part.map(({ chunk }) => ({ table: 'columns', key: chunk })));
    if (found === null) return null;
    found.forEach((rows, i) => {
      const columns = readColumns(rows[0]?.value);
      if (columns === null) blind.push(null);
      else collect(best, part[i]?.chunk ?? 0, columns, from, to, limit);
    });
    best.sort((a, b) => b.start - a.start);
    worst = best[limit - 1]?.start ?? worst;
    while ((best.at(-1)?.start ?? worst) < worst) best.pop();
  }
  const sessions = await readChunksOf(store, best, version);
  return best.some(({ chunk }) => !sessions.has(chunk)) ? null : [...best.map(({ chunk, place }) => sessions.get(chunk)?.[place] ?? null), ...blind];
}

function collect(best: (Place & { readonly start: number })[], chunk: number, { starts, lengths }: Columns, from: number, to: number, limit: number): void {
  let [taken, last] = [0, Number.POSITIVE_INFINITY];
  for (let place = starts.length - 1; place >= 0; place -= 1) {
    const start = starts[place] as number;
    if (taken >= limit && start < last) break;
    // Of a cancelled session they do not tell how long it was.
    if (start >= to || start + (lengths[place] || LIMITS.sessionMsMax) <= from) continue;
    best.push({ chunk, place, start });
    [taken, last] = [taken + 1, start];
  }
}
