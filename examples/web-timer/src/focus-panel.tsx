import { type FormEvent, useRef, useState } from 'react';
import type { EngineWithPreferences } from '@syncline/core';
import { problemWords } from './problem-words.ts';
import { RunningTimer } from './running-timer.tsx';
import { textOf, WordFields, wordsOf } from './session-fields.tsx';
import { useShortcut } from './shortcuts.ts';
import { TimerRing } from './timer-ring.tsx';
import { useSource } from './use-source.ts';
import { useOneAtATime } from './use-one-at-a-time.ts';
import { clockWords, elsewhereWords } from './words.ts';

const MINUTE_MS = 60_000;
const PRESETS = [25, 50] as const;

export function FocusPanel({ engine }: { readonly engine: EngineWithPreferences }) {
  const [running = null, ...others] = useSource(engine.sessions.running);
  const elsewhere = useSource(engine.sessions.elsewhere);
  const [problem, setProblem] = useState<string | null>(null);
  const once = useOneAtATime();
  const attempt = (action: () => Promise<unknown>): void => once(() => {
    setProblem(null);
    return action().catch((error: unknown) => setProblem(problemWords(error)));
  });
  return (
    <section tabIndex={-1} className="card focus" aria-label="Timer">
      <div role="status" className="elsewhere">{elsewhere.map((session) => <p key={session.id} data-elsewhere-id={session.id}>{elsewhereWords(session)}</p>)}</div>
      {running === null ? <StartForm engine={engine} isBeside={elsewhere.length > 0} attempt={attempt} /> : <RunningTimer key={running.id} engine={engine} session={running} attempt={attempt} />}
      {others.length > 0 && <p className="muted">Another session runs on this device. It is shown when this one is finished.</p>}
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
    </section>
  );
}

interface StartFormProps {
  readonly engine: EngineWithPreferences;
  /** A session runs on another device, and the person sees that. */
  readonly isBeside: boolean;
  readonly attempt: (action: () => Promise<unknown>) => void;
}

function StartForm({ engine, isBeside, attempt }: StartFormProps) {
  const { default_duration: usual = PRESETS[0] } = useSource(engine.preferences).values;
  /** Null until somebody wants another length than the usual one. */
  const [wanted, setWanted] = useState<{ readonly minutes: string; readonly isTyped: boolean } | null>(null);
  // What is typed stays in its field, also while it is the beginning of something longer: 250 begins with 25.
  const { minutes, isTyped } = wanted ?? { minutes: String(usual), isTyped: !PRESETS.some((preset) => preset === usual) };
  const form = useRef<HTMLFormElement>(null);
  useShortcut('s', () => form.current?.requestSubmit());
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const { category, note } = wordsOf(data);
    const project = textOf(data, 'project');
    attempt(() => engine.sessions.start({
      plannedDuration: Number(minutes), category, ...(project === '' ? {} : { project }), ...(note === '' ? {} : { note }), beside: isBeside,
    }));
  };
  return (
    <form ref={form} className="stage" onSubmit={submit}>
      <TimerRing clock={clockWords(Number(minutes || 0) * MINUTE_MS)} fraction={0} detail="ready" isIdle />
      <div className="stack">
        <div className="fields">
          <WordFields />
          <fieldset className="wide minutes">
            <legend>Minutes</legend>
            {PRESETS.map((preset) => (
              <button key={preset} type="button" aria-pressed={minutes === String(preset)} onClick={() => setWanted({ minutes: String(preset), isTyped: false })}>{preset}</button>
            ))}
            <input
              type="number" aria-label="Other minutes" placeholder="Other" min={1} max={1440} required={isTyped} value={isTyped ? minutes : ''}
              onChange={(event) => setWanted({ minutes: event.target.value, isTyped: true })} onBlur={(event) => event.target.value === '' && isTyped && setWanted(null)}
            />
          </fieldset>
        </div>
        <div className="actions"><button className="primary big" aria-keyshortcuts="s">{isBeside ? 'Start beside it' : 'Start'}</button></div>
      </div>
    </form>
  );
}
