// Two rows by which tabs find out whether the leading one is alive: `meta/knock`, written by a tab that wants something done,
// and `meta/leader`, the leader's answer. Between two changes of leader nothing is written while nobody asks.
import { asFields, isNumber } from '../model/rows.ts';

export interface Knock {
  readonly id: string;
  /** Whether a person asked to sync now. */
  readonly sync: boolean;
}

export interface LeaderRow {
  readonly tab: string;
  /** The latest knock it heard. */
  readonly heard: string | null;
  /** The latest knock whose wish was carried out as far as it could be, and what that achieved. */
  readonly done: string | null;
  readonly sent: number;
}

export function readKnock(value: unknown): Knock | null {
  const row = asFields(value);
  return row !== null && typeof row['id'] === 'string' && typeof row['sync'] === 'boolean' ? { id: row['id'], sync: row['sync'] } : null;
}

export function readLeader(value: unknown): LeaderRow | null {
  const row = asFields(value);
  if (row === null || typeof row['tab'] !== 'string') return null;
  const textOrNull = (key: string): string | null => (typeof row[key] === 'string' ? (row[key] as string) : null);
  return { tab: row['tab'], heard: textOrNull('heard'), done: textOrNull('done'), sent: isNumber(row['sent']) ? row['sent'] : 0 };
}
