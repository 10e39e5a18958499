// What one tab tells the others after it wrote: the version the store has now, and which rows changed since which version. It only says
// where to look: the rows are read from the store, and a tab that was elsewhere, or that understands nothing of it, reads everything.
import { asFields } from '../model/rows.ts';
import type { Read, TableName, Write } from '../ports.ts';
import type { Head } from './head.ts';

/** Rows that every tab holds a copy of, by table and key. */
type RowName = readonly [table: TableName, key: string | number];

export interface TabNews {
  readonly v: number;
  /** The decision that wrote it: told before it is committed, and where it came to nothing another one has that version. */
  readonly by?: string | undefined;
  /** What changed since that version; absent where that would be too much to say. */
  readonly since?: number | undefined;
  readonly rows?: readonly RowName[] | undefined;
}

/** More rows than these are read faster all together. */
const ROWS_MAX = 32;
const TOLD: ReadonlySet<unknown> = new Set<TableName>(['meta', 'operations', 'running', 'conflicts', 'overlay', 'settlements']);

function isRowName(value: unknown): value is RowName {
  return Array.isArray(value) && TOLD.has(value[0]) && (typeof value[1] === 'string' || typeof value[1] === 'number');
}

/** A message of another tab, or null. Of one that was damaged only the version is believed. */
export function parseTabNews(message: unknown): TabNews | null {
  const { v, by, since, rows } = asFields(message) ?? {};
  if (typeof v !== 'number') return null;
  const isWhole = typeof since === 'number' && typeof by === 'string' && Array.isArray(rows) && rows.length <= ROWS_MAX && rows.every(isRowName);
  return isWhole ? { v, by, since, rows } : { v };
}

/** One after the other, as one. */
export function joinTabNews(before: TabNews | null, next: TabNews): TabNews {
  if (before === null) return next;
  const isNext = before.rows !== undefined && next.rows !== undefined && next.since === before.v;
  if (!isNext) return next.v > before.v ? { v: next.v } : { v: before.v };
  const rows = [...before.rows, ...next.rows];
  return rows.length > ROWS_MAX ? { v: next.v } : { v: next.v, by: next.by, since: before.since, rows };
}

/** What a commit has to tell. @param head as it writes it. */
export function tabNewsOf({ version, by }: Pick<Head, 'version' | 'by'>, writes: readonly Write[]): TabNews {
  const rows: RowName[] = [];
  for (const write of writes) {
    if (!TOLD.has(write.table)) continue;
    if (write.kind === 'deleteRange') return { v: version };
    if (write.table !== 'meta' || write.key !== 'head') rows.push([write.table, write.key]);
  }
  return rows.length > ROWS_MAX ? { v: version } : { v: version, by, since: version - 1, rows };
}

export function toRead([table, key]: RowName): Read {
  return { table, key };
}
