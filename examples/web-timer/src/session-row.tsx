import { useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { Icon, type IconName } from './icons.tsx';
import { detailWords, problemWords } from './problem-words.ts';
import { SessionDialog } from './session-dialog.tsx';
import { STATES } from './status-words.ts';
import { clockNote, lengthWords, span } from './words.ts';

const STATE_ICONS: Readonly<Record<Session['state'], IconName>> = {
  running: 'clock', queued: 'clock', sending: 'up', confirmed: 'check', parked: 'alert', cancelled: 'cross', deleted: 'cross',
};

interface RowProps {
  readonly engine: SyncEngine;
  readonly session: Session;
}

export function SessionRow({ engine, session }: RowProps) {
  const { id, state, pending, displayId, parked, conflictId, category, project, note, duration } = session;
  const slept = clockNote(session.clock);
  return (
    <li data-session-id={id} data-state={state} className="session">
      <span className="when">{span(session)}<span className="note">{lengthWords(duration ?? 0)}</span></span>
      <span className="what"><strong>{category}</strong> <span className="muted">{project}</span>{note !== '' && <span className="note">{note}</span>}{slept !== null && <span className="note">{slept}</span>}</span>
      <span className="states">
        {conflictId !== null && <a className="state parked" href="#overlaps"><Icon name="overlap" />Overlaps</a>}
        <span className={`state ${state}`}><Icon name={STATE_ICONS[state]} />{STATES[state]}{state === 'cancelled' && pending && ', waiting to send'}</span>
        {displayId !== null && <span className="note">No. {displayId}</span>}
      </span>
      {parked !== null && <Parked engine={engine} session={session} />}
    </li>
  );
}

/** What the server said, and the three things a person can do about it. */
function Parked({ engine, session }: RowProps) {
  const { id, parked, startTime, endTime, category, project, note } = session;
  const [asking, setAsking] = useState<'edit' | 'discard' | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const close = (): void => setAsking(null);
  const attempt = (action: Promise<unknown>): void => void action.then(close, (error: unknown) => setProblem(problemWords(error)));
  return (
    <div className="decide">
      <p>The server refused it: {sentence(parked?.message ?? 'no reason given')} {detailWords(parked?.details ?? [])}</p>
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
      <div className="actions">
        <button onClick={() => setAsking('edit')}>Edit…</button>
        <button onClick={() => attempt(engine.sessions.retry(id))}>Try again</button>
        <button className="quiet" onClick={() => setAsking('discard')}>Discard…</button>
      </div>
      {asking === 'edit' && endTime !== null && (
        <SessionDialog title="Change the session" action="Save and send" known={{ startTime, endTime, category, project, note }} onSave={(changes) => engine.sessions.retry(id, changes)} onClose={close} />
      )}
      {asking === 'discard' && (
        <Dialog title="Discard this session?" onClose={close}>
          <p>{category}, {span(session)}. The server does not have it; discarded, it is gone from this device too.</p>
          <div className="actions">
            <button className="primary danger" onClick={() => attempt(engine.sessions.discard(id))}>Yes, discard it</button>
            <button className="quiet" onClick={close}>Keep it</button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
