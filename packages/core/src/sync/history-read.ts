// Reads packed history a few chunks at a time: little enough that nothing waits for long, and nothing is kept here.
import type { FinishedSession } from '../model/session.ts';
import type { Store } from '../ports.ts';
import { unpackChunk } from './history-chunk.ts';

const CHUNKS_AT_ONCE = 8;

/** Each chunk with its sessions in column order, null in the place of one that is damaged; without any where the chunk cannot be read. */
export async function* readChunks(store: Store, chunks: readonly number[]): AsyncGenerator<readonly [number, readonly (FinishedSession | null)[]]> {
  for (let at = 0; at < chunks.length; at += CHUNKS_AT_ONCE) {
    const part = chunks.slice(at, at + CHUNKS_AT_ONCE);
    const found = await store.read(part.map((chunk) => ({ table: 'history' as const, key: chunk })));
    for (const [i, chunk] of part.entries()) yield [chunk, unpackChunk(found[i]?.[0]?.value) ?? []];
  }
}

/** The sessions in these places, by chunk. */
export async function readChunksOf(store: Store, places: readonly { readonly chunk: number }[]): Promise<ReadonlyMap<number, readonly (FinishedSession | null)[]>> {
  const byChunk = new Map<number, readonly (FinishedSession | null)[]>();
  const chunks = new Set(places.map(({ chunk }) => chunk));
  for await (const [chunk, sessions] of readChunks(store, [...chunks])) byChunk.set(chunk, sessions);
  return byChunk;
}
