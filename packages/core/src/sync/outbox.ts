// Which operation goes next. Pure, over the view; a parked one never, one that waits for its time not yet,
// those that failed less often first and among them the oldest: so none holds up the others.
import { isDocumented, type Operation } from '../model/operation.ts';
import { endOf, isOver } from './span.ts';
import type { View } from './view.ts';

function isSendable(view: View, seq: number, operation: Operation, now: number, user: string): boolean {
  if (!isDocumented(operation)) return false;
  const { parked, wait } = operation.delivery;
  if (parked !== null || operation.owner !== user || !isOver(wait, now)) return false;
  if (view.head.inFlight.includes(seq)) return false;
  // Operations of one session go in their order.
  const first = view.seqsOf(operation.session.id)[0];
  return first === seq;
}

/** An edit whose session has yet to be told itself, and cannot be now: alone it would be refused. */
export function isBehind(view: View, { kind, session }: Operation, now: number): boolean {
  if (kind !== 'amend' && kind !== 'delete' && kind !== 'restore') return false;
  const [first] = view.operationsOf(session.id);
  return first !== undefined && isDocumented(first) && (first.delivery.parked !== null || !isOver(first.delivery.wait, now));
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

/** How many could be sent now. @param byExchange also what has no documented call, and that a session runs. */
export function countSendable(view: View, now: number, user: string, byExchange: boolean): number {
  let count = byExchange ? [...view.running.values()].filter(({ notice }) => notice !== null).length : 0;
  for (const [seq, operation] of view.operations) {
    const { parked, wait } = operation.delivery;
    const isFree = byExchange ? parked === null && operation.owner === user && isOver(wait, now) && !isBehind(view, operation, now) : isSendable(view, seq, operation, now, user);
    if (isFree) count += 1;
  }
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
