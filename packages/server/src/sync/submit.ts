// Whether a finished session is stored, was stored before, or is refused. The documented call and the exchange both decide here.
import { LIMITS, parseInstant, type SubmittedSession, validateSessionTimes } from '@syncline/protocol';
import type { StoredClock, StoredSession } from '../ports.ts';
import { followChange } from './conflict-keeping.ts';
import { fingerprintOf } from './content.ts';
import type { Refusal } from './outcome.ts';
import { type ApplyContext, dayOf, type WorkingSet } from './working-set.ts';

/** A finished session in our terms: canonical id, instants in milliseconds. */
export interface SubmitInput {
  readonly id: string;
  readonly startTime: number;
  readonly endTime: number;
  /** Minutes. */
  readonly duration: number;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  readonly source: string;
  readonly tags: readonly string[];
  readonly clock: StoredClock | null;
}

export type SubmitOutcome =
  | {
      readonly kind: 'applied' | 'repeated';
      readonly session: StoredSession;
      /** Whether the stored session is other than what was sent now. */
      readonly isOther: boolean;
    }
  | Refusal;

/** The request passed its schema, so its instants can be read. */
export function toSubmitInput(request: SubmittedSession): SubmitInput {
  return {
    id: request.session_id,
    startTime: parseInstant(request.start_time) ?? Number.NaN,
    endTime: parseInstant(request.end_time) ?? Number.NaN,
    duration: request.duration,
    category: request.category,
    project: request.project,
    note: request.note,
    source: request.source,
    tags: request.tags ?? [],
    clock: request.clock === undefined ? null : { offsetMs: request.clock.offset_ms, errorMs: request.clock.error_ms },
  };
}

/**
 * Applies a submit to loaded rows: the session by its id, its neighbours in time with their groups, the count of its day.
 * Same id and same content: `repeated`, whatever became of the session since. Cancelled and deleted sessions stay what they are.
 */
export function applySubmit(set: WorkingSet, input: SubmitInput, context: ApplyContext): SubmitOutcome {
  const existing = set.session(input.id);
  const fingerprint = submitFingerprint(input);
  if (existing !== null && existing.state !== 'running') {
    const isOther = !isSameContent(existing, input);
    // Of a session that was brought back in a later state, nobody knows how it was first sent.
    const isRepeated = existing.state === 'completed' && (existing.fingerprint === null || existing.fingerprint === fingerprint);
    if (!isOther || isRepeated) return { kind: 'repeated', session: existing, isOther };
    const isFinal = existing.state === 'cancelled' || existing.deletedAt !== null;
    return { kind: 'refused', code: isFinal ? 'session_final' : 'session_id_reused', session: existing };
  }
  const issues = validateSessionTimes({ ...input, durationMinutes: input.duration }, context.now);
  if (issues.length > 0) {
    const isEarly = issues.every((issue) => issue.code === 'time_in_future');
    const details = issues.map(({ path, message }) => ({ path, message }));
    return { kind: 'refused', code: isEarly ? 'time_in_future' : 'invalid_request', details };
  }
  // One that was announced on that day is counted there already.
  const isNewToDay = existing?.startTime == null || dayOf(existing.startTime) !== dayOf(input.startTime);
  if (isNewToDay && set.startsOnDayOf(input.startTime) >= LIMITS.sessionsPerDayMax) {
    return { kind: 'refused', code: 'limit_reached', details: [{ path: 'start_time', message: `is on a day that has ${LIMITS.sessionsPerDayMax} sessions already` }] };
  }
  return { kind: 'applied', session: storeSubmit(set, input, fingerprint, existing, context), isOther: false };
}

function storeSubmit(
  set: WorkingSet,
  input: SubmitInput,
  fingerprint: string,
  started: StoredSession | null,
  context: ApplyContext,
): StoredSession {
  const displayId = started?.displayId ?? set.summary.lastDisplayId + 1;
  if (started === null) set.patchSummary({ lastDisplayId: displayId });
  const stored = set.putSession({
    ...input,
    displayId,
    state: 'completed',
    plannedDuration: started?.plannedDuration ?? null,
    deviceId: context.deviceId ?? started?.deviceId ?? null,
    createdAt: started?.createdAt ?? context.now,
    deletedAt: null,
    cancelReason: null,
    annotation: started?.annotation ?? null,
    fingerprint: context.version === undefined ? fingerprint : null,
  }, context);
  followChange(set.conflicts, stored);
  return stored;
}

function submitFingerprint(input: SubmitInput): string {
  const { startTime, endTime, duration, category, project, note, source } = input;
  return fingerprintOf([startTime, endTime, duration, category, project, note, source]);
}

function isSameContent(stored: StoredSession, input: SubmitInput): boolean {
  return (
    stored.state === 'completed' && stored.deletedAt === null && stored.startTime === input.startTime && stored.endTime === input.endTime &&
    stored.duration === input.duration && stored.category === input.category && stored.project === input.project &&
    stored.note === input.note && stored.source === input.source
  );
}
