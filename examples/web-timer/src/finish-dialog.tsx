import { useState } from 'react';
import type { FinishInput, Session, SyncEngine } from '@syncline/core';
import { FinishForm } from './finish-form.tsx';
import { endProblem } from './problem-words.ts';
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
  const [opened] = useState(() => Date.now());
  const read = (form: FormData): FinishInput | string => {
    const { time, problem } = timeOf(form, 'end', 'The end time', (end) => end > session.startTime);
    if (time === null) return problem;
    const now = Date.now();
    // The field shows minutes: the present one is now, and that in which the dialog opened is when it did.
    if (fieldTime(time) === fieldTime(now)) return wordsOf(form);
    const endTime = fieldTime(time) === fieldTime(opened) ? opened : time;
    return endProblem(endTime, now) ?? { ...wordsOf(form), endTime };
  };
  return (
    <FinishForm engine={engine} session={session} title="Finish with changes" read={read} onClose={onClose}>
      <div className="fields">
        <label className="wide">It ended<input name="end" type="datetime-local" required defaultValue={fieldTime(opened)} /></label>
        <WordFields known={{ ...session, note }} />
      </div>
    </FinishForm>
  );
}
