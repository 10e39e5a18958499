// A settlement that a device gives back because this server's time went back. What it did to sessions they offer by themselves.
import { parseInstant, type RememberedSettlement, type SettledSession, validateSessionTimes } from '@syncline/protocol';
import { type OperationOutcome, refuse } from './outcome.ts';
import { freeAll, keepAll } from './settle.ts';
import { type Before, readPlan, type RememberedPlan, writePlan } from './settlement-plan.ts';
import type { ApplyContext, WorkingSet } from './working-set.ts';

export function applyRemember(set: WorkingSet, told: RememberedSettlement, { now }: ApplyContext): OperationOutcome {
  const { settlement_id: id, memory } = told;
  const stored = set.settlement(id);
  const undoneAt = told.undone_at === null ? null : parseInstant(told.undone_at);
  if (stored !== null && (stored.undoneAt !== null || undoneAt === null)) return { kind: 'repeated', sequence: stored.sequence };
  const left = new Set(memory.versions.map(({ session_id: session }) => session));
  const unknown = [...memory.before.map(({ session_id: session }) => session), ...memory.created].filter((session) => !left.has(session));
  if (unknown.length > 0) return refuse('invalid_request', 'settlement.memory.versions', 'must name every session that was changed or made');
  const before = memory.before.map(toBefore);
  const isSound = before.every(({ startTime, endTime, duration }) => validateSessionTimes({ startTime: startTime ?? 0, endTime: endTime ?? 0, durationMinutes: duration ?? 0 }, now).length === 0);
  if (!isSound) return refuse('invalid_request', 'settlement.memory.before', 'must hold sessions that may be stored');
  const sequence = set.nextSequence();
  const plan = stored === null ? planOf(told, before) : readPlan(stored);
  set.putSettlement(stored === null ? { id, sequence, createdAt: parseInstant(told.settled_at) ?? now, undoneAt, plan: writePlan(plan) } : { ...stored, sequence, undoneAt });
  if (plan.kind === 'keep_all' && undoneAt !== null) freeAll(set, plan.sessionIds, id);
  const refused = plan.kind === 'keep_all' && undoneAt === null ? keepAll(set, plan.sessionIds, id) : null;
  return refused ?? { kind: 'applied', sequence };
}

function planOf({ kind, session_ids: ids, device_id: deviceId, memory: { created, versions } }: RememberedSettlement, before: readonly Before[]): RememberedPlan {
  return { kind, sessionIds: [...new Set(ids)].sort(), deviceId, before, created, versions: versions.map(({ session_id: id, version }) => [id, version] as const) };
}

function toBefore({ session_id: id, start_time: start, end_time: end, duration, category, project, note, tags }: SettledSession): Before {
  return { id, startTime: parseInstant(start), endTime: parseInstant(end), duration, category, project, note, tags, deletedAt: null };
}
