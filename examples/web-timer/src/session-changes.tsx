import { useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { NoteDialog } from './note-dialog.tsx';
import { problemWords } from './problem-words.ts';
import { SessionDialog, type SessionInput } from './session-dialog.tsx';
import { useUndo } from './undo-notice.tsx';
import { span } from './words.ts';

/** What the engine changes and deletes: what the server has, and what is on its way there. */
const CHANGEABLE: ReadonlySet<Session['state']> = new Set<Session['state']>(['queued', 'sending', 'confirmed']);

/** What was not touched is not written: somebody else may be at it. The note is written by itself. */
export function changesOf(before: Session, { startTime, endTime, category, project }: SessionInput): Partial<Omit<SessionInput, 'note'>> {
  const isMoved = startTime !== before.startTime || endTime !== before.endTime;
  return {
    ...(isMoved ? { startTime, endTime } : {}), ...(category === before.category ? {} : { category }), ...(project === before.project ? {} : { project }),
  };
}

interface ChangesProps {
  readonly engine: SyncEngine;
  readonly session: Session;
  /** Whether it may be begun now; what was begun stays open. */
  readonly isOffered?: boolean;
}

/** A finished session can be changed and deleted, on every device and without a network; a delete can be taken back. */
export function SessionChanges({ engine, session, isOffered = true }: ChangesProps) {
  const { id, state, category } = session;
  const [isNoting, setNoting] = useState(false);
  /** The session as it was when its dialog opened. */
  const [editing, setEditing] = useState<Session | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const offerUndo = useUndo();
  const about = `${category}, ${span(session)}`;
  const remove = (): void => {
    setProblem(null);
    const deleted = (): void => offerUndo({ text: `Deleted: ${about}.`, undo: () => engine.sessions.restore(id) });
    engine.sessions.delete(id).then(deleted, (error: unknown) => setProblem(problemWords(error)));
  };
  const change = async (input: SessionInput): Promise<void> => {
    if (editing === null) return;
    const changes = changesOf(editing, input);
    if (Object.keys(changes).length > 0) await engine.sessions.amend(id, changes);
    if (input.note !== editing.note) await engine.sessions.annotate(id, { note: input.note, seen: editing });
  };
  const mayBegin = isOffered && CHANGEABLE.has(state);
  if (!mayBegin && !isNoting && editing === null) return null;
  return (
    <div className="changes">
      {mayBegin && (
        <>
          <button className="link" aria-label={`Note and tags of ${about}`} onClick={() => setNoting(true)}>Note</button>
          <button className="link" aria-label={`Edit ${about}`} onClick={() => setEditing(session)}>Edit</button>
          <button className="link" aria-label={`Delete ${about}`} onClick={remove}>Delete</button>
        </>
      )}
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
      {isNoting && <NoteDialog engine={engine} session={session} onClose={() => setNoting(false)} />}
      {editing !== null && editing.endTime !== null && (
        <SessionDialog title="Change the session" action="Save" known={{ ...editing, endTime: editing.endTime }} onSave={change} onClose={() => setEditing(null)} />
      )}
    </div>
  );
}
