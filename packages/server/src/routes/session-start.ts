// POST /api/session/start: says that a session begins now.
import { formatInstant, type SessionStartRequest, type SessionStartResponse } from '@syncline/protocol';
import type { Route } from '../http/route.ts';
import type { StoredStart } from '../ports.ts';
import { applyStart, type StartInput } from '../sync/start.ts';
import { writeSession } from './write-call.ts';

export const sessionStartRoute: Route = {
  call: 'sessionStart',
  async handle(input) {
    const request = toStartInput(input.body as SessionStartRequest);
    const wants = { sessionIds: [request.sessionId], details: true, starts: [input.now] };
    const { kind, start } = await writeSession(input, request.source, wants, (set, context) => applyStart(set, request, context));
    return { status: kind === 'applied' ? 201 : 200, body: toResponse(start) };
  },
};

function toStartInput(request: SessionStartRequest): StartInput {
  return {
    sessionId: request.session_id,
    startTime: null,
    plannedDuration: request.planned_duration,
    category: request.category,
    source: request.source,
    project: request.project ?? null,
    planningNotes: request.planning_notes ?? null,
    goals: request.goals ?? null,
    energyLevel: request.energy_level ?? null,
    appVersion: request.app_version ?? null,
    projectId: request.project_id ?? null,
    teamProjectId: request.team_project_id ?? null,
  };
}

function toResponse(start: StoredStart): SessionStartResponse {
  return {
    success: true,
    session_id: start.sessionId,
    message: 'Session started successfully',
    pre_session: {
      id: start.displayId,
      session_id: start.sessionId,
      planned_duration: start.plannedDuration,
      category: start.category,
      project: start.project,
      planning_notes: start.planningNotes,
      goals: start.goals,
      energy_level: start.energyLevel,
      source: start.source,
      created_at: formatInstant(start.createdAt),
    },
    next_steps: {
      timer_start: 'Start the timer on the device',
      completion_endpoint: '/api/pomodoro/submit',
      cancellation_endpoint: '/api/session/cancel',
    },
  };
}
