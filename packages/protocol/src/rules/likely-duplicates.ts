// Sessions that are probably the same work under two ids: logged by two devices at once, entered again by hand, imported twice.
// Only a proposal: a score and the reasons for it. Nothing here decides, and nothing is ever deleted for it.
import { pairKey } from './conflict.ts';

const MINUTE_MS = 60_000;
/** Two entries of one piece of work begin within this time of each other, or overlap. */
const NEAR_MS = 15 * MINUTE_MS;
/** From this score on a pair is proposed. */
export const DUPLICATE_SCORE_MIN = 0.7;

/** A finished session as far as it matters here. Times in ms since the epoch. */
export interface DuplicateCandidate {
  readonly id: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  readonly deviceId: string | null;
}

/** What speaks for one piece of work. */
export type DuplicateReason = 'same_times' | 'close_times' | 'same_length' | 'same_project' | 'same_category' | 'similar_note' | 'other_device';

/** Two sessions that are probably the same work. */
export interface LikelyDuplicate {
  /** The earlier start first; equal starts by id. */
  readonly sessionIds: readonly [string, string];
  /** 0 to 1; proposed from {@link DUPLICATE_SCORE_MIN} on. */
  readonly score: number;
  readonly reasons: readonly DuplicateReason[];
}

/**
 * Pairs with their score, best first; equal scores in the order of time.
 * @param keptPairs keys (`pairKey`) of pairs of which somebody said that they are different work.
 */
export function findLikelyDuplicates(sessions: readonly DuplicateCandidate[], keptPairs?: ReadonlySet<string>): LikelyDuplicate[] {
  const sorted = [...sessions].sort((a, b) => a.startTime - b.startTime || (a.id < b.id ? -1 : 1));
  const found: LikelyDuplicate[] = [];
  sorted.forEach((first, i) => {
    for (let j = i + 1; j < sorted.length; j += 1) {
      const second = sorted[j] as DuplicateCandidate;
      if (second.startTime - first.startTime > NEAR_MS && second.startTime >= first.endTime) break;
      const pair = scorePair(first, second);
      if (pair.score >= DUPLICATE_SCORE_MIN && keptPairs?.has(pairKey(first.id, second.id)) !== true) found.push(pair);
    }
  });
  return found.sort((a, b) => b.score - a.score);
}

function scorePair(a: DuplicateCandidate, b: DuplicateCandidate): LikelyDuplicate {
  const reasons: DuplicateReason[] = [];
  const add = (reason: DuplicateReason, isSo: boolean, weight: number): number => {
    if (isSo) reasons.push(reason);
    return isSo ? weight : 0;
  };
  const shared = sharedPart(a, b);
  const isSame = a.startTime === b.startTime && a.endTime === b.endTime;
  const lengths = [a.endTime - a.startTime, b.endTime - b.startTime] as const;
  const isSameLength = Math.abs(lengths[0] - lengths[1]) <= Math.max(MINUTE_MS, 0.05 * Math.max(...lengths));
  const words = similarity(a.note, b.note);
  const weights = [
    add('same_times', isSame, 0.5),
    add('close_times', !isSame && shared >= 0.6, 0.25 + 0.25 * shared),
    add('same_length', isSameLength, 0.1),
    add('same_project', plain(a.project) === plain(b.project), 0.2),
    add('same_category', plain(a.category) === plain(b.category), 0.1),
    add('similar_note', words !== null && words >= 0.5, 0.1),
    add('other_device', a.deviceId !== null && b.deviceId !== null && a.deviceId !== b.deviceId, 0.05),
  ];
  const isContradicted = plain(a.project) !== plain(b.project) && plain(a.category) !== plain(b.category);
  // Two notes that share nothing tell of two things.
  const doubt = (isContradicted ? 0.3 : 0) + (words !== null && words < 0.1 ? 0.15 : 0);
  const score = Math.max(0, Math.min(1, weights.reduce((sum, weight) => sum + weight, 0) - doubt));
  return { sessionIds: [a.id, b.id], score: Math.round(score * 100) / 100, reasons };
}

/** The time both cover, as a share of the time either covers; 0 to 1. */
function sharedPart(a: DuplicateCandidate, b: DuplicateCandidate): number {
  const both = Math.min(a.endTime, b.endTime) - Math.max(a.startTime, b.startTime);
  const either = Math.max(a.endTime, b.endTime) - Math.min(a.startTime, b.startTime);
  return either <= 0 ? 0 : Math.max(0, both) / either;
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}

/** Words in common as a share of all; null when one of the two has none. */
function similarity(a: string, b: string): number | null {
  const [inA, inB] = [wordsOf(a), wordsOf(b)];
  if (inA.size === 0 || inB.size === 0) return null;
  let both = 0;
  for (const word of inA) if (inB.has(word)) both += 1;
  return both / (inA.size + inB.size - both);
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(plain(text).split(' ').filter((word) => word !== ''));
}
