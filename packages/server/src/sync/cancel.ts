// Whether the cancelling of a session is stored, was stored before, or is refused. Final either way.
import type { CancelRequest } from '@syncline/protocol';
import type { StoredCancellation, StoredSession } from '../ports.ts';
import { fingerprintOf } from './content.ts';
import type { Refusal } from './outcome.ts';
import type { ApplyContext, WorkingSet } from './working-set.ts';

/** What a cancellation says, with absent fields as null. */
export type CancelInput = Omit<StoredCancellation, 'displayId' | 'createdAt' | 'fingerprint'>;

export function toCancelInput(request: CancelRequest): CancelInput {
  return {
    sessionId: request.session_id,
    plannedDuration: request.planned_duration,
    elapsedMinutes: request.elapsed_minutes,
    source: request.source,
    reason: request.reason ?? null,
    note: request.cancel_reason_note ?? null,
    category: request.category ?? null,
    projectId: request.project_id ?? null,
    teamProjectId: request.team_project_id ?? null,
  };
}

export type CancelOutcome =
  | { readonly kind: 'applied' | 'repeated'; readonly session: StoredSession; readonly cancellation: StoredCancellation }
  | Refusal;

/**
 * Applies a cancellation to loaded rows: the session by its id with its cancellation. One that was never announced is stored as cancelled,
 * since an offline start never reaches the server. A completed session stays completed.
 */
export function applyCancel(set: WorkingSet, input: CancelInput, context: ApplyContext): CancelOutcome {
  const session = set.session(input.sessionId);
  const cancellation = set.cancellation(input.sessionId);
  const fingerprint = cancelFingerprint(input);
  if (session !== null && cancellation !== null) {
    if (cancellation.fingerprint === fingerprint) return { kind: 'repeated', session, cancellation };
    return { kind: 'refused', code: 'session_id_reused', session };
  }
  if (session !== null && session.state !== 'running') return { kind: 'refused', code: 'session_final', session };
  return storeCancellation(set, input, fingerprint, session, context);
}

function storeCancellation(
  set: WorkingSet,
  input: CancelInput,
  fingerprint: string,
  started: StoredSession | null,
  context: ApplyContext,
): CancelOutcome {
  const { now } = context;
  const displayId = started?.displayId ?? set.summary.lastDisplayId + 1;
  const lastCancellationId = set.summary.lastCancellationId + 1;
  set.patchSummary({ lastDisplayId: Math.max(displayId, set.summary.lastDisplayId), lastCancellationId });
  const cancellation: StoredCancellation = { ...input, displayId: lastCancellationId, createdAt: now, fingerprint };
  set.putCancellation(cancellation);
  const session = set.putSession({
    id: input.sessionId, displayId, state: 'cancelled', startTime: started?.startTime ?? null, endTime: null, duration: null,
    plannedDuration: input.plannedDuration, category: input.category ?? started?.category ?? '', project: started?.project ?? '',
    note: started?.note ?? '', source: input.source, deviceId: context.deviceId ?? started?.deviceId ?? null,
    createdAt: started?.createdAt ?? now, deletedAt: null, cancelReason: input.reason, tags: started?.tags ?? [],
    clock: null, annotation: started?.annotation ?? null, fingerprint: null,
  }, context);
  return { kind: 'applied', session, cancellation };
}

function cancelFingerprint(input: CancelInput): string {
  return fingerprintOf([
    input.plannedDuration, input.elapsedMinutes, input.source, input.reason, input.note, input.category, input.projectId, input.teamProjectId,
  ]);
}
