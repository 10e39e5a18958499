import { useId, useState } from 'react';
import type { FinishInput, Session, SleepEvidence, SyncEngine } from '@syncline/core';
import { FinishForm } from './finish-form.tsx';
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
  const ways = sleepWays(session.startTime, slept, now);
  const read = (form: FormData): FinishInput => {
    const endTime = ways.find(({ key }) => key === form.get('end'))?.endTime ?? null;
    return { note, ...(endTime === null ? {} : { endTime }) };
  };
  return (
    <FinishForm engine={engine} session={session} title="Did this session really last that long?" read={read} onClose={onClose}>
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
    </FinishForm>
  );
}
