import { type FormEvent, useState } from 'react';
import type { CancelReason, Session, SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { problemWords } from './problem-words.ts';
import { textOf } from './session-fields.tsx';

const REASONS: readonly (readonly [CancelReason, string])[] = [
  ['user_cancelled', 'I changed my mind'], ['interruption', 'I was interrupted'], ['distraction', 'I was distracted'], ['completed_early', 'It was done early'],
  ['emergency', 'Something urgent'], ['technical', 'Something did not work'], ['other', 'Another reason'],
];

interface CancelDialogProps {
  readonly engine: SyncEngine;
  readonly session: Session;
  readonly onClose: () => void;
}

/** Cancelling is final, so it is asked once. */
export function CancelDialog({ engine, session, onClose }: CancelDialogProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [reason] = REASONS.find(([word]) => word === form.get('reason')) ?? ['other'];
    const note = textOf(form, 'note');
    engine.sessions.cancel(session.id, { reason, ...(note === '' ? {} : { note }) }).then(onClose, (error: unknown) => setProblem(problemWords(error)));
  };
  return (
    <Dialog title="Cancel this session?" onClose={onClose}>
      <p className="muted">It will be listed as cancelled and not counted. This cannot be undone.</p>
      <form onSubmit={submit}>
        <div className="fields">
          <label>Reason<select name="reason">{REASONS.map(([word, words]) => <option key={word} value={word}>{words}</option>)}</select></label>
          <label>A word about it<input name="note" maxLength={4096} autoComplete="off" /></label>
        </div>
        {problem !== null && <p className="problem" role="alert">{problem}</p>}
        <div className="actions">
          <button className="primary danger">Yes, cancel it</button>
          <button type="button" className="quiet" onClick={onClose}>Keep going</button>
        </div>
      </form>
    </Dialog>
  );
}
