import type { Clock } from '../ports.ts';
import { readPlainCall } from './answer.ts';
import type { Books } from './books.ts';
import type { ServerCalls } from './server-calls.ts';
import type { StartedSession } from './sessions.ts';

/**
 * Tells the server that a session began, at once and only once. The call carries no client time, so it is never queued or repeated:
 * if it is lost, the session's times arrive when it is submitted.
 */
export async function sendStart(
  calls: ServerCalls,
  books: Books,
  clock: Clock,
  session: StartedSession,
  source: string,
  signal: AbortSignal,
): Promise<void> {
  const body = {
    session_id: session.id,
    planned_duration: session.plannedDuration,
    category: session.category,
    source,
    project: session.project,
    planning_notes: session.note || undefined,
  };
  const sent = await calls.post('/api/session/start', JSON.stringify(body), signal);
  const outcome = sent.kind === 'answered' ? readPlainCall(sent.result, clock.now()) : null;
  if (outcome?.kind !== 'failed') return;
  // A pause that the server asks for holds for everything; otherwise it is left in peace for a moment.
  await (outcome.retryAfterMs === null ? books.falter() : books.fail(outcome, false));
}
