// What a request of an engine says, read a second time on purpose.
import type { HttpRequest } from '../../ports.ts';

/** The sessions that a request speaks of. */
export function sessionIdsOf(request: HttpRequest): readonly string[] {
  if (request.body === undefined) return [];
  try {
    const { session_id: id, operations } = JSON.parse(request.body) as { session_id?: unknown; operations?: unknown };
    if (typeof id === 'string') return [id];
    return Array.isArray(operations) ? operations.flatMap(idsOfOperation) : [];
  } catch {
    return [];
  }
}

function idsOfOperation(value: unknown): string[] {
  const { session, cancellation, session_id: id } = value as { session?: { session_id?: string }; cancellation?: { session_id?: string }; session_id?: string };
  return [session?.session_id ?? cancellation?.session_id ?? id].filter((found) => found !== undefined);
}

/** Names the token that a request of one life of a tab carries. */
export function tokenKey(tab: number, generation: number, { headers }: HttpRequest): string {
  return `${tab} ${generation} ${headers['Authorization'] ?? ''}`;
}
