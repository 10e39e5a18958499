// POST /api/pomodoro/submit: stores a finished session.
import { parseInstant, type SubmitRequest, type SubmitResponse } from '@syncline/protocol';
import type { Route } from '../http/route.ts';
import { applySubmit, type SubmitInput } from '../sync/submit.ts';
import { toPomodoro } from './session-records.ts';
import { writeSession } from './write-call.ts';

export const submitRoute: Route = {
  call: 'submit',
  async handle(input) {
    const submit = toSubmitInput(input.body as SubmitRequest);
    const wants = { sessionIds: [submit.id], intervals: [submit], starts: [submit.startTime] };
    const { kind, session } = await writeSession(input, submit.source, wants, (set, context) => applySubmit(set, submit, context));
    const body: SubmitResponse = {
      success: true,
      session_id: String(session.displayId),
      message: 'Pomodoro session logged successfully',
      pomodoro: toPomodoro(session),
    };
    return { status: kind === 'applied' ? 201 : 200, body };
  },
};

/** The request passed its schema, so its instants can be read. */
export function toSubmitInput(request: SubmitRequest & { readonly tags?: readonly string[] | undefined }): SubmitInput {
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
  };
}
