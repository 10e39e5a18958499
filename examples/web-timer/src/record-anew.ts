// A second id for a session whose first one belongs to another.
import type { Session, SessionsApi } from '@syncline/core';
import { isDecided } from './discard-words.ts';
import type { SessionInput } from './session-dialog.tsx';

type Calls = Pick<SessionsApi, 'list' | 'record' | 'annotate' | 'discard' | 'get'>;

/**
 * Keeps under a new id what the server refused because another session has its id; only then is what was refused given up. Asked for again, after
 * the page went away in between, it goes on where it was. Resolves to the new one.
 */
export async function recordAnew(sessions: Calls, refused: Session, input: SessionInput): Promise<Session> {
  const { startTime, endTime, category, project, note } = input;
  const near = await sessions.list({ from: startTime, to: endTime, states: ['queued', 'sending', 'confirmed', 'parked'], limit: 1000 });
  const isSame = (other: Session): boolean =>
    other.id !== refused.id && other.startTime === startTime && other.endTime === endTime && other.category === category && other.project === project && other.note === note;
  const made = near.find(isSame) ?? (await sessions.record({ startTime, endTime, category, project, note }));
  const tags = refused.tags.filter((tag) => !made.tags.includes(tag));
  if (tags.length > 0) await sessions.annotate(made.id, { tags: [...made.tags, ...tags] });
  await sessions.discard(refused.id).catch((error: unknown) => {
    if (!isDecided(error)) throw error;
  });
  // What it overlaps is known by now.
  return (await sessions.get(made.id)) ?? made;
}
