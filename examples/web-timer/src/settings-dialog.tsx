import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { PreferenceName, Preferences } from '@syncline/protocol';
import type { PreferencesApi, PreferencesState } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { problemWords } from './problem-words.ts';
import { CHOICES, lostWords, NUMBERS, optionsOf, preferenceWords, SWITCHES, valueWords } from './settings-words.ts';
import { useSource } from './use-source.ts';

interface SettingsProps {
  readonly preferences: PreferencesApi;
  readonly onClose: () => void;
}

/** Every change is kept at once, here and in each other window; the server gets it when it can. */
export function SettingsDialog({ preferences, onClose }: SettingsProps) {
  const state = useSource(preferences);
  const [problem, setProblem] = useState<string | null>(null);
  const run = (change: Promise<unknown>): void => {
    change.then(() => setProblem(null), (error: unknown) => setProblem(problemWords(error)));
  };
  const save = (changes: Preferences): void => run(preferences.set(changes));
  const close = (): void => {
    // A field keeps what was typed when it is left, and Escape leaves none.
    if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
    onClose();
  };
  return (
    <Dialog title="Settings" onClose={close}>
      <p className="muted" role="status">{state.pending ? 'Kept here. Some changes wait for the server.' : 'Kept here and on the server.'}</p>
      <LostList preferences={preferences} state={state} run={run} />
      <div className="fields">
        {NUMBERS.map(([name, min, max]) => <NumberField key={name} name={name} min={min} max={max} state={state} onSave={save} />)}
        {CHOICES.map(([name, words]) => <ChoiceField key={name} name={name} words={words} state={state} onSave={save} />)}
      </div>
      <div className="switches">
        {SWITCHES.map((name) => (
          <label key={name} className="check">
            <input type="checkbox" checked={state.values[name] ?? false} onChange={(event) => save({ [name]: event.currentTarget.checked })} />
            <span>{preferenceWords(name)}<Mark state={state} name={name} /></span>
          </label>
        ))}
      </div>
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
      <Refused preferences={preferences} state={state} run={run} />
      <div className="actions"><button className="primary" onClick={close}>Done</button></div>
    </Dialog>
  );
}

interface FieldProps {
  readonly name: PreferenceName;
  readonly state: PreferencesState;
  readonly onSave: (changes: Preferences) => void;
}

function Field({ name, state, children }: Omit<FieldProps, 'onSave'> & { readonly children: (id: string) => ReactNode }) {
  const id = useId();
  return <div className="field"><label htmlFor={id}>{preferenceWords(name)}</label>{children(id)}<Mark state={state} name={name} /></div>;
}

function NumberField({ name, min, max, state, onSave }: FieldProps & { readonly min: number; readonly max: number }) {
  const value = state.values[name];
  const shown = typeof value === 'number' ? String(value) : '';
  const field = useRef<HTMLInputElement>(null);
  // A value that arrives from elsewhere replaces what stands in the field; who stands in it stays there.
  useEffect(() => {
    if (field.current !== null) field.current.value = shown;
  }, [shown]);
  const commit = (input: HTMLInputElement): void => {
    if (input.value === '') input.value = shown;
    else if (input.valueAsNumber !== value) onSave({ [name]: input.valueAsNumber });
  };
  return (
    <Field name={name} state={state}>
      {(id) => (
        <input
          id={id} ref={field} type="number" min={min} max={max} step={1} defaultValue={shown}
          onBlur={(event) => commit(event.currentTarget)} onKeyDown={(event) => event.key === 'Enter' && commit(event.currentTarget)}
        />
      )}
    </Field>
  );
}

function ChoiceField({ name, words, state, onSave }: FieldProps & { readonly words: readonly string[] }) {
  const held = state.values[name];
  const value = typeof held === 'string' ? held : undefined;
  return (
    <Field name={name} state={state}>
      {(id) => (
        <select id={id} value={value ?? ''} onChange={(event) => onSave({ [name]: event.currentTarget.value })}>
          {value === undefined && <option value="" disabled>Not chosen</option>}
          {optionsOf(words, value).map((word) => <option key={word} value={word}>{valueWords(word)}</option>)}
        </select>
      )}
    </Field>
  );
}

function Mark({ state, name }: { readonly state: PreferencesState; readonly name: PreferenceName }) {
  const detail = state.details[name];
  if (detail === undefined || !detail.pending) return null;
  return <span className="note">{detail.parked === null ? 'waits for the server' : 'refused'}</span>;
}

interface DecisionProps {
  readonly preferences: PreferencesApi;
  readonly state: PreferencesState;
  readonly run: (change: Promise<unknown>) => void;
}

function LostList({ preferences, state: { lost, values }, run }: DecisionProps) {
  if (lost.length === 0) return null;
  return (
    <ul className="rows" aria-label="Changed in two places">
      {lost.map((entry) => {
        const { what, use, keep } = lostWords(entry, values);
        return (
          <li key={entry.id} className="device">
            <span className="what">{what}</span>
            <span className="actions">
              <button onClick={() => run(preferences.restore(entry.id))}>{use}</button>
              <button className="quiet" onClick={() => run(preferences.dismiss(entry.id))}>{keep}</button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Refused({ preferences, state, run }: DecisionProps) {
  const refused = (Object.keys(state.details) as PreferenceName[]).filter((name) => state.details[name]?.parked);
  return (
    <>
      {refused.map((name) => (
        <div key={name} className="decide">
          <span>The server did not take “{preferenceWords(name)}”: {state.details[name]?.parked?.message}</span>
          <span className="actions">
            <button onClick={() => run(preferences.retry(name))}>Send again</button>
            <button onClick={() => run(preferences.discard(name))}>Take it back</button>
          </span>
        </div>
      ))}
    </>
  );
}
