// A settlement that a device gives back because this server's time went back. What it did to sessions they offer by themselves.
import { parseInstant, type RememberedSettlement, type SettledSession, validateSessionTimes } from '@syncline/protocol';
import { type OperationOutcome, refuse } from './outcome.ts';
import { type Before, writePlan } from './settlement-plan.ts';
import type { ApplyContext, WorkingSet } from './working-set.ts';

export function applyRemember(set: WorkingSet, told: RememberedSettlement, { now }: ApplyContext): OperationOutcome {
  const { settlement_id: id, kind, session_ids: ids, device_id: deviceId, memory } = told;
  const stored = set.settlement(id);
  const undoneAt = told.undone_at === null ? null : parseInstant(told.undone_at);
  if (stored !== null && (stored.undoneAt !== null || undoneAt === null)) return { kind: 'repeated', sequence: stored.sequence };
  if (kind === 'keep_all' && (undoneAt === null || stored !== null)) return refuse('invalid_request', 'settlement.kind', 'must be settled or undone again');
  const before = memory.before.map(toBefore);
  const isSound = before.every(({ startTime, endTime, duration }) => validateSessionTimes({ startTime: startTime ?? 0, endTime: endTime ?? 0, durationMinutes: duration ?? 0 }, now).length === 0);
  if (!isSound) return refuse('invalid_request', 'settlement.memory.before', 'must hold sessions that may be stored');
  const sequence = set.nextSequence();
  const versions = memory.versions.map(({ session_id: session, version }) => [session, version] as const);
  const plan = writePlan({ kind, sessionIds: [...ids].sort(), deviceId, before, created: memory.created, versions });
  set.putSettlement(stored === null ? { id, sequence, createdAt: parseInstant(told.settled_at) ?? now, undoneAt, plan } : { ...stored, sequence, undoneAt });
  return { kind: 'applied', sequence };
}

function toBefore({ session_id: id, start_time: start, end_time: end, duration, category, project, note, tags }: SettledSession): Before {
  return { id, startTime: parseInstant(start), endTime: parseInstant(end), duration, category, project, note, tags, deletedAt: null };
}
