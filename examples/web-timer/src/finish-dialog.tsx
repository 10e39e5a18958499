import { type FormEvent, useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { endProblem, problemWords } from './problem-words.ts';
import { timeOf, WordFields, wordsOf } from './session-fields.tsx';
import { fieldTime } from './words.ts';

interface FinishDialogProps {
  readonly engine: SyncEngine;
  readonly session: Session;
  /** The note as it stands in the page, perhaps not kept yet. */
  readonly note: string;
  readonly onClose: () => void;
}

/** For a session that ended before somebody thought of the timer, or was about something else. */
export function FinishDialog({ engine, session, note, onClose }: FinishDialogProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [now] = useState(() => Date.now());
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { time: end, problem: unclear } = timeOf(form, 'end', 'The end time');
    if (end === null) return setProblem(unclear);
    const isNow = fieldTime(now) === fieldTime(end);
    const refused = isNow ? null : endProblem(end, Date.now());
    if (refused !== null) return setProblem(refused);
    engine.sessions.complete(session.id, { ...wordsOf(form), ...(isNow ? {} : { endTime: end }) }).then(onClose, (error: unknown) => setProblem(problemWords(error)));
  };
  return (
    <Dialog title="Finish with changes" onClose={onClose}>
      <form onSubmit={submit}>
        <div className="fields">
          <label className="wide">It ended<input name="end" type="datetime-local" required defaultValue={fieldTime(now)} min={fieldTime(session.startTime)} /></label>
          <WordFields known={{ ...session, note }} />
        </div>
        {problem !== null && <p className="problem" role="alert">{problem}</p>}
        <div className="actions">
          <button className="primary">Finish session</button>
          <button type="button" className="quiet" onClick={onClose}>Keep going</button>
        </div>
      </form>
    </Dialog>
  );
}
