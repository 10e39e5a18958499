import { type FormEvent, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { endProblem, problemWords } from './problem-words.ts';
import { type SessionWords, timeOf, WordFields, wordsOf } from './session-fields.tsx';
import { fieldTime } from './words.ts';

const MINUTE_MS = 60_000;

export interface SessionInput extends SessionWords {
  readonly startTime: number;
  readonly endTime: number;
}

interface SessionDialogProps {
  readonly title: string;
  readonly action: string;
  /** What the fields hold at first; the last 25 minutes when absent. */
  readonly known?: SessionInput;
  /** Keeps the session. The dialog stays open with the reason when this rejects. */
  readonly onSave: (input: SessionInput) => Promise<unknown>;
  readonly onClose: () => void;
}

/** A finished session by its two times: one that nobody timed, or one that the server refused. */
export function SessionDialog({ title, action, known, onSave, onClose }: SessionDialogProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [now] = useState(() => Date.now());
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [start, end] = [timeOf(form, 'start', 'The start time'), timeOf(form, 'end', 'The end time')];
    if (start.time === null) return setProblem(start.problem);
    if (end.time === null) return setProblem(end.problem);
    const [startTime, endTime] = [keepSeconds(start.time, known?.startTime), keepSeconds(end.time, known?.endTime)];
    const refused = endProblem(endTime, Date.now());
    if (refused !== null) return setProblem(refused);
    onSave({ startTime, endTime, ...wordsOf(form) }).then(onClose, (error: unknown) => setProblem(problemWords(error)));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="fields">
          <label>Start time<input name="start" type="datetime-local" required defaultValue={fieldTime(known?.startTime ?? now - 25 * MINUTE_MS)} /></label>
          <label>End time<input name="end" type="datetime-local" required defaultValue={fieldTime(known?.endTime ?? now)} /></label>
          <WordFields {...(known ? { known } : {})} />
        </div>
        {problem !== null && <p className="problem" role="alert">{problem}</p>}
        <div className="actions">
          <button className="primary">{action}</button>
          <button type="button" className="quiet" onClick={onClose}>Close</button>
        </div>
      </form>
    </Dialog>
  );
}

/** The field shows minutes; a time that was not touched keeps its seconds. */
function keepSeconds(time: number, before: number | undefined): number {
  return before !== undefined && fieldTime(before) === fieldTime(time) ? before : time;
}
