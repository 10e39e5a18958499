// `meta/head`: one small row that every update of the store reads and rewrites. Whoever knows its version knows whether a copy in memory is current.
import { asFields, type Fields, isCount, isNumberOrNull } from '../model/rows.ts';

export interface Head {
  /** Minted with the first row of a store: another one says that the store was replaced. Empty before that. */
  readonly store: string;
  /** Grows by one with each update of the store. */
  readonly version: number;
  /** Names the tab's decision that wrote it: of two that were made over one version only one was committed. */
  readonly by: string;
  /** When the leading tab wrote it last, by that device's clock: a sign of life. Orders nothing. */
  readonly at: number;
  /** The next operation's number. Never reused. */
  readonly nextSeq: number;
  /** The next history chunk's number. Never reused. */
  readonly nextChunk: number;
  /** Grows with each change of history, so that loaded columns can be trusted. */
  readonly historyVersion: number;
  /** Completed sessions in history. Changed by differences only. */
  readonly acknowledged: number;
  /** Newest end of a completed session in history, or null. */
  readonly lastAcknowledged: number | null;
  /** Operations on their way, oldest first: after a crash their outcome is unknown. */
  readonly inFlight: readonly number[];
  /** Grows with each change of leader; an older leader's bookkeeping is refused. */
  readonly term: number;
}

export const FIRST_HEAD: Head = {
  store: '', version: 0, by: '', at: 0, nextSeq: 1, nextChunk: 1, historyVersion: 0, acknowledged: 0, lastAcknowledged: null, inFlight: [], term: 0,
};

/** Added to a counter that could not be read, so that no number is given out twice. */
const SALVAGE_STEP = 1_000_000;

function countOr(row: Fields, key: string, fallback: number): number {
  const value = row[key];
  return isCount(value) ? value : fallback;
}

/**
 * The head as stored, or rebuilt from what can still be read when the row is damaged.
 * @param highest the highest operation number in the outbox, or 0.
 */
export function readHead(value: unknown, highest: number): { readonly head: Head; readonly damaged: boolean } {
  if (value === undefined && highest === 0) return { head: FIRST_HEAD, damaged: false };
  const row = asFields(value) ?? {};
  const isSound =
    isCount(row['version']) && isCount(row['at']) && isCount(row['nextSeq']) && row['nextSeq'] > highest &&
    isCount(row['nextChunk']) && isCount(row['historyVersion']) && isCount(row['acknowledged']) && isCount(row['term']) &&
    typeof row['store'] === 'string' && typeof row['by'] === 'string' && isNumberOrNull(row['lastAcknowledged']) && Array.isArray(row['inFlight']) && row['inFlight'].every(isCount);
  if (isSound) return { head: row as unknown as Head, damaged: false };
  const nextSeq = countOr(row, 'nextSeq', 0);
  const head: Head = {
    store: typeof row['store'] === 'string' ? row['store'] : '',
    version: countOr(row, 'version', SALVAGE_STEP),
    by: '',
    at: countOr(row, 'at', 0),
    nextSeq: nextSeq > highest ? nextSeq : highest + SALVAGE_STEP,
    nextChunk: countOr(row, 'nextChunk', SALVAGE_STEP),
    historyVersion: countOr(row, 'historyVersion', SALVAGE_STEP),
    acknowledged: countOr(row, 'acknowledged', 0),
    lastAcknowledged: isNumberOrNull(row['lastAcknowledged']) ? row['lastAcknowledged'] : null,
    inFlight: [],
    term: countOr(row, 'term', SALVAGE_STEP),
  };
  return { head, damaged: true };
}

/** Whether a copy in memory that belongs to `held` is current. */
export function isCurrent(held: Head, stored: unknown): boolean {
  const { head } = readHead(stored, 0);
  return head.version === held.version && head.store === held.store && head.by === held.by;
}
