// The two kinds of change in one order, read a bounded number at a time.
import type { Change } from '../ports.ts';
import { SETTLEMENTS_AT_ONCE } from './read-limits.ts';

/** @param sessions the first that came after a position. @param settlements the first {@link SETTLEMENTS_AT_ONCE} that did. Both in order. */
export function inOneOrder(sessions: readonly Change[], settlements: readonly Change[], limit: number): readonly Change[] {
  const isCut = settlements.length === SETTLEMENTS_AT_ONCE;
  // What comes behind the last of them may be a settlement that was not read.
  const end = isCut ? (settlements.at(-1)?.sequence ?? 0) : Number.POSITIVE_INFINITY;
  return [...sessions, ...settlements].filter(({ sequence }) => sequence <= end).sort((a, b) => a.sequence - b.sequence).slice(0, limit);
}
