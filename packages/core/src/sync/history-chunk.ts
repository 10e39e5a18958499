// The packed form of history: about 2,000 sessions a row as one text, and beside it their start and end as typed columns. Pure.
import type { FinishedSession } from '../model/session.ts';
import { asFields, isCount, readFinished } from '../model/rows.ts';
import { idHash } from '../store-name.ts';

/** Most sessions in one chunk. */
export const CHUNK_SESSIONS_MAX = 2000;
/** More does not fit; no session that may be stored is nearly as long. */
const LENGTH_MAX = 0xffff_ffff;
/** An acknowledgement goes into the newest chunk while that stays below this; rewriting it must stay cheap. */
export const TAIL_SESSIONS_MAX = 64;

/** Sorted by start. */
export interface Columns {
  readonly starts: Float64Array;
  /** In milliseconds; half the size of ends. A cancelled session has none, so it overlaps nothing. */
  readonly lengths: Uint32Array;
  /** Hashes of the ids, to find a session by id without reading its chunk. */
  readonly hashes: Uint32Array;
}

export interface ChunkInfo {
  readonly chunk: number;
  readonly count: number;
  readonly minStart: number;
  readonly maxStart: number;
  readonly maxEnd: number;
}

/** What a chunk's text and columns say, ready to be written. */
export interface PackedChunk {
  readonly text: string;
  readonly columns: Columns;
  readonly info: ChunkInfo;
}

function compareStart(a: FinishedSession, b: FinishedSession): number {
  return a.startTime - b.startTime || (a.id < b.id ? -1 : 1);
}

/** Packs 1 to {@link CHUNK_SESSIONS_MAX} sessions. */
export function packChunk(chunk: number, sessions: readonly FinishedSession[]): PackedChunk {
  const sorted = [...sessions].sort(compareStart);
  const columns: Columns = {
    starts: Float64Array.from(sorted, (session) => session.startTime),
    lengths: Uint32Array.from(sorted, (session) => (session.cancelled === null ? Math.min(session.endTime - session.startTime, LENGTH_MAX) : 0)),
    hashes: Uint32Array.from(sorted, (session) => idHash(session.id)),
  };
  return { text: JSON.stringify(sorted.map(toTuple)), columns, info: describeColumns(chunk, columns) };
}

function toTuple(session: FinishedSession): unknown[] {
  const { id, startTime, endTime, plannedDuration, category, project, note, source, deviceId, displayId, version, clock, cancelled, clockBound, tags, annotation } = session;
  const tuple = [id, startTime, endTime, category, project, note, source, plannedDuration, deviceId, displayId, version, clock, cancelled];
  const bound = clockBound ? [clockBound.offsetMs, clockBound.errorMs] : null;
  if (tags !== undefined || annotation !== undefined) return [...tuple, bound, tags ?? [], annotation];
  return bound === null ? tuple : [...tuple, bound];
}

function readBoundOf(packed: unknown): unknown {
  return Array.isArray(packed) ? { offsetMs: packed[0] as unknown, errorMs: packed[1] as unknown } : packed;
}

function fromTuple(tuple: unknown): FinishedSession | null {
  if (!Array.isArray(tuple)) return null;
  const [id, startTime, endTime, category, project, note, source, plannedDuration, deviceId, displayId, version, clock, cancelled, bound, tags, annotation] = tuple as unknown[];
  // Only sessions that stand are packed.
  return readFinished({
    id, startTime, endTime, plannedDuration, category, project, note, source, deviceId, displayId, version, deletedAt: null, clock, cancelled,
    ...(bound === undefined || bound === null ? {} : { clockBound: readBoundOf(bound) }),
    ...(tags === undefined || (Array.isArray(tags) && tags.length === 0) ? {} : { tags }), ...(typeof annotation === 'string' ? { annotation } : {}),
  });
}

/** The sessions of a chunk in column order, null in the place of one that is damaged; null for a text that cannot be read at all. */
export function unpackChunk(text: unknown): readonly (FinishedSession | null)[] | null {
  if (typeof text !== 'string') return null;
  try {
    const tuples: unknown = JSON.parse(text);
    return Array.isArray(tuples) ? tuples.map(fromTuple) : null;
  } catch {
    return null;
  }
}

/** End of the session in that place. */
export function endAt({ starts, lengths }: Columns, place: number): number {
  return (starts[place] as number) + (lengths[place] as number);
}

function isTyped(value: unknown, kind: 'Float64Array' | 'Uint32Array'): boolean {
  // A value that was cloned in another realm is no `instanceof` this realm's class.
  return Object.prototype.toString.call(value) === `[object ${kind}]`;
}

export function readColumns(value: unknown): Columns | null {
  const row = asFields(value);
  if (row === null || !isTyped(row['starts'], 'Float64Array') || !isTyped(row['lengths'], 'Uint32Array')) return null;
  if (!isTyped(row['hashes'], 'Uint32Array')) return null;
  const columns = row as unknown as Columns;
  return columns.starts.length === columns.lengths.length && columns.starts.length === columns.hashes.length ? columns : null;
}

const FIELDS_PER_CHUNK = 5;

/** The directory of all chunks as one flat column: `meta/chunks`. */
export function packDirectory(chunks: readonly ChunkInfo[]): Float64Array {
  const flat = new Float64Array(chunks.length * FIELDS_PER_CHUNK);
  chunks.forEach(({ chunk, count, minStart, maxStart, maxEnd }, i) => {
    flat.set([chunk, count, minStart, maxStart, maxEnd], i * FIELDS_PER_CHUNK);
  });
  return flat;
}

/** Null when it is damaged or not there; the caller rebuilds it from the columns. */
export function readDirectory(value: unknown): ChunkInfo[] | null {
  if (!isTyped(value, 'Float64Array')) return null;
  const flat = value as Float64Array;
  const chunks: ChunkInfo[] = [];
  for (let at = 0; at + FIELDS_PER_CHUNK <= flat.length; at += FIELDS_PER_CHUNK) {
    const [chunk, count, minStart, maxStart, maxEnd] = flat.subarray(at, at + FIELDS_PER_CHUNK) as unknown as number[];
    if (!isCount(chunk) || !isCount(count)) return null;
    chunks.push({ chunk, count, minStart: minStart as number, maxStart: maxStart as number, maxEnd: maxEnd as number });
  }
  return chunks;
}

/** What the directory says of a chunk, told from its columns. */
export function describeColumns(chunk: number, columns: Columns): ChunkInfo {
  const { starts } = columns;
  const info = { chunk, count: starts.length, minStart: Infinity, maxStart: -Infinity, maxEnd: -Infinity };
  for (let i = 0; i < starts.length; i += 1) {
    info.minStart = Math.min(info.minStart, starts[i] as number);
    info.maxStart = Math.max(info.maxStart, starts[i] as number);
    info.maxEnd = Math.max(info.maxEnd, endAt(columns, i));
  }
  return info;
}
