import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { PastSessionDialog } from './past-session-dialog.tsx';
import { problemWords } from './problem-words.ts';
import { useNow, useSource } from './use-source.ts';
import { clockWords } from './words.ts';

const MINUTE_MS = 60_000;
const PRESETS = [25, 50] as const;

export function FocusPanel({ engine }: { readonly engine: SyncEngine }) {
  const running = useSource(engine.sessions.running)[0] ?? null;
  const [problem, setProblem] = useState<string | null>(null);
  const attempt = (action: Promise<unknown>): void => {
    setProblem(null);
    action.catch((error: unknown) => setProblem(problemWords(error)));
  };
  return (
    <section className="card focus" aria-label="Timer">
      {running === null ? <StartForm engine={engine} attempt={attempt} /> : <Running key={running.id} engine={engine} session={running} attempt={attempt} />}
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
    </section>
  );
}

interface PartProps {
  readonly engine: SyncEngine;
  readonly attempt: (action: Promise<unknown>) => void;
}

function StartForm({ engine, attempt }: PartProps) {
  const [minutes, setMinutes] = useState('25');
  const [isAdding, setAdding] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string): string => String(form.get(name) ?? '').trim();
    const [project, note] = [text('project'), text('note')];
    attempt(engine.sessions.start({
      plannedDuration: Number(minutes), category: text('category'),
      ...(project === '' ? {} : { project }), ...(note === '' ? {} : { note }),
    }));
  };
  return (
    <>
      <form onSubmit={submit}>
        <p className="clock idle" aria-hidden="true">{clockWords(Number(minutes || 0) * MINUTE_MS)}</p>
        <div className="fields">
          <label>Category<input name="category" list="categories" defaultValue="development" required maxLength={128} /></label>
          <label>Project<input name="project" placeholder="personal" maxLength={256} /></label>
          <label className="wide">Note<input name="note" placeholder="What is it about?" maxLength={4096} /></label>
          <datalist id="categories">{['development', 'writing', 'study', 'planning', 'reading'].map((word) => <option key={word} value={word} />)}</datalist>
          <div className="minutes wide" role="group" aria-label="Length">
            {PRESETS.map((preset) => (
              <button key={preset} type="button" aria-pressed={minutes === String(preset)} onClick={() => setMinutes(String(preset))}>{preset} min</button>
            ))}
            <label>Minutes<input type="number" min={1} max={1440} required value={minutes} onChange={(event) => setMinutes(event.target.value)} /></label>
          </div>
        </div>
        <div className="actions">
          <button className="primary big">Start</button>
          <button type="button" className="quiet" onClick={() => setAdding(true)}>Add past session</button>
        </div>
      </form>
      {isAdding && <PastSessionDialog engine={engine} onClose={() => setAdding(false)} />}
    </>
  );
}

function Running({ engine, session, attempt }: PartProps & { readonly session: Session }) {
  const now = useNow(1000);
  const left = session.startTime + (session.plannedDuration ?? 0) * MINUTE_MS - now;
  const note = useRef<HTMLInputElement>(null);
  const title = clockWords(left);
  useEffect(() => {
    document.title = `${title} · ${session.category}`;
    return () => void (document.title = 'Syncline timer');
  }, [title, session.category]);
  return (
    <div>
      <p className="clock" role="timer" aria-label={left >= 0 ? 'Time left' : 'Time over'}>{title}</p>
      <p className="what"><strong>{session.category}</strong> <span className="muted">{session.project}</span></p>
      <progress max={1} value={Math.min(1, Math.max(0, 1 - left / ((session.plannedDuration ?? 1) * MINUTE_MS)))} aria-label="Progress of this session" />
      <label>Note<input ref={note} defaultValue={session.note} maxLength={4096} /></label>
      <div className="actions">
        <button className="primary big" onClick={() => attempt(engine.sessions.complete(session.id, { note: note.current?.value ?? session.note }))}>Finish</button>
        <button className="quiet" onClick={() => attempt(engine.sessions.cancel(session.id, { reason: 'user_cancelled' }))}>Cancel session</button>
      </div>
    </div>
  );
}
