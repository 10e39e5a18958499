import type { RunningSession } from '../model/session.ts';
import type { ServerCalls } from './server-calls.ts';

/**
 * Tells the server that a session began, at once and only once. The call carries no client time, so it is never queued or repeated:
 * if it is lost, the session's times arrive when it is submitted.
 */
export async function sendStart(calls: ServerCalls, session: RunningSession, source: string, signal: AbortSignal): Promise<void> {
  const body = {
    session_id: session.id,
    planned_duration: session.plannedDuration,
    category: session.category,
    source,
    project: session.project,
    ...(session.note === '' ? {} : { planning_notes: session.note }),
  };
  await calls.post('/api/session/start', JSON.stringify(body), signal);
}
