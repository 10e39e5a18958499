import { type FormEvent, useState } from 'react';
import type { SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { problemWords } from './problem-words.ts';
import { fieldTime } from './words.ts';

const MINUTE_MS = 60_000;

/** A session that nobody timed, from its two times. */
export function PastSessionDialog({ engine, onClose }: { readonly engine: SyncEngine; readonly onClose: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [now] = useState(() => Date.now());
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string): string => String(form.get(name) ?? '').trim();
    const input = {
      startTime: new Date(text('start')).getTime(), endTime: new Date(text('end')).getTime(), category: text('category'),
      project: text('project') || 'personal', note: text('note'),
    };
    engine.sessions.record(input).then(onClose, (error: unknown) => setProblem(problemWords(error)));
  };
  return (
    <Dialog title="Add past session" onClose={onClose}>
      <form onSubmit={submit}>
        <div className="fields">
          <label>Start time<input name="start" type="datetime-local" required defaultValue={fieldTime(now - 25 * MINUTE_MS)} /></label>
          <label>End time<input name="end" type="datetime-local" required defaultValue={fieldTime(now)} /></label>
          <label>Category<input name="category" required defaultValue="development" maxLength={128} /></label>
          <label>Project<input name="project" placeholder="personal" maxLength={256} /></label>
          <label className="wide">Note<input name="note" maxLength={4096} /></label>
        </div>
        {problem !== null && <p className="problem" role="alert">{problem}</p>}
        <div className="actions">
          <button className="primary">Add session</button>
          <button type="button" className="quiet" onClick={onClose}>Close</button>
        </div>
      </form>
    </Dialog>
  );
}
