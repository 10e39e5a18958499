import { useEffect, useRef, useState } from 'react';
import type { Session, SleepEvidence, SyncEngine } from '@syncline/core';
import { CancelDialog } from './cancel-dialog.tsx';
import { FinishDialog } from './finish-dialog.tsx';
import { useRunningNote } from './use-running-note.ts';
import { useShortcut } from './shortcuts.ts';
import { SleepDialog } from './sleep-dialog.tsx';
import { TimerRing } from './timer-ring.tsx';
import { timerView } from './timer-view.ts';
import { useNow } from './use-source.ts';

interface RunningTimerProps {
  readonly engine: SyncEngine;
  readonly session: Session;
  readonly attempt: (action: () => Promise<unknown>) => void;
}

export function RunningTimer({ engine, session, attempt }: RunningTimerProps) {
  const view = timerView(session, useNow(1000));
  const [note, typeNote] = useRunningNote(session);
  const [asking, setAsking] = useState<'cancel' | 'changes' | null>(null);
  const [slept, setSlept] = useState<SleepEvidence | null>(null);
  const finish = (): void => {
    const found = engine.sessions.slept(session.id);
    if (found === null) attempt(() => engine.sessions.complete(session.id, { note: note.trim() }));
    else setSlept(found);
  };
  useShortcut('f', finish);
  useShortcut('x', () => setAsking('cancel'));
  useTitle(view.title);
  return (
    <div className="stage">
      <TimerRing clock={view.clock} fraction={view.fraction} detail={view.end} isOver={view.isOver} />
      <div className="stack">
        <p className="what big"><strong>{session.category}</strong>{session.project !== '' && <span className="muted">{session.project}</span>}</p>
        <label>Note<input value={note} onChange={(event) => typeNote(event.target.value)} maxLength={4096} autoComplete="off" /></label>
        <div className="actions row">
          <button className="primary big" aria-keyshortcuts="f" onClick={finish}>Finish</button>
          <button onClick={() => setAsking('changes')}>Edit first…</button>
          <button className="quiet" aria-keyshortcuts="x" onClick={() => setAsking('cancel')}>Cancel session…</button>
        </div>
      </div>
      <p className="unseen" role="status">{view.isOver ? 'The planned time is over.' : ''}</p>
      {asking === 'cancel' && <CancelDialog engine={engine} session={session} onClose={() => setAsking(null)} />}
      {slept !== null && <SleepDialog engine={engine} session={session} slept={slept} note={note.trim()} onClose={() => setSlept(null)} />}
      {asking === 'changes' && <FinishDialog engine={engine} session={session} note={note} onClose={() => setAsking(null)} />}
    </div>
  );
}

/** Shows it in the browser's tab while the caller is shown. */
function useTitle(title: string): void {
  const before = useRef(document.title);
  useEffect(() => void (document.title = title), [title]);
  useEffect(() => {
    const plain = before.current;
    return () => void (document.title = plain);
  }, []);
}
