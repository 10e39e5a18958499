// A page of a user's history as it goes down to a device.
import { type Change as WireChange, LIMITS } from '@syncline/protocol';
import type { Change, UserReader } from '../ports.ts';
import { toSessionRecord, toSettlementRecord } from './session-records.ts';

/** Changes read before their size is known. */
const FIRST = 100;

export interface ChangePage {
  readonly changes: readonly WireChange[];
  /** Position after this page. */
  readonly reached: number;
  readonly more: boolean;
}

/**
 * Changes after a position, up to another one. What was changed after `until` is known to the caller already.
 * @param head position of the newest change; a page that reaches `until` has reached it.
 */
export async function readPage(tx: UserReader, after: number, until: number, head: number, limit: number): Promise<ChangePage> {
  if (after >= until) return { changes: [], reached: head, more: false };
  const found = await readBounded(tx, after, until, limit);
  const changes = withinBytes(found.changes);
  const more = found.more || changes.length < found.changes.length;
  return { changes, reached: more ? (changes.at(-1)?.seq ?? after) : head, more };
}

type Found = Pick<ChangePage, 'changes' | 'more'>;

/** Some first, and then as many as may fit: records with documents are large, and a page of a thousand of them is never in memory. */
async function readBounded(tx: UserReader, after: number, until: number, limit: number): Promise<Found> {
  const first = await readSome(tx, after, until, Math.min(FIRST, limit));
  const last = first.changes.at(-1);
  if (!first.more || last === undefined) return first;
  const bytesOfEach = JSON.stringify(first.changes).length / first.changes.length;
  const rest = Math.min(limit, Math.floor(LIMITS.exchangeBytesMax / bytesOfEach)) - first.changes.length;
  if (rest <= 0) return first;
  const second = await readSome(tx, last.seq, until, rest);
  return { changes: [...first.changes, ...second.changes], more: second.more };
}

async function readSome(tx: UserReader, after: number, until: number, count: number): Promise<Found> {
  const found = (await tx.changes(after, count + 1)).filter((change) => change.sequence <= until);
  return { changes: found.slice(0, count).map(toWireChange), more: found.length > count };
}

export function toWireChange(change: Change): WireChange {
  return change.kind === 'session'
    ? { seq: change.sequence, type: 'session', session: toSessionRecord(change.session) }
    : { seq: change.sequence, type: 'settlement', settlement: toSettlementRecord(change.settlement) };
}

/** As many as fit into the largest answer, and one at least. */
function withinBytes(changes: readonly WireChange[]): readonly WireChange[] {
  let chars = 0;
  const end = changes.findIndex((change, i) => {
    chars += JSON.stringify(change).length;
    return i > 0 && chars > LIMITS.exchangeBytesMax;
  });
  return end === -1 ? changes : changes.slice(0, end);
}
