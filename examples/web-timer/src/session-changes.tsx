import { useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { problemWords } from './problem-words.ts';
import { SessionDialog } from './session-dialog.tsx';
import { useUndo } from './undo-notice.tsx';
import { span } from './words.ts';

/** What the engine changes and deletes: what the server has, and what is on its way there. */
const CHANGEABLE: ReadonlySet<Session['state']> = new Set<Session['state']>(['queued', 'sending', 'confirmed']);

interface ChangesProps {
  readonly engine: SyncEngine;
  readonly session: Session;
}

/** A finished session can be changed and deleted, on every device and without a network; a delete can be taken back. */
export function SessionChanges({ engine, session }: ChangesProps) {
  const { id, state, startTime, endTime, category, project, note } = session;
  const [isEditing, setEditing] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const offerUndo = useUndo();
  const about = `${category}, ${span(session)}`;
  const remove = (): void => {
    setProblem(null);
    const deleted = (): void => offerUndo({ text: `Deleted: ${about}.`, undo: () => engine.sessions.restore(id) });
    engine.sessions.delete(id).then(deleted, (error: unknown) => setProblem(problemWords(error)));
  };
  if (!CHANGEABLE.has(state)) return null;
  return (
    <div className="changes">
      <button className="link" aria-label={`Edit ${about}`} onClick={() => setEditing(true)}>Edit</button>
      <button className="link" aria-label={`Delete ${about}`} onClick={remove}>Delete</button>
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
      {isEditing && endTime !== null && (
        <SessionDialog title="Change the session" action="Save" known={{ startTime, endTime, category, project, note }} onSave={(changes) => engine.sessions.amend(id, changes)} onClose={() => setEditing(false)} />
      )}
    </div>
  );
}
