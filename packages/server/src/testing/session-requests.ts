// Requests about sessions that differ from the plainest only where a case says so.
import { type CancelRequest, formatInstant, type SessionStartRequest, type SubmitRequest } from '@syncline/protocol';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
/** A Sunday noon, UTC. */
export const NOON: number = Date.UTC(2025, 7, 24, 12);

/** A submit of the minutes `from` to `to`, counted from {@link NOON}. */
export function submitOf(id: string, from: number, to: number, differing: Partial<SubmitRequest> = {}): SubmitRequest {
  return {
    session_id: id, start_time: formatInstant(NOON + from * MINUTE), end_time: formatInstant(NOON + to * MINUTE), duration: to - from,
    category: 'work', project: 'team_A', note: 'a note', source: 'mac_app', ...differing,
  };
}

export function startOf(id: string, differing: Partial<SessionStartRequest> = {}): SessionStartRequest {
  return { session_id: id, planned_duration: 25, category: 'work', source: 'mac_app', ...differing };
}

export function cancelOf(id: string, differing: Partial<CancelRequest> = {}): CancelRequest {
  return { session_id: id, planned_duration: 25, elapsed_minutes: 3.5, source: 'mac_app', ...differing };
}
