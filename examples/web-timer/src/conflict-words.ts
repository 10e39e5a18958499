// An overlap told in words. Pure.
import type { Session } from '@syncline/core';
import { type Certainty, type Conflict, deviceTypeName } from '@syncline/protocol';
import { count, dayWords, lengthWords, listed, sessionName, span } from './words.ts';

export interface ConflictView {
  readonly title: string;
  readonly lines: readonly { readonly id: string; readonly text: string; readonly detail: string }[];
  /** How sure it is, and why. */
  readonly certainty: string;
  /** What to do when sessions cannot be compared here; null when they can. */
  readonly advice: string | null;
}

const CERTAINTY: Readonly<Record<Certainty, string>> = {
  certain: 'This is certain: it is longer than the clocks may be wrong.',
  possible: 'This is possible: the times were not all taken from a clock that had been compared with the server’s.',
  within_clock_error: 'Perhaps they do not overlap at all: it is no longer than the clocks of the devices may be wrong.',
};

/**
 * @param known the sessions this device has, by id; those of other devices may be missing.
 * @param whereOf names the device of a session.
 */
export function conflictView(conflict: Conflict, known: ReadonlyMap<string, Session>, now: number, whereOf: (session: Session) => string): ConflictView {
  const { sessionIds, deviceTypes } = conflict;
  const areAllHere = sessionIds.every((id) => known.has(id));
  return {
    advice: areAllHere ? null : 'To compare them, sync now; if they do not appear, open the app that recorded them.',
    certainty: CERTAINTY[conflict.certainty],
    title: titleOf(conflict, sessionIds.map((id) => known.get(id))),
    lines: sessionIds.map((id, index) => {
      const session = known.get(id);
      // With as many types as sessions, each session has the type of its place; otherwise only the server knows.
      const type = deviceTypes.length === sessionIds.length ? deviceTypes[index] : undefined;
      const where = session !== undefined ? whereOf(session) : type === undefined ? 'another device' : deviceTypeName(type);
      if (session === undefined) return { id, text: `A session recorded by ${where}`, detail: 'Recorded there; this device has not been told its times yet.' };
      return { id, text: sessionName(session), detail: `${dayWords(session.startTime, now)} ${span(session)} · ${lengthWords(session.duration ?? 0)} · ${where}` };
    }),
  };
}

function titleOf({ kind, sessionIds, deviceTypes, severalDevices }: Conflict, sessions: readonly (Session | undefined)[]): string {
  const where = severalDevices ? (deviceTypes.length > 1 ? `on ${listed(deviceTypes.map(deviceTypeName))}` : `on two devices of one kind`) : 'on one device';
  if (kind === 'duplicate') return `The same session, recorded ${count(sessionIds.length, 'time')} ${where}`;
  const [first, second] = sessions;
  if (sessions.length !== 2 || !first?.endTime || !second?.endTime) return `${count(sessionIds.length, 'session')} at the same time ${where}`;
  const shared = Math.min(first.endTime, second.endTime) - Math.max(first.startTime, second.startTime);
  return `Two sessions ${where} share ${lengthWords(shared / 60_000)}`;
}
