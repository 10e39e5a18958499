// Loads into a working set what the rules will look at, and writes back what they changed. Few statements, whatever the number of
// operations.
import type { Interval, UserChanges, UserTransaction } from '../ports.ts';
import { mendTorn } from './conflict-keeping.ts';
import { readPlan } from './settlement-plan.ts';
import { dayOf, runningAfter, type WorkingSet } from './working-set.ts';

/** What a piece of work will look at. */
export interface Wants {
  /** Sessions it names. */
  readonly sessionIds: readonly string[];
  /** Whether their starts and cancellations matter. */
  readonly details?: boolean | undefined;
  /** Where it wants to put sessions. */
  readonly intervals?: readonly Interval[] | undefined;
  /** Instants whose UTC days are counted. */
  readonly starts?: readonly number[] | undefined;
  /** Whether sessions that run elsewhere matter. */
  readonly running?: boolean | undefined;
  /** Whether stored sessions may change, leave or come back, so that whole groups must be known. */
  readonly rewrites?: boolean | undefined;
  readonly settlementIds?: readonly string[] | undefined;
  /** Whether pairs may be kept, of which nobody keeps any number. */
  readonly keeps?: boolean | undefined;
}

export async function load(tx: UserTransaction, set: WorkingSet, wants: Wants, now: number): Promise<void> {
  const settlements = await tx.settlements(wants.settlementIds ?? []);
  set.loadSettlements(settlements);
  const plans = settlements.map(readPlan);
  const ids = [...new Set([...wants.sessionIds, ...plans.flatMap((plan) => [...plan.sessionIds, ...plan.versions.map(([id]) => id)])])];
  const details = wants.details === true ? ids : [];
  const intervals = [...(wants.intervals ?? []), ...plans.flatMap((plan) => plan.before.flatMap(intervalOf))];
  const isFull = wants.rewrites === true;
  const [sessions, starts, cancellations, counts, running, kept, near] = await Promise.all([
    tx.sessions(ids),
    tx.starts(details),
    tx.cancellations(details),
    tx.sessionsPerDay([...new Set((wants.starts ?? []).map(dayOf))]),
    wants.running === true && set.summary.running > 0 ? tx.running(runningAfter(now)) : [],
    wants.keeps === true ? tx.keptPairCount() : 0,
    isFull ? [] : tx.overlapping(intervals),
  ]);
  set.loadSessions(running);
  set.loadSessions(sessions);
  set.loadStarts(starts);
  set.loadCancellations(cancellations);
  set.loadDayCounts(counts);
  set.conflicts.loadKeptCount(kept);
  set.conflicts.loadLive(near);
  if (isFull) {
    await loadWholeGroups(tx, set, [...intervals, ...sessions.flatMap(intervalOf)], ids);
    return;
  }
  // Of a pair that is kept one may have been missing until now, and come back.
  const together = intervals.length === 0 ? [] : [...new Set([...ids, ...near.map(({ id }) => id)])];
  const [groups, pairs] = await Promise.all([tx.groups(groupsOf(near)), tx.keptPairs(together)]);
  set.conflicts.loadGroups(groups);
  set.conflicts.loadKeptPairs(pairs);
}

async function loadWholeGroups(tx: UserTransaction, set: WorkingSet, intervals: readonly Interval[], ids: readonly string[]): Promise<void> {
  const near = await tx.overlapping(intervals);
  const numbers = groupsOf(near);
  const [groups, members] = await Promise.all([tx.groups(numbers), tx.groupMembers(numbers)]);
  set.conflicts.loadLive(near);
  set.conflicts.loadLive(members);
  set.conflicts.loadGroups(groups);
  const all = new Set([...ids, ...near.map(({ id }) => id), ...members.map(({ id }) => id)]);
  set.conflicts.loadKeptPairs(await tx.keptPairs([...all]));
}

function intervalOf({ startTime, endTime }: { readonly startTime: number | null; readonly endTime: number | null }): Interval[] {
  return startTime === null || endTime === null ? [] : [{ startTime, endTime }];
}

function groupsOf(sessions: readonly { readonly group: number | null }[]): number[] {
  return [...new Set(sessions.map(({ group }) => group).filter((group) => group !== null))];
}

/** Rows that belong to the same transaction and are none of the working set's business. */
export type OtherChanges = Pick<UserChanges, 'devices' | 'removedDevices' | 'results'>;

/** Writes everything that changed. The newest end is asked for only if it went away. */
export async function flush(tx: UserTransaction, set: WorkingSet, other: OtherChanges = {}): Promise<void> {
  mendTorn(set.conflicts);
  const changes = set.changes();
  if (!set.newestEndLost) {
    await tx.write({ ...changes, ...other, ...(set.isSummaryChanged ? { summary: set.summary } : {}) });
    return;
  }
  await tx.write({ ...changes, ...other });
  set.patchSummary({ lastSession: await tx.newestEnd() });
  await tx.write({ summary: set.summary });
}
