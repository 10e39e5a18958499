// A page of a user's history as it goes down to a device.
import { type Change as WireChange, LIMITS } from '@syncline/protocol';
import type { Change, UserReader } from '../ports.ts';
import { toSessionRecord, toSettlementRecord } from './session-records.ts';

export interface ChangePage {
  readonly changes: readonly WireChange[];
  /** Position after this page. */
  readonly reached: number;
  readonly more: boolean;
}

/**
 * Changes after a position, up to another one. What was changed after `until` is known to the caller already: this request did it.
 * @param head position of the newest change; a page that reaches `until` has reached it.
 */
export async function readPage(tx: UserReader, after: number, until: number, head: number, limit: number): Promise<ChangePage> {
  if (after >= until) return { changes: [], reached: head, more: false };
  const found = await tx.changes(after, limit + 1);
  const wanted = found.filter((change) => change.sequence <= until);
  const changes = withinBytes(wanted.slice(0, limit).map(toWireChange));
  const more = changes.length < wanted.length;
  return { changes, reached: more ? (changes.at(-1)?.seq ?? after) : head, more };
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
