// Whether the announcement of a session is stored, was stored before, or is refused.
import { LIMITS } from '@syncline/protocol';
import type { StoredSession, StoredStart } from '../ports.ts';
import { fingerprintOf } from './content.ts';
import type { Refusal } from './outcome.ts';
import type { ApplyContext, WorkingSet } from './working-set.ts';

/** What a start says, with absent fields as null. */
export type StartInput = Omit<StoredStart, 'displayId' | 'createdAt' | 'fingerprint'> & {
  /** When it began, where the caller knows; otherwise the server's time stands for it. */
  readonly startTime: number | null;
};

export type StartOutcome =
  | { readonly kind: 'applied' | 'repeated'; readonly session: StoredSession; readonly start: StoredStart }
  | Refusal;

/** Applies a start to loaded rows: the session by its id with its start. The same start again is `repeated`, also after the session ended. */
export function applyStart(set: WorkingSet, input: StartInput, context: ApplyContext): StartOutcome {
  const session = set.session(input.sessionId);
  const start = set.start(input.sessionId);
  const fingerprint = startFingerprint(input);
  if (session !== null && start?.fingerprint === fingerprint) return { kind: 'repeated', session, start };
  if (session !== null) {
    return { kind: 'refused', code: session.state === 'running' ? 'session_id_reused' : 'session_final', session };
  }
  const startTime = input.startTime ?? context.now;
  const problem = startTimeProblem(startTime, context.now);
  if (problem !== null) return problem;
  if (set.startsOnDayOf(startTime) >= LIMITS.sessionsPerDayMax) {
    return { kind: 'refused', code: 'limit_reached', details: [{ path: 'session_id', message: `is on a day that has ${LIMITS.sessionsPerDayMax} sessions already` }] };
  }
  return storeStart(set, input, startTime, fingerprint, context);
}

function startTimeProblem(startTime: number, now: number): Refusal | null {
  if (startTime < LIMITS.earliestStart) {
    return { kind: 'refused', code: 'invalid_request', details: [{ path: 'start_time', message: 'must not be before 2000-01-01T00:00:00Z' }] };
  }
  if (startTime > now + LIMITS.futureLeewayMs) {
    return { kind: 'refused', code: 'time_in_future', details: [{ path: 'start_time', message: 'must not be more than 5 minutes in the future' }] };
  }
  return null;
}

function storeStart(set: WorkingSet, input: StartInput, startTime: number, fingerprint: string, context: ApplyContext): StartOutcome {
  const { now, deviceId } = context;
  const { startTime: _, ...facts } = input;
  const displayId = set.summary.lastDisplayId + 1;
  const lastStartId = set.summary.lastStartId + 1;
  set.patchSummary({ lastDisplayId: displayId, lastStartId });
  const start: StoredStart = { ...facts, displayId: lastStartId, createdAt: now, fingerprint };
  set.putStart(start);
  const session = set.putSession({
    id: input.sessionId, displayId, state: 'running', startTime, endTime: null, duration: null, plannedDuration: input.plannedDuration,
    category: input.category, project: input.project ?? '', note: input.planningNotes ?? '', source: input.source, deviceId,
    createdAt: now, deletedAt: null, cancelReason: null, tags: [], clock: null, annotation: null, fingerprint: null,
  }, context);
  return { kind: 'applied', session, start };
}

function startFingerprint(input: StartInput): string {
  return fingerprintOf([
    input.plannedDuration, input.category, input.source, input.project, input.planningNotes, input.goals, input.energyLevel,
    input.appVersion, input.projectId, input.teamProjectId, input.startTime,
  ]);
}
