// Reads packed history a few chunks at a time: little enough that nothing waits for long, and nothing is kept here.
import type { FinishedSession } from '../model/session.ts';
import type { Read, Row, Store } from '../ports.ts';
import { readHead } from './head.ts';
import { unpackChunk } from './history-chunk.ts';
import { valueOf } from './view.ts';

const CHUNKS_AT_ONCE = 8;

const HEAD: Read = { table: 'meta', key: 'head' };

/** As every tab reads it, also where the row is damaged. */
export function historyVersionOf(head: readonly Row[] | undefined): number {
  return readHead(valueOf(head?.[0]), 0).head.historyVersion;
}

/** Rows of one moment; null when history is of another version by then. */
export async function readAt(store: Store, version: number, reads: readonly Read[]): Promise<readonly (readonly Row[])[] | null> {
  const [head, ...found] = await store.read([HEAD, ...reads]);
  return historyVersionOf(head) === version ? found : null;
}

/**
 * Each chunk with its sessions in column order, null in the place of one that is damaged; without any where the chunk cannot be read.
 * @param version ends early when history is of another one.
 */
export async function* readChunks(store: Store, chunks: readonly number[], version?: number): AsyncGenerator<readonly [number, readonly (FinishedSession | null)[]]> {
  for (let at = 0; at < chunks.length; at += CHUNKS_AT_ONCE) {
    const part = chunks.slice(at, at + CHUNKS_AT_ONCE);
    const reads = part.map((chunk) => ({ table: 'history' as const, key: chunk }));
    const found = version === undefined ? await store.read(reads) : await readAt(store, version, reads);
    if (found === null) return;
    for (const [i, chunk] of part.entries()) yield [chunk, unpackChunk(found[i]?.[0]?.value) ?? []];
  }
}

/** The sessions in these places, by chunk; some are missing when history is not of that version any more. */
export async function readChunksOf(store: Store, places: readonly { readonly chunk: number }[], version?: number): Promise<ReadonlyMap<number, readonly (FinishedSession | null)[]>> {
  const byChunk = new Map<number, readonly (FinishedSession | null)[]>();
  const chunks = new Set(places.map(({ chunk }) => chunk));
  for await (const [chunk, sessions] of readChunks(store, [...chunks], version)) byChunk.set(chunk, sessions);
  return byChunk;
}
