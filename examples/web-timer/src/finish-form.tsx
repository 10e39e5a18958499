import { type FormEvent, type ReactNode, useState } from 'react';
import type { FinishInput, Session, SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { problemWords } from './problem-words.ts';

interface FinishFormProps {
  readonly engine: SyncEngine;
  readonly session: Session;
  readonly title: string;
  /** What the form says, or what is wrong with it, in words. */
  readonly read: (form: FormData) => FinishInput | string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The ways to finish a running session other than at once. */
export function FinishForm({ engine, session, title, read, onClose, children }: FinishFormProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const input = read(new FormData(event.currentTarget));
    if (typeof input === 'string') return setProblem(input);
    engine.sessions.complete(session.id, input).then(onClose, (error: unknown) => setProblem(problemWords(error)));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        {children}
        {problem !== null && <p className="problem" role="alert">{problem}</p>}
        <div className="actions">
          <button className="primary">Finish session</button>
          <button type="button" className="quiet" onClick={onClose}>Keep going</button>
        </div>
      </form>
    </Dialog>
  );
}
