// POST /api/pomodoro/submit: stores a finished session.
import { parseSubmit, type SubmitRequest, type SubmitResponse } from '@syncline/protocol';
import { problem } from '../http/problem.ts';
import type { Route } from '../http/route.ts';
import { applySubmit, toSubmitInput } from '../sync/submit.ts';
import { toPomodoro } from '../sync/session-records.ts';
import { writeSession } from './write-call.ts';

export const submitRoute: Route = {
  call: 'submit',
  parseBody: parseSubmitBody,
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

/** With the rules between fields, so that every faulty field is named at once. */
function parseSubmitBody(body: unknown, now: number): SubmitRequest {
  const check = parseSubmit(body, now);
  if (!check.ok) throw problem(check.code, { details: check.issues });
  return check.value;
}
