// A page of a user's history as it goes down to a device.
import { type Change as WireChange, LIMITS } from '@syncline/protocol';
import type { Change, UserReader } from '../ports.ts';
import { toSessionRecord, toSettlementRecord } from './session-records.ts';

/** Changes read at once: records with documents are large, and what comes next may weigh anything. Four times that is the largest page, and a look behind it. */
const AT_ONCE = 251;

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
  const changes: WireChange[] = [];
  let chars = 0;
  for (let reached = after; reached < until; ) {
    const found = await tx.changes(reached, Math.min(AT_ONCE, limit + 1 - changes.length));
    for (const change of found) {
      if (change.sequence > until) return { changes, reached: head, more: false };
      const told = toWireChange(change);
      chars += JSON.stringify(told).length;
      const last = changes.at(-1);
      // As many as fit into the largest answer, and one at least.
      if (last !== undefined && (changes.length === limit || chars > LIMITS.exchangeBytesMax)) return { changes, reached: last.seq, more: true };
      changes.push(told);
    }
    reached = found.at(-1)?.sequence ?? until;
  }
  return { changes, reached: head, more: false };
}

export function toWireChange(change: Change): WireChange {
  return change.kind === 'session'
    ? { seq: change.sequence, type: 'session', session: toSessionRecord(change.session) }
    : { seq: change.sequence, type: 'settlement', settlement: toSettlementRecord(change.settlement) };
}
