import { type FormEvent, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { endProblem, problemWords } from './problem-words.ts';
import { type SessionWords, type Times, timesOf, WordFields, wordsOf } from './session-fields.tsx';
import { useOneAtATime } from './use-one-at-a-time.ts';
import { fieldTime } from './words.ts';

const MINUTE_MS = 60_000;

export interface SessionInput extends SessionWords, Times {}

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
  const once = useOneAtATime();
  const [shown] = useState((): Times => known ?? lastMinutes(Date.now()));
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const times = timesOf(form, shown, known !== undefined);
    if (typeof times === 'string') return setProblem(times);
    const refused = endProblem(times.endTime, Date.now());
    if (refused !== null) return setProblem(refused);
    once(() => onSave({ ...times, ...wordsOf(form) }).then(onClose, (error: unknown) => setProblem(problemWords(error))));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="fields">
          <label>Start time<input name="start" type="datetime-local" required defaultValue={fieldTime(shown.startTime)} /></label>
          <label>End time<input name="end" type="datetime-local" required defaultValue={fieldTime(shown.endTime)} /></label>
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

/** The last 25 minutes, as the fields show them: without seconds. */
function lastMinutes(now: number): Times {
  const endTime = now - (now % MINUTE_MS);
  return { startTime: endTime - 25 * MINUTE_MS, endTime };
}
