import { type FormEvent, useId, useState } from 'react';
import type { Session, SleepEvidence, SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { problemWords } from './problem-words.ts';
import { sleepWays, sleepWords } from './sleep-words.ts';

interface SleepDialogProps {
  readonly engine: SyncEngine;
  readonly session: Session;
  readonly slept: SleepEvidence;
  /** As it stands in the page, perhaps not kept yet. */
  readonly note: string;
  readonly onClose: () => void;
}

/** A timer that went on while the device slept: how much of it counts is for its person to say. */
export function SleepDialog({ engine, session, slept, note, onClose }: SleepDialogProps) {
  const [now] = useState(() => Date.now());
  const id = useId();
  const [problem, setProblem] = useState<string | null>(null);
  const ways = sleepWays(session.startTime, slept, now);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const chosen = ways.find(({ key }) => key === new FormData(event.currentTarget).get('end'));
    const endTime = chosen?.endTime ?? null;
    engine.sessions.complete(session.id, { note, ...(endTime === null ? {} : { endTime }) }).then(onClose, (error: unknown) => setProblem(problemWords(error)));
  };
  return (
    <Dialog title="Did this session really last that long?" onClose={onClose}>
      <form onSubmit={submit}>
        <p>{sleepWords(slept)}</p>
        <fieldset className="ways">
          <legend>What counts</legend>
          {ways.map(({ key, title, detail }, i) => (
            <div key={key} className="way">
              <label className="check"><input type="radio" name="end" value={key} defaultChecked={i === 0} aria-describedby={`${id}-${key}`} /><strong>{title}</strong></label>
              <div id={`${id}-${key}`} className="note">{detail}</div>
            </div>
          ))}
        </fieldset>
        {problem !== null && <p className="problem" role="alert">{problem}</p>}
        <div className="actions">
          <button className="primary">Finish session</button>
          <button type="button" className="quiet" onClick={onClose}>Keep going</button>
        </div>
      </form>
    </Dialog>
  );
}
