// What a settlement remembers, so that it can be told, and undone exactly.
import type { SettlementKind } from '@syncline/protocol';
import type { StoredSession, StoredSettlement } from '../ports.ts';

/** The fields that a settlement may change, as they were before it. */
export type Before = Pick<StoredSession, 'id' | 'startTime' | 'endTime' | 'duration' | 'category' | 'project' | 'note' | 'tags' | 'deletedAt'>;

export interface RememberedPlan {
  readonly kind: SettlementKind;
  /** What the decision looked at, ordered. */
  readonly sessionIds: readonly string[];
  /** Device that decided. */
  readonly deviceId: string | null;
  readonly before: readonly Before[];
  /** Sessions the settlement made. */
  readonly created: readonly string[];
  /** Versions it left behind, of every session it changed or made. */
  readonly versions: readonly (readonly [string, number])[];
}

/** Reads what {@link writePlan} wrote. */
export function readPlan(settlement: StoredSettlement): RememberedPlan {
  return JSON.parse(settlement.plan) as RememberedPlan;
}

export function writePlan(plan: RememberedPlan): string {
  return JSON.stringify(plan);
}

export function toBefore(session: StoredSession): Before {
  const { id, startTime, endTime, duration, category, project, note, tags, deletedAt } = session;
  return { id, startTime, endTime, duration, category, project, note, tags, deletedAt };
}
