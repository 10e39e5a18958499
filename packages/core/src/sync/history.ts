// What a tab holds of history in memory: the directory of chunks, the time columns it needed so far, and the newest short chunk.
// Everything is loaded on first need and belongs to one `head.historyVersion`; the sessions themselves stay in the store.
import type { FinishedSession } from '../model/session.ts';
import type { Row, Store } from '../ports.ts';
import {
  type ChunkInfo, type Columns, describeColumns, endAt, readColumns, readDirectory, TAIL_SESSIONS_MAX,
} from './history-chunk.ts';
import { historyVersionOf, readChunksOf } from './history-read.ts';
import { placesOverlapping } from './interval-list.ts';
import { valueOf } from './view.ts';

/** A session's place in packed history. */
export interface Place {
  readonly chunk: number;
  readonly place: number;
}

const FACTS_MAX = 512;
/** Columns of so many chunks stay in memory, the latest that were needed: with full chunks 2 MB, however long the history is. */
const COLUMNS_KEPT_MAX = 64;

export class History {
  /** The version all of this belongs to; −1 while nothing is loaded. */
  version = -1;
  #directory: ChunkInfo[] = [];
  readonly #columns = new Map<number, Columns>();
  #tail: { readonly chunk: number; readonly sessions: readonly FinishedSession[] } | null = null;
  readonly #facts = new Map<string, FinishedSession | null>();

  get directory(): readonly ChunkInfo[] {
    return this.#directory;
  }

  /** Lets go of everything; it is loaded again on the next need. */
  forget(): void {
    this.version = -1;
    this.#directory = [];
    this.#columns.clear();
    this.#tail = null;
    this.#facts.clear();
  }

  /** Chunks that may hold something in [from, to). */
  chunksTouching(from: number, to: number): readonly ChunkInfo[] {
    return this.#directory.filter((info) => info.minStart < to && info.maxEnd >= from);
  }

  columnsOf(chunk: number): Columns | null {
    return this.#columns.get(chunk) ?? null;
  }

  isLoaded(version: number, from: number, to: number): boolean {
    return this.version === version && this.chunksTouching(from, to).every((info) => this.#columns.has(info.chunk));
  }

  /**
   * Loads the directory and the columns of [from, to). Resolves to the history version it found, −1 when it changed meanwhile.
   * @param nextChunk of the head, as a guess for the first look: what is recorded now lies in the newest chunks.
   */
  async load(store: Store, from: number, to: number, nextChunk: number = 1): Promise<number> {
    this.#trim();
    const guessed = [nextChunk - 1, nextChunk - 2].filter((chunk) => chunk > 0 && !this.#columns.has(chunk));
    const [head, chunks, ...newest] = await store.read([
      { table: 'meta', key: 'head' },
      { table: 'meta', key: 'chunks' },
      ...guessed.map((chunk) => ({ table: 'columns' as const, key: chunk })),
    ]);
    const version = historyVersionOf(head);
    if (version !== this.version) {
      const directory = readDirectory(valueOf(chunks?.[0]));
      this.#adopt(directory ?? (await rebuildDirectory(store)), version);
    }
    this.#takeColumns(newest.flat());
    const wanted = this.chunksTouching(from, to).filter((info) => !this.#columns.has(info.chunk));
    if (wanted.length === 0) return version;
    const found = await store.read([
      { table: 'meta', key: 'head' },
      ...wanted.map((info) => ({ table: 'columns' as const, key: info.chunk })),
    ]);
    if (historyVersionOf(found[0]) !== version) return -1;
    this.#takeColumns(found.slice(1).flat());
    // A chunk whose columns cannot be read takes no part, and must not be asked for again and again.
    for (const info of wanted) if (!this.#columns.has(info.chunk)) this.#columns.set(info.chunk, EMPTY_COLUMNS);
    return version;
  }

  /** Only before something is loaded or written: what was asked for must stay until it was looked at. */
  #trim(): void {
    for (const chunk of this.#columns.keys()) {
      if (this.#columns.size <= COLUMNS_KEPT_MAX) return;
      this.#columns.delete(chunk);
    }
  }

  #adopt(directory: ChunkInfo[], version: number): void {
    // Under one number a chunk only ever grows.
    const counts = new Map(directory.map((info) => [info.chunk, info.count]));
    for (const [chunk, columns] of this.#columns) {
      if (counts.get(chunk) !== columns.starts.length) this.#columns.delete(chunk);
    }
    this.#directory = directory;
    this.#tail = null;
    this.#facts.clear();
    this.version = version;
  }

  #takeColumns(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const counts = new Map<unknown, number>(this.#directory.map((info) => [info.chunk, info.count]));
    for (const row of rows) {
      const columns = readColumns(row.value);
      if (columns !== null && counts.get(row.key) === columns.starts.length) this.#columns.set(row.key as number, columns);
    }
  }

  /** Packed sessions that overlap [from, to). The range must be loaded. */
  overlapping(from: number, to: number): Place[] {
    const places: Place[] = [];
    for (const { chunk } of this.chunksTouching(from, to)) {
      const columns = this.#columns.get(chunk);
      if (columns === undefined) continue;
      for (const place of placesOverlapping(columns.starts, (at) => endAt(columns, at), from, to)) places.push({ chunk, place });
    }
    return places;
  }

  /** A packed session looked up before; undefined when it has to be loaded, null when it is damaged. */
  sessionAt({ chunk, place }: Place): FinishedSession | null | undefined {
    return this.#facts.get(`${chunk}:${place}`);
  }

  /** Reads packed sessions, so that {@link sessionAt} knows them. */
  async loadSessions(store: Store, places: readonly Place[]): Promise<void> {
    if (this.#facts.size > FACTS_MAX) this.#facts.clear();
    const byChunk = await readChunksOf(store, places);
    for (const { chunk, place } of places) this.#facts.set(`${chunk}:${place}`, byChunk.get(chunk)?.[place] ?? null);
  }

  /** The newest chunk while it is short; undefined when it has to be loaded, null when there is none to add to. */
  get tail(): { readonly chunk: number; readonly sessions: readonly FinishedSession[] } | null | undefined {
    const newest = this.#directory.at(-1);
    if (newest === undefined || newest.count >= TAIL_SESSIONS_MAX) return null;
    return this.#tail?.chunk === newest.chunk ? (this.#tail.sessions.length === newest.count ? this.#tail : null) : undefined;
  }

  async loadTail(store: Store): Promise<void> {
    const newest = this.#directory.at(-1);
    if (newest === undefined) return;
    const { chunk } = newest;
    const sessions = (await readChunksOf(store, [newest])).get(chunk) ?? [];
    // A chunk with a damaged session is left as it is, and a new one is begun.
    this.#tail = { chunk, sessions: sessions.filter((session) => session !== null) };
  }

  /** Follows an update made by this tab. */
  follow(directory: ChunkInfo[], version: number, changed: readonly { chunk: number; columns: Columns; sessions: readonly FinishedSession[] }[]): void {
    this.#trim();
    this.#directory = directory;
    this.version = version;
    const known = new Set(directory.map((info) => info.chunk));
    for (const chunk of this.#columns.keys()) if (!known.has(chunk)) this.#columns.delete(chunk);
    for (const { chunk, columns, sessions } of changed) {
      this.#columns.set(chunk, columns);
      if (sessions.length < TAIL_SESSIONS_MAX) this.#tail = { chunk, sessions };
    }
    this.#facts.clear();
  }
}

const EMPTY_COLUMNS: Columns = { starts: new Float64Array(0), lengths: new Uint32Array(0), hashes: new Uint32Array(0) };

/** Only after damage: tells the directory from all columns. */
async function rebuildDirectory(store: Store): Promise<ChunkInfo[]> {
  const [rows] = await store.read([{ table: 'columns' }]);
  const directory: ChunkInfo[] = [];
  for (const row of rows ?? []) {
    const columns = readColumns(row.value);
    if (columns !== null && typeof row.key === 'number') directory.push(describeColumns(row.key, columns));
  }
  return directory;
}
