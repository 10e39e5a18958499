// Which operation goes next. Pure, over the view; a parked one never, one that waits for its time not yet,
// those that failed less often first and among them the oldest: so none holds up the others.
import { isDocumented, isSettlement, type Operation, sessionsOf } from '../model/operation.ts';
import { endOf, isOver } from './span.ts';
import type { View } from './view.ts';

function isSendable(view: View, seq: number, operation: Operation, now: number, user: string): boolean {
  if (!isDocumented(operation)) return false;
  const { parked, wait } = operation.delivery;
  if (parked !== null || operation.owner !== user || !isOver(wait, now)) return false;
  if (view.head.inFlight.includes(seq)) return false;
  // As long as nobody knows whether the server can be told what else was decided, a session waits with that.
  return view.sync.capabilities !== null || view.seqsOf(operation.session.id).length === 1;
}

/** The next operation to send, or null. */
export function nextToSend(view: View, now: number, user: string): number | null {
  let best: number | null = null;
  let bestTries = Number.POSITIVE_INFINITY;
  for (const [seq, operation] of view.operations) {
    const { tries } = operation.delivery;
    if (tries >= bestTries || !isSendable(view, seq, operation, now, user)) continue;
    if (tries === 0) return seq;
    best = seq;
    bestTries = tries;
  }
  return best;
}

/**
 * What an exchange may carry now, in the order it was made. Alone an edit would be refused for want of its session, so it stays behind one that
 * waits or was itself refused. A settlement waits with its sessions, too; one that names a refused session is sent, and refused by itself.
 */
export function* dueForExchange(view: View, now: number, user: string): Generator<readonly [seq: number, operation: Operation]> {
  const waiting = new Set<string>();
  const refused = new Set<string>();
  for (const [seq, operation] of view.operations) {
    const { parked, wait } = operation.delivery;
    if (parked !== null && isDocumented(operation)) refused.add(operation.session.id);
    if (parked !== null || operation.owner !== user) continue;
    const isAfter = waiting.size > 0 && sessionsOf(operation).some((id) => waiting.has(id));
    if (isAfter || !isOver(wait, now)) for (const id of sessionsOf(operation)) waiting.add(id);
    else if (isSettlement(operation) || !refused.has(operation.session.id)) yield [seq, operation];
  }
}

/** How many could be sent now. @param byExchange also what has no documented call, and that a session runs. */
export function countSendable(view: View, now: number, user: string, byExchange: boolean): number {
  let count = 0;
  if (byExchange) {
    for (const { notice } of view.running.values()) if (notice !== null) count += 1;
    for (const _ of dueForExchange(view, now, user)) count += 1;
    return count;
  }
  for (const [seq, operation] of view.operations) if (isSendable(view, seq, operation, now, user)) count += 1;
  return count;
}

/** When the next waiting operation may go, by the device's clock; null when none waits. */
export function nextWaitingAt(view: View, now: number): number | null {
  let at: number | null = null;
  for (const { delivery } of view.operations.values()) {
    if (delivery.parked !== null || isOver(delivery.wait, now)) continue;
    at = Math.min(at ?? Number.POSITIVE_INFINITY, endOf(delivery.wait, now));
  }
  return at;
}

/** Whether an operation that failed by its own fault is due again, and nothing has proved since that the server itself is well. */
export function needsHealthProof(view: View, now: number): boolean {
  for (const { delivery } of view.operations.values()) {
    const isDue = delivery.parked === null && isOver(delivery.wait, now);
    if (isDue && delivery.faults > 0 && delivery.successesAtFault === view.sync.successes) return true;
  }
  return false;
}
