// POST /api/session/cancel: ends a session without counting it. Final.
import { type CancelRequest, type CancelResponse, formatInstant } from '@syncline/protocol';
import type { Route } from '../http/route.ts';
import type { StoredCancellation } from '../ports.ts';
import { applyCancel, toCancelInput } from '../sync/cancel.ts';
import { writeSession } from './write-call.ts';

export const sessionCancelRoute: Route = {
  call: 'sessionCancel',
  async handle(input) {
    const request = toCancelInput(input.body as CancelRequest);
    const wants = { sessionIds: [request.sessionId], details: true };
    const { kind, cancellation } = await writeSession(input, request.source, wants, (set, context) => applyCancel(set, request, context));
    return { status: kind === 'applied' ? 201 : 200, body: toResponse(cancellation) };
  },
};

function toResponse(cancellation: StoredCancellation): CancelResponse {
  return {
    success: true,
    cancellation_id: String(cancellation.displayId),
    message: 'Session cancelled and recorded successfully',
    cancellation: {
      id: cancellation.displayId,
      session_id: cancellation.sessionId,
      planned_duration: cancellation.plannedDuration,
      elapsed_minutes: cancellation.elapsedMinutes,
      reason: cancellation.reason,
      source: cancellation.source,
      created_at: formatInstant(cancellation.createdAt),
    },
  };
}
