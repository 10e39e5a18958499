// Sessions that run on the user's other devices, as the server told last. Pure.
import { LIMITS } from '@syncline/protocol';
import type { RunningElsewhere } from '../api.ts';
import { serverNow } from './status.ts';
import type { Self } from './status-input.ts';
import type { View } from './view.ts';

const LONGEST_MS = LIMITS.sessionHoursMax * 3_600_000;

/** The longest-running first. One that is known here as finished runs no longer, and none runs longer than a session may last. */
export function runningElsewhere(view: View, { deviceId }: Self, now: number): readonly RunningElsewhere[] {
  const earliest = serverNow(view, now) - LONGEST_MS;
  return (view.answer?.running ?? [])
    .filter((session) => session.deviceId !== deviceId && session.startTime > earliest && !view.running.has(session.id) && view.near(session.id) === null)
    .sort((a, b) => a.startTime - b.startTime);
}
